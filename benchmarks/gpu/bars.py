"""What the project promises on a card, and whether it was kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from benchmarks.gpu.findings import Row


@dataclass(frozen=True, slots=True)
class Bar:
    """One promise about the figure of a key."""

    key: str
    text: str
    wanted: Literal[">=", "<="]
    limit: float
    unit: str = ""

    def is_met(self, value: float) -> bool:
        """nan is never good enough."""
        return value >= self.limit if self.wanted == ">=" else value <= self.limit


FRAME_CASES = {
    "v2-1024x512": ("v2", (1024, 512), (1024, 512)),
    "x39-1536x768": ("x39", (1536, 768), (1536, 768)),
    "x39-2048x1024": ("x39", (2048, 1024), (1536, 768)),
    "r18-2048x1024": ("r18", (2048, 1024), (1536, 768)),
    "v2-2048x1024": ("v2", (2048, 1024), (1024, 512)),
}
"""Case -> network, picture (width, height), network input (width, height). Inputs are the papers' own: Cityscapes at
2048x1024 is seen by V1 at 1536x768 and by V2 at 1024x512."""

BARS = (
    Bar("fps/v2-1024x512", "V2, picture and input 1024x512, host to host, batch 1", ">=", 1000, "FPS"),
    Bar("fps/x39-1536x768", "X39, picture and input 1536x768, host to host, batch 1", ">=", 1000, "FPS"),
    Bar("fps/x39-2048x1024", "X39, picture 2048x1024, input 1536x768, host to host", ">=", 500, "FPS"),
    Bar("fps/r18-2048x1024", "R18, picture 2048x1024, input 1536x768, host to host", ">=", 500, "FPS"),
    Bar("fps/v2-2048x1024", "V2, picture 2048x1024, input 1024x512, host to host", ">=", 500, "FPS"),
    Bar("network-fps/r18-2048x1024-1", "R18, network alone, input 2048x1024, batch 1", ">=", 1000, "FPS"),
    Bar("demo-ratio", "times the eager half-precision demo, the least of the five", ">=", 5),
    Bar("busy", "the card is busy when fed, the least of the five", ">=", 0.80),
    Bar("tail", "p99 to median, one frame at a time, the most of the five", "<=", 1.5),
    Bar("differing", "pixels whose id differs from float32 eager, the most", "<=", 0.005),
    Bar("miou-points", "mIoU on CamVid val, points from float32 eager, the most", "<=", 0.1),
    Bar("memory-growth", "memory on the card after thousands of frames of changing sizes", "<=", 0, "MiB"),
    Bar("failed-tests", "tests marked gpu that failed", "<=", 0),
)


def verdicts(figures: Mapping[str, float]) -> list[Row]:
    """A line for each bar: what was wanted, what was measured, and whether that is enough."""
    return [
        {
            "bar": bar.text,
            "wanted": f"{bar.wanted} {_number(bar.limit)} {bar.unit}".strip(),
            "measured": f"{_number(figures[bar.key])} {bar.unit}".strip() if bar.key in figures else "not measured",
            "met": _answer(bar, figures.get(bar.key)),
        }
        for bar in BARS
    ]


def all_met(figures: Mapping[str, float]) -> bool:
    """Whether every bar was measured and met; mIoU needs a data set, and is left out without one."""
    return all(bar.is_met(figures[bar.key]) if bar.key in figures else bar.key == "miou-points" for bar in BARS)


def _answer(bar: Bar, value: float | None) -> str:
    if value is None:
        return "-"
    return "yes" if bar.is_met(value) else "no"


def _number(value: float) -> str:
    """Digits enough that what is just short of a bar does not look as if it were on it."""
    if float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.4g}"
