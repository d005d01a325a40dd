"""Time along the frame path: when a frame is due, how many pass per second, how long they take.

Nothing here reads a clock by itself or knows a thread: the caller passes `now`, in seconds of a `Clock`.
"""

from __future__ import annotations

import math
import time
from collections import deque
from statistics import median
from threading import Condition
from typing import Protocol

SLOWEST, FASTEST = 0.25, 4.0
"""Times a recording's own speed."""


class Clock(Protocol):
    """Time that only goes forward, and waiting for it; a test has one that it sets by hand."""

    def monotonic(self) -> float:
        """Seconds since some moment."""
        ...

    def wait(self, changed: Condition, until: float) -> None:
        """Wait on a condition that the caller holds: until it is notified, or until that time. May wake early."""
        ...


class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, changed: Condition, until: float) -> None:
        changed.wait(max(0.0, until - self.monotonic()))


class Pacer:
    """Says when each frame of a recording is due, so that it plays at its own speed.

    Frames that come late are due at once. Past `slip_s` of lateness the playback is put off by what is missing: a slow
    decoder then shows a slower film, and a hiccup is not followed by a rush. A time stamp that goes back, or ahead by
    more than `gap_s`, is a break in the recording and nothing to wait for.
    """

    def __init__(self, slip_s: float = 0.25, gap_s: float = 10.0) -> None:
        self._slip_s = slip_s
        self._gap_s = gap_s
        self._speed = 1.0
        self._offset_s = 0.0
        """A frame is due at its time, divided by the speed, and this."""
        self._last_s: float | None = None

    def reset(self) -> None:
        """The next frame is due at once, and those after it in their distance from it: after a pause or a seek."""
        self._last_s = None

    def due_at(self, time_s: float, now: float, speed: float = 1.0) -> float:
        """The clock's time at which the frame of presentation time `time_s` is due; asking again changes nothing.

        speed: seconds of the recording in a second. A new one counts from now on: the playback does not jump.
        """
        if speed != self._speed:
            position_s = (now - self._offset_s) * self._speed
            self._offset_s = now - position_s / speed
            self._speed = speed
        last_s, self._last_s = self._last_s, time_s
        broken = last_s is None or not 0 <= time_s - last_s <= self._gap_s
        if broken or now - (time_s / speed + self._offset_s) > self._slip_s:
            self._offset_s = now - time_s / speed
        return time_s / speed + self._offset_s


class RateMeter:
    """Events per second over the last `window_s`."""

    def __init__(self, window_s: float = 2.0) -> None:
        self._window_s = window_s
        self._times: deque[float] = deque()

    def tick(self, now: float) -> None:
        """An event has happened."""
        self._times.append(now)
        self._forget(now)

    def rate(self, now: float) -> float:
        """Exact for an even stream however few events are in the window; falls when the next one is overdue."""
        self._forget(now)
        if len(self._times) < 2:
            return 0.0
        intervals = len(self._times) - 1
        span_s = self._times[-1] - self._times[0]
        overdue_s = max(0.0, now - self._times[-1] - span_s / intervals)
        return intervals / (span_s + overdue_s) if span_s > 0 else 0.0

    def _forget(self, now: float) -> None:
        while self._times and self._times[0] < now - self._window_s:
            self._times.popleft()


class LatencyMeter:
    """What the last `capacity` values were like, in their own unit."""

    def __init__(self, capacity: int = 120) -> None:
        self._values: deque[float] = deque(maxlen=capacity)

    def add(self, value: float) -> None:
        self._values.append(value)

    def clear(self) -> None:
        """Forget all: what was measured has changed."""
        self._values.clear()

    @property
    def median(self) -> float | None:
        """None before the first value."""
        return median(self._values) if self._values else None

    @property
    def p95(self) -> float | None:
        """95 of 100 values are not above it (nearest rank); None before the first value."""
        ordered = sorted(self._values)
        return ordered[math.ceil(0.95 * len(ordered)) - 1] if ordered else None
