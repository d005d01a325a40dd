"""What the icons look like, on a square of 24 units: lines 1.8 wide with round ends, the edges kept 3 to 4 units free.

Rows of `icon_path.path_of`. `line` is drawn with the pen, `fill` is filled, `solid` both, which rounds its corners.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

GRID = 24
"""Units of the square's sides."""
STROKE = 1.8


@dataclass(frozen=True, slots=True)
class Shape:
    """One icon."""

    line: str = ""
    fill: str = ""
    solid: str = ""


def _gear(teeth: int = 8, outer: float = 8.9, inner: float = 6.7) -> str:
    """The outline of a gear wheel."""
    corners = []
    for tooth in range(teeth):
        for radius, part in ((inner, -0.31), (outer, -0.17), (outer, 0.17), (inner, 0.31)):
            angle = (tooth + part) * 2 * math.pi / teeth
            corners.append(f"{12 + radius * math.sin(angle):.2f} {12 - radius * math.cos(angle):.2f}")
    return "M" + " L".join(corners) + " Z"


_EYE = (
    "M2.8 12 C5.2 7.7 8.4 5.6 12 5.6 C15.6 5.6 18.8 7.7 21.2 12 "
    "C18.8 16.3 15.6 18.4 12 18.4 C8.4 18.4 5.2 16.3 2.8 12 Z"
)
_LENS = "O10.6 10.6 6.6 M15.5 15.5 L20.2 20.2"
_CORNERS = (
    "M4 8.8 V6 Q4 4 6 4 H8.8 M15.2 4 H18 Q20 4 20 6 V8.8 M20 15.2 V18 Q20 20 18 20 H15.2 M8.8 20 H6 Q4 20 4 18 V15.2"
)

