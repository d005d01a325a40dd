"""What a live stream is doing: one state machine, told what happens and when; it reads no clock and waits for nothing.

    connecting ──picture──► running ──silence──► stalled ──silence──┐
        │                    ▲  │  ▲──picture──────┘ │              ▼
      fault             picture └──────fault─────────┴──────► reconnecting ──fault──► reconnecting
        ▼                    └────────────────────────────────────┘
      failed                             (ended: the stream said itself that it is over)

A stream that never ran fails at once, since its address is most likely wrong; one that ran is tried for ever.
"""

from __future__ import annotations

import random
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from bisenet.closing import Closing

_LONGEST_DELAY_S = 10.0
_PATIENCE = 3
"""Silence is a stall only after so many times the usual distance of two pictures."""


class StreamPhase(Enum):
    """Where a live stream is."""

    CONNECTING = "connecting"
    RUNNING = "running"
    STALLED = "stalled"
    RECONNECTING = "reconnecting"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StreamState:
    """A phase, since when, and why; replaced whenever one of them changes."""

    phase: StreamPhase
    since: float
    """Seconds of the clock that the watch is told."""
    reason: str = ""
    """One line for people, without secrets; empty where all is well."""
    attempt: int = 0
    """Which try to connect again this is, from 1."""
    delay_s: float = 0.0
    """How long after `since` that try begins."""

    @property
    def text(self) -> str:
        """One line for the log and the window, without the name of the stream."""
        match self.phase:
            case StreamPhase.RECONNECTING:
                return f"reconnecting in {self.delay_s:.1f} s (attempt {self.attempt}): {self.reason}"
            case StreamPhase.STALLED | StreamPhase.FAILED:
                return f"{self.phase.value}: {self.reason}"
            case _:
                return str(self.phase.value)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long is too long, in seconds."""

    stall_s: float = 3.0
    """Silence that is told."""
    drop_s: float = 10.0
    """Silence after which the connection is given up; more than `stall_s`."""
    attempt_s: float = 20.0
    """From the begin of an attempt to its first picture; then whatever hangs is left behind."""
    settle_s: float = 10.0
    """Who ran for so long begins with the shortest delay again."""
    shortest_delay_s: float = 1.0
    """From the first fault to the first attempt, at least; doubled with each further one."""


class Live(Closing):
    """What a live source tells beyond `Source`. Used on the thread that opened it."""

    @property
    @abstractmethod
    def state(self) -> StreamState:
        """What the stream is doing; changes while `await_open` and `frames` run."""

    @property
    @abstractmethod
    def overtaken(self) -> int:
        """Pictures that `frames` left out because a newer one had come, or to catch up."""

    @abstractmethod
    def await_open(self, timeout_s: float) -> bool:
        """Whether the first picture has come, and with it `info`, after waiting up to a second or `timeout_s`.

        Raises SourceError when it never will.
        """


def delay_s(attempt: int, shortest_s: float, jitter: float) -> float:
    """How long to wait before an attempt (from 1): twice as long each time, up to ten times the shortest delay.

    jitter: 0 to 1; by it up to 30 % are left out, so that many viewers do not all come back at one moment.
    """
    longest_s = _LONGEST_DELAY_S * shortest_s
    return float(max(shortest_s, min(longest_s, 1.5 * shortest_s * 2 ** min(attempt - 1, 10)) * (1 - 0.3 * jitter)))


class StreamWatch:
    """Holds the state. `now` never goes back from call to call, by more than what a picture took to get here."""

    def __init__(self, limits: Limits, now: float, jitter: Callable[[], float] = random.random) -> None:
        self._limits = limits
        self._jitter = jitter
        self._state = StreamState(StreamPhase.CONNECTING, now)
        self._begun_at: float | None = None
        """The begin of the connection there is, or of the attempt to make one."""
        self._heard_at = now
        self._settled_at = now
        self._interval_s = 0.0
        self._attempts = 0

    @property
    def state(self) -> StreamState:
        return self._state

    @property
    def heard_at(self) -> float:
        """When the last picture came."""
        return self._heard_at

    @property
    def is_over(self) -> bool:
        return self._state.phase in (StreamPhase.ENDED, StreamPhase.FAILED)

    def is_due(self, now: float) -> bool:
        """Whether a connection is to be made now."""
        return self._begun_at is None and not self.is_over and now >= self._state.since + self._state.delay_s

    def begin(self, now: float) -> None:
        """An attempt is being made."""
        self._begun_at = now

    def picture(self, at: float) -> None:
        """A picture came."""
        if self._state.phase is StreamPhase.RUNNING:
            self._interval_s += (max(0.0, at - self._heard_at) - self._interval_s) / 8
        elif self._state.phase is not StreamPhase.STALLED:
            self._settled_at = at + self._limits.settle_s
        self._heard_at = at
        if self._state.phase is not StreamPhase.RUNNING:
            self._state = StreamState(StreamPhase.RUNNING, at)

    def lost(self, now: float, reason: str) -> None:
        """The connection broke, or could not be made."""
        self._begun_at = None
        if self._state.phase is StreamPhase.CONNECTING:
            self._state = StreamState(StreamPhase.FAILED, now, reason)
            return
        if self._state.phase is not StreamPhase.RECONNECTING and now >= self._settled_at:
            self._attempts = 0
        self._attempts += 1
        wait_s = delay_s(self._attempts, self._limits.shortest_delay_s, self._jitter())
        self._state = StreamState(StreamPhase.RECONNECTING, now, reason, self._attempts, wait_s)

    def ended(self, now: float) -> None:
        """The stream is over, as it said itself."""
        self._begun_at = None
        self._state = StreamState(StreamPhase.ENDED, now)

    def is_hopeless(self, now: float) -> bool:
        """Nothing came for now. True: the connection there is shall be left behind, which is already noted."""
        if self._begun_at is None or self.is_over:
            return False
        limits, phase = self._limits, self._state.phase
        if phase in (StreamPhase.CONNECTING, StreamPhase.RECONNECTING):
            if now - self._begun_at < limits.attempt_s:
                return False
            self.lost(now, f"no picture within {limits.attempt_s:g} s; is it on, and not used elsewhere?")
            return True
        silent_s = now - self._heard_at
        stall_s = max(limits.stall_s, _PATIENCE * self._interval_s)
        if silent_s >= stall_s + limits.drop_s - limits.stall_s:
            self.lost(now, f"no picture for {silent_s:.0f} s")
            return True
        if silent_s >= stall_s and phase is StreamPhase.RUNNING:
            self._state = StreamState(StreamPhase.STALLED, now, f"no picture for {silent_s:.1f} s")
        return False
