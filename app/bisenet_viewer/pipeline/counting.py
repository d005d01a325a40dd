"""`PipelineStats`: how many frames went which way, and `Counts`, which both threads add to."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from bisenet_viewer.timing import RateMeter


@dataclass(frozen=True, slots=True)
class PipelineStats:
    """What happened until now."""

    captured: int
    """Frames that were due for inference: of a camera, none in a pause and only the last before the engine is open."""
    inferred: int
    """Each frame once, also when it was inferred again because something else was wanted of it."""
    capture_fps: float
    inference_fps: float
    drops: Mapping[str, int]
    """Frames that never became a result, by cause: `inference busy`, `damaged`; live also `capture busy`."""


class Counts:
    """Written by both threads, read by any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._captured = self._inferred = self._damaged = self._damaged_seen = 0
        self._overtaken: int | None = None
        self._capture_rate = RateMeter()
        self._inference_rate = RateMeter()

    @property
    def captured(self) -> int:
        with self._lock:
            return self._captured

    def add_captured(self, now: float, in_place_of: int) -> None:
        with self._lock:
            self._captured += 1 - in_place_of
            self._capture_rate.tick(now)

    def add_inferred(self, now: float) -> None:
        with self._lock:
            self._inferred += 1
            self._inference_rate.tick(now)

    def saw_damaged(self, count: int) -> None:
        """count: as the source says; it may begin anew with each iteration."""
        with self._lock:
            self._damaged += count - self._damaged_seen if count >= self._damaged_seen else count
            self._damaged_seen = count

    def saw_overtaken(self, count: int) -> None:
        """count: as the source says; it begins once."""
        with self._lock:
            self._overtaken = count

    def stats(self, now: float, pushed_out: int) -> PipelineStats:
        with self._lock:
            live = {} if self._overtaken is None else {"capture busy": self._overtaken}
            return PipelineStats(
                captured=self._captured,
                inferred=self._inferred,
                capture_fps=self._capture_rate.rate(now),
                inference_fps=self._inference_rate.rate(now),
                drops={"inference busy": pushed_out, "damaged": self._damaged, **live},
            )
