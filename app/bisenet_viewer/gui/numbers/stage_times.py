"""`StageTimes`: how long each stage took in the last seconds, as percentiles and as columns of a chart. No Qt."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STAGES = ("decode", "pre", "network", "post", "display")
"""In the order in which a frame passes them; `display` is what the window adds."""
WINDOW_S = 10.0

_CAPACITY = 2400
"""Ten seconds of 240 frames; more are never kept."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Of many values, in their own unit."""

    p50: float
    p95: float
    """Nearest rank: values that really occurred."""

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Raises ValueError for no values."""
        if not values:
            raise ValueError("expected at least one value, got none")
        ordered = sorted(values)
        p50, p95 = (ordered[math.ceil(part * len(ordered)) - 1] for part in (0.5, 0.95))
        return cls(p50, p95)


Column = Mapping[str, float]
"""Milliseconds by stage, the medians of one part of the window; empty where no frame came."""


class StageTimes:
    """The last `window_s` seconds, by stage. `now` is in seconds of any clock that goes forward only."""

    def __init__(self, window_s: float = WINDOW_S, capacity: int = _CAPACITY) -> None:
        self._window_s, self._capacity = window_s, capacity
        self._kept: dict[str, deque[tuple[float, float]]] = {}

    def add(self, now: float, stage_ms: Mapping[str, float]) -> None:
        """Note what some stages took for one frame."""
        for stage, ms in stage_ms.items():
            kept = self._kept.setdefault(stage, deque(maxlen=self._capacity))
            kept.append((now, ms))
            self._forget(kept, now)

    def clear(self) -> None:
        """Begin anew: another source or another model."""
        self._kept.clear()

    def spreads(self, now: float) -> dict[str, Spread]:
        """By stage, those that had a frame in the window; the known ones in their order, then others."""
        present = {stage: self._values(stage, now) for stage in self._ordered()}
        return {stage: Spread.of([ms for _, ms in values]) for stage, values in present.items() if values}

    def columns(self, now: float, count: int) -> list[Column]:
        """The window cut into `count` parts, the oldest first.

        The cuts stand still in time, so that a chart moves by whole columns and its old ones keep their heights.
        """
        width_s = self._window_s / count
        last = math.floor(now / width_s)
        sorted_in: list[dict[str, list[float]]] = [{} for _ in range(count)]
        for stage in self._ordered():
            for at, ms in self._values(stage, now):
                place = count - 1 - (last - math.floor(at / width_s))
                if 0 <= place < count:
                    sorted_in[place].setdefault(stage, []).append(ms)
        return [{stage: Spread.of(values).p50 for stage, values in column.items()} for column in sorted_in]

    def _ordered(self) -> list[str]:
        return [*(stage for stage in STAGES if stage in self._kept), *(s for s in self._kept if s not in STAGES)]

    def _values(self, stage: str, now: float) -> deque[tuple[float, float]]:
        kept = self._kept[stage]
        self._forget(kept, now)
        return kept

    def _forget(self, kept: deque[tuple[float, float]], now: float) -> None:
        while kept and kept[0][0] < now - self._window_s:
            kept.popleft()
