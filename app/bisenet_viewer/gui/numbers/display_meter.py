"""What only the window can know: how often pictures are painted, and how old they are then."""

from __future__ import annotations

from collections.abc import Callable

from bisenet_viewer.gui.numbers.stage_times import Spread
from bisenet_viewer.timing import LatencyMeter, RateMeter


class DisplayMeter:
    """Painted pictures per second and their age, over the last moments. The clock is `time.monotonic`'s."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        """Begin anew, for another source."""
        self._rate = RateMeter()
        self._latency = LatencyMeter()

    def painted(self, captured_at: float) -> None:
        """A picture captured at this time was painted now."""
        now = self._clock()
        self._rate.tick(now)
        self._latency.add(now - captured_at)

    @property
    def fps(self) -> float:
        return self._rate.rate(self._clock())

    @property
    def latency_s(self) -> float | None:
        """The median; None while nothing is being painted."""
        return self._latency.median if self.fps > 0 else None

    @property
    def age_ms(self) -> Spread | None:
        """How old pictures were when they were painted; None while nothing is being painted."""
        median, high = self._latency.median, self._latency.p95
        return None if median is None or high is None or self.fps <= 0 else Spread(median * 1000, high * 1000)
