"""What was done with one input: counted while it runs, and told at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median
from typing import Literal

from bisenet.engines import EngineInfo
from bisenet_viewer.frame import Result

Ending = Literal["done", "skipped", "failed", "interrupted", "not started"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended for one input."""

    source: str
    """For people: without secrets."""
    ending: Ending
    outputs: tuple[str, ...] = ()
    """Files and folders that were wanted."""
    frames: int = 0
    seconds: float = 0.0
    """Of video."""
    wall_s: float = 0.0
    lost: Mapping[str, int] = field(default_factory=dict)
    """Frames that were left out, by cause; no cause without frames."""
    stage_ms: Mapping[str, float] = field(default_factory=dict)
    """Medians, in the order of the frame's path."""
    engine: EngineInfo | None = None
    encoder: str | None = None
    """FFmpeg's name of what made the video."""
    error: str | None = None
    """Why it failed, in one line."""


class Tally:
    """Counts the frames of one input and the milliseconds they took."""

    def __init__(self) -> None:
        self.frames = 0
        self._begin_s = 0.0
        self._last_s = 0.0
        self._stage_ms: defaultdict[str, list[float]] = defaultdict(list)

    def add(self, result: Result, stages: Iterable[tuple[str, float]]) -> None:
        """One more frame; stages: all that was measured of it."""
        if self.frames == 0:
            self._begin_s = result.frame.time_s
        self.frames += 1
        self._last_s = result.frame.time_s
        for stage, ms in stages:
            self._stage_ms[stage].append(ms)

    def seconds(self, rate: Fraction | None) -> float:
        """How long the frames last, the last one for as long as the nominal rate says."""
        return self._last_s - self._begin_s + (float(1 / rate) if rate else 0.0)

    def median_ms(self) -> dict[str, float]:
        """Per stage, in the order of the frame's path."""
        return {stage: median(values) for stage, values in self._stage_ms.items()}
