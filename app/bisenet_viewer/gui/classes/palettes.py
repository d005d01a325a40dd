"""Colours for classes, besides those that the model brings. Pure; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bisenet.classes import ClassSet, Color

OWN = "own"
SAFE = "colour-blind-safe"
NAMES = (OWN, SAFE)
"""What settings call them."""

_SAFE: tuple[Color, ...] = (
    (120, 200, 255), (240, 200, 160), (255, 240, 0), (120, 120, 255), (200, 240, 240),
    (80, 160, 160), (240, 120, 0), (80, 80, 40), (0, 0, 255), (240, 40, 120), (120, 0, 80),
    (120, 0, 160), (200, 80, 0), (80, 120, 80), (120, 120, 120), (160, 80, 160), (80, 160, 200),
    (80, 200, 200), (200, 160, 120), (200, 200, 80),
)  # fmt: skip
"""Found by a search for what differs most (CIEDE2000), also as those see it who have no red or no green cones: any two
of the first 11 by 17.9 at least, which of Okabe's and Ito's 8 colours is 11.6; any two of all 20 by 9.6. The order
suits CamVid's classes: sky blue, pedestrians pink."""

_SHADES = (0.0, -0.35, 0.4, -0.55, 0.6, -0.18, 0.2, -0.7, 0.75, -0.45, 0.5, -0.27, 0.3)
"""Where 20 colours are not enough: the same ones, so far towards black (below 0) or white."""


def palette(name: str, classes: ClassSet) -> tuple[Color, ...]:
    """A colour for each class. Raises ValueError for a name that is not in NAMES."""
    return colors_of(name, classes.palette)


def colors_of(name: str, own: Sequence[Color]) -> tuple[Color, ...]:
    """The same, from the class set's own colours."""
    if name == OWN:
        return tuple(own)
    if name == SAFE:
        return tuple(_safe(class_id) for class_id in range(len(own)))
    raise ValueError(f"expected one of {', '.join(NAMES)}, got {name!r}")


def name_of(colors: Sequence[Color], own: Sequence[Color]) -> str | None:
    """Which palette these colours are; None where some were changed by hand."""
    return next((name for name in NAMES if colors_of(name, own) == tuple(colors)), None)


def _safe(class_id: int) -> Color:
    color = _SAFE[class_id % len(_SAFE)]
    shade = _SHADES[class_id // len(_SAFE) % len(_SHADES)]
    towards = 255 if shade > 0 else 0
    red, green, blue = (round(part + (towards - part) * abs(shade)) for part in color)
    return red, green, blue