SHAPES: dict[str, Shape] = {
    # Playing
    "play": Shape(solid="M7.9 5.5 L18.7 12 L7.9 18.5 Z"),
    "pause": Shape(solid="R7 5.9 2 12.2 0.4 R15 5.9 2 12.2 0.4"),
    "stop": Shape(solid="R6.7 6.7 10.6 10.6 1"),
    "record": Shape(line="O12 12 8.3", fill="O12 12 4.4"),
    "replay": Shape(line="A4 4.8 16 16 158 -316 M4.3 4.3 V9.4 H9.4"),
    "previous": Shape(line="M6 6 V18", solid="M18 6.4 L9.6 12 L18 17.6 Z"),
    "next": Shape(line="M18 6 V18", solid="M6 6.4 L14.4 12 L6 17.6 Z"),
    "speed": Shape(line="A3.6 4.7 16.8 16.8 218 -256 M12 13.1 L15.8 9.3", fill="O12 13.1 1.7"),
    "loop": Shape(
        line="M4.5 12.4 V19.4 M19.5 12.4 V19.4 M4.5 15.9 H19.5 M19 8.6 C16.5 4.9 10.8 4 6.8 7.6 M6.3 3.6 V8.1 H10.8"
    ),
    "loop-file": Shape(
        line="M16.8 3 L20.2 6.4 L16.8 9.8 M20.2 6.4 H8 Q3.8 6.4 3.8 10.6 V11.4 "
        "M7.2 21 L3.8 17.6 L7.2 14.2 M3.8 17.6 H16 Q20.2 17.6 20.2 13.4 V12.6"
    ),
    # The picture
    "full-screen": Shape(line=_CORNERS),
    "fit": Shape(line=f"{_CORNERS} R8.2 9 7.6 6 1"),
    "zoom-in": Shape(line=f"{_LENS} M10.6 7.8 V13.4 M7.8 10.6 H13.4"),
    "zoom-out": Shape(line=f"{_LENS} M7.8 10.6 H13.4"),
    "view": Shape(
        line="M12 3.8 L20.6 8.2 L12 12.6 L3.4 8.2 Z M3.4 12.3 L12 16.7 L20.6 12.3 M3.4 16.4 L12 20.8 L20.6 16.4"
    ),
    "compare": Shape(
        line="M8.8 5 H6 Q3.6 5 3.6 7.4 V16.6 Q3.6 19 6 19 H8.8 M12 2.9 V21.1",
        solid="M15.4 5 H18 Q20.4 5 20.4 7.4 V16.6 Q20.4 19 18 19 H15.4 Z",
    ),
    "opacity": Shape(line="O12 12 8.2", fill="M12 3.8 A3.8 3.8 16.4 16.4 90 -180 Z"),
    "smooth": Shape(line="M4 19 C4 10.6 10.6 4 19 4 M9.6 20 V15.2 H14.8 V10 H20"),
    # Classes
    "eye": Shape(line=f"{_EYE} O12 12 2.9"),
    "eye-off": Shape(
        line="M3 8.6 C5.4 12.6 8.4 14.5 12 14.5 C15.6 14.5 18.6 12.6 21 8.6 "
        "M12 14.7 V18.2 M6.7 12.8 L4.7 15.8 M17.3 12.8 L19.3 15.8"
    ),
    "swatch": Shape(
        line="M12 3.6 C7.2 3.6 3.6 7.3 3.6 12 C3.6 16.7 7.3 20.4 12 20.4 C13.5 20.4 14 19.3 13.7 18.3 "
        "C13.2 16.7 14 15.4 15.6 15.4 H17.2 C19.2 15.4 20.4 13.9 20.4 11.8 C20.4 7.2 16.7 3.6 12 3.6 Z",
        fill="O7.9 12.6 1.35 O9.6 8.3 1.35 O14.2 7.9 1.35",
    ),
    "hatch": Shape(line="R4 4 16 16 3 M4.9 12.6 L12.6 4.9 M5 19 L19 5 M11.4 19.1 L19.1 11.4"),
    "legend": Shape(
        line="M11.4 6.4 H20 M11.4 12 H20 M11.4 17.6 H20",
        fill="R3.6 4.3 4.2 4.2 1.1 R3.6 9.9 4.2 4.2 1.1 R3.6 15.5 4.2 4.2 1.1",
    ),
    "solo": Shape(line="O12 12 5.6 M12 2.9 V6.4 M12 17.6 V21.1 M2.9 12 H6.4 M17.6 12 H21.1", fill="O12 12 2"),
    "sort": Shape(line="M4.4 6.6 H19.6 M4.4 12 H14.2 M4.4 17.4 H9"),
    # Work
    "snapshot": Shape(
        line="M3.4 9.6 Q3.4 7.4 5.6 7.4 H7.4 L9 4.9 H15 L16.6 7.4 H18.4 Q20.6 7.4 20.6 9.6 V16.8 Q20.6 19 18.4 19 "
        "H5.6 Q3.4 19 3.4 16.8 Z O12 13 3.4"
    ),
    "flag": Shape(line="M5.4 21 V4.4 C8.6 2.6 11.4 6.4 18.8 4.4 V13.4 C11.4 15.4 8.6 11.6 5.4 13.4"),
    "copy": Shape(
        line="R9 9 11.2 11.2 2.4 M5.8 15 H5.6 Q3.8 15 3.8 13.2 V5.6 Q3.8 3.8 5.6 3.8 H13.2 Q15 3.8 15 5.6 V5.8"
    ),
    "export": Shape(
        line="M12 15 V3.8 M7.4 8.2 L12 3.6 L16.6 8.2 M4.2 14.6 V17.6 Q4.2 20 6.6 20 H17.4 Q19.8 20 19.8 17.6 V14.6"
    ),
    "undo": Shape(
        line="M8.4 5 L3.8 9.6 L8.4 14.2 M4 9.6 H14.6 C18 9.6 20.2 11.8 20.2 14.6 C20.2 17.4 18 19.6 14.6 19.6 H10.4"
    ),
    "redo": Shape(
        line="M15.6 5 L20.2 9.6 L15.6 14.2 M20 9.6 H9.4 C6 9.6 3.8 11.8 3.8 14.6 C3.8 17.4 6 19.6 9.4 19.6 H13.6"
    ),
    # Opening
    "camera": Shape(line="R2.9 6.2 12.4 11.6 2.6 M15.3 10.9 L21.1 7.4 V16.6 L15.3 13.1"),
    "folder": Shape(
        line="M3.4 16.8 V7 Q3.4 4.8 5.6 4.8 H9 L11.4 7.6 H18.4 Q20.6 7.6 20.6 9.8 "
        "V16.8 Q20.6 19 18.4 19 H5.6 Q3.4 19 3.4 16.8 Z"
    ),
    "link": Shape(
        line="M9.4 16.9 H7.9 C5.2 16.9 3 14.7 3 12 C3 9.3 5.2 7.1 7.9 7.1 H9.4 "
        "M14.6 7.1 H16.1 C18.8 7.1 21 9.3 21 12 C21 14.7 18.8 16.9 16.1 16.9 H14.6 M8.4 12 H15.6"
    ),
    "demo": Shape(line="M8.7 4.4 L3.8 19.6 M15.3 4.4 L20.2 19.6 M12 4.6 V6.6 M12 10.4 V13 M12 16.8 V19.6"),
    "recent": Shape(line="O12 12 8.3 M12 7.2 V12.2 L15.3 14.2"),
    # The window
    "statistics": Shape(line="M4 20 H20 M6.6 16 V12.6 M12 16 V4.6 M17.4 16 V8.8"),
    "model": Shape(line="O5.8 6.2 2.4 O5.8 17.8 2.4 O18 12 2.9 M8 7.2 L15.3 10.6 M8 16.8 L15.3 13.4"),
    "settings": Shape(line=f"{_gear()} O12 12 2.7"),
    "tune": Shape(line="M3.8 7.6 H11.8 M17 7.6 H20.2 O14.4 7.6 2.6 M3.8 16.4 H7 M12.2 16.4 H20.2 O9.6 16.4 2.6"),
    "doctor": Shape(line="M2.9 12.4 H6.9 L9.8 4.8 L14.2 19.4 L17.1 12.4 H21.1"),
    "help": Shape(
        line="O12 12 8.4 M9.5 9.7 C9.5 8.1 10.6 7.3 12 7.3 C13.5 7.3 14.5 8.2 14.5 9.5 C14.5 11.4 12 11.4 12 13.5",
        fill="O12 16.5 1.15",
    ),
    "info": Shape(line="O12 12 8.4 M12 11.4 V16.2", fill="O12 8.1 1.15"),
    "menu": Shape(line="M4.2 6.8 H19.8 M4.2 12 H19.8 M4.2 17.2 H19.8"),
    "search": Shape(line=_LENS),
    "close": Shape(line="M6.4 6.4 L17.6 17.6 M17.6 6.4 L6.4 17.6"),
    "check": Shape(line="M4.8 12.6 L9.8 17.6 L19.4 7"),
    "warning": Shape(line="M12 4.2 L20.8 19.4 H3.2 Z M12 10 V13.8", fill="O12 16.7 1.1"),
    "fault": Shape(line="O12 12 8.4 M9 9 L15 15 M15 9 L9 15"),
}
