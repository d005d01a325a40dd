"""`Transport`: what was asked of a running pipeline (pause, seek, speed, stop), and its threads' waiting for that.

Each seek begins a new generation; what was captured before it belongs to an older one and is shown to nobody. A loop
goes back within its generation: what was captured before is still wanted.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bisenet_viewer.timing import FASTEST, SLOWEST, Clock, Pacer

_DELIVERY_S = 0.5


class Stopped(Exception):  # noqa: N818  the regular end of a thread, like StopIteration
    """The pipeline was stopped: the thread that asked shall end."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where the capture thread shall begin to read."""

    from_s: float
    generation: int


class Transport:
    """One lock for all that the pipeline's threads and its owner must agree on.

    Its owner never waits here, but for a short while in `seek`; whatever a thread waits for, `stop` ends it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._stopped = False
        self._paused = False
        self._steps = 0
        self._loop: tuple[float, float] | None = None
        self._loop_file = False
        self._speed = 1.0
        self._wants_confidence = False
        self._wants_frames = False
        self._ready = False
        self._seekable = True
        self._generation = 0
        # The beginning of the stream is the first place to go to.
        self._wanted_s: float | None = 0.0
        self._delivering: set[int] = set()
        """The threads that deliver just now."""

    # From any thread.

    def pause(self) -> None:
        with self._changed:
            self._paused = True
            self._changed.notify_all()

    def resume(self) -> None:
        with self._changed:
            self._paused = False
            self._steps = 0
            self._changed.notify_all()

    def step(self) -> None:
        """In a pause, let one more frame through."""
        with self._changed:
            if self._paused:
                self._steps += 1
                self._changed.notify_all()

    def loop(self, span: tuple[float, float] | None) -> None:
        """From now on go back to the first time whenever the second is reached; None: no more."""
        if span is not None and not 0 <= span[0] < span[1]:
            raise ValueError(f"expected a span of time from 0 s on, got {span}")
        with self._changed:
            self._loop = span

    def set_loop_file(self, on: bool) -> None:
        """Whether the beginning follows the end."""
        with self._changed:
            self._loop_file = on

    def set_speed(self, factor: float) -> None:
        """Times a recording's own speed; a frame that is being waited for is due sooner or later by it."""
        if not SLOWEST <= factor <= FASTEST:
            raise ValueError(f"expected a speed from {SLOWEST:g} to {FASTEST:g}, got {factor}")
        with self._changed:
            self._speed = factor
            self._changed.notify_all()

    def want(self, *, confidence: bool | None = None, frames: bool | None = None) -> None:
        """What is to be delivered beside the results; None leaves it as it is."""
        with self._changed:
            if confidence is not None:
                self._wants_confidence = confidence
            if frames is not None:
                self._wants_frames = frames

    @property
    def wants_confidence(self) -> bool:
        with self._changed:
            return self._wants_confidence

    @property
    def wants_frames(self) -> bool:
        with self._changed:
            return self._wants_frames

    @property
    def paused(self) -> bool:
        with self._changed:
            return self._paused

    @property
    def stopped(self) -> bool:
        with self._changed:
            return self._stopped

    def seek(self, time_s: float) -> None:
        """Go to a time, in place of any that was not reached yet. Without effect where the stream cannot.

        Returns when nothing older is being delivered any more, unless that delivery takes more than half a second or is
        what calls this.
        """
        if not math.isfinite(time_s):
            raise ValueError(f"expected a time in seconds, got {time_s}")
        with self._changed:
            if not self._seekable:
                return
            self._go_to(max(0.0, time_s))
            self._generation += 1
            self._steps = 0
            self._changed.wait_for(lambda: self._delivering <= {threading.get_ident()}, _DELIVERY_S)

    def stop(self) -> bool:
        """Let no delivery begin any more and end all waiting; False when that was so already."""
        with self._changed:
            was_running = not self._stopped
            self._stopped = True
            self._changed.notify_all()
        return was_running

    # From the pipeline's threads.

    def check(self) -> None:
        """Raise Stopped when that is so."""
        with self._changed:
            self._check()

    # From the capture thread. All raise Stopped.

    def opened(self, *, seekable: bool) -> None:
        """The source is open. Where it cannot seek, it starts at its beginning whatever was asked for until now."""
        with self._changed:
            self._check()
            self._seekable = seekable
            if not seekable:
                self._wanted_s = 0.0

    def await_start(self) -> Start:
        """Wait until reading shall begin somewhere; the first time that is at once."""
        with self._changed:
            while self._wanted_s is None:
                self._check()
                self._changed.wait()
            self._check()
            start = Start(self._wanted_s, self._generation)
            self._wanted_s = None
        return start

    def seek_wanted(self) -> bool:
        """Whether reading shall go on somewhere else."""
        with self._changed:
            self._check()
            return self._wanted_s is not None

    @property
    def has_loop(self) -> bool:
        """Whether there is one, of a part or of all, in a stream that can seek."""
        with self._changed:
            return (self._loop is not None or self._loop_file) and self._seekable

    def loops_back(self, time_s: float, *, begun_s: float) -> bool:
        """Whether a frame of this time is past a loop, or infinity, the end, before one: then reading goes on there.

        begun_s: where reading began; who went to a place beyond the loop stays there.
        """
        with self._changed:
            self._check()
            if not self._seekable or self._wanted_s is not None:
                return False
            if self._loop is not None and begun_s < self._loop[1] <= time_s:
                self._go_to(self._loop[0])
            elif self._loop_file and math.isinf(time_s):
                self._go_to(0.0)
            else:
                return False
            return True

    def await_release(self, time_s: float, *, first: bool, pacer: Pacer | None) -> bool:
        """Wait until the engine is there, nobody has paused, and the frame of this time is due.

        False when a seek makes the frame obsolete. The first frame from a place is due at once, and in a pause too.
        """
        with self._changed:
            while True:
                self._check()
                if self._wanted_s is not None:
                    return False
                if not self._ready:
                    self._changed.wait()
                elif self._paused and not first and self._steps > 0:
                    self._steps -= 1
                    return True
                elif self._paused and not first:
                    if pacer is not None:
                        pacer.reset()
                    self._changed.wait()
                else:
                    now = self._clock.monotonic()
                    due = now if pacer is None else pacer.due_at(time_s, now, self._speed)
                    if due <= now:
                        return True
                    self._clock.wait(self._changed, due)

    def admits(self, *, first: bool) -> bool:
        """Whether a frame that cannot wait is wanted now. While the engine opens, a newer one always is."""
        with self._changed:
            self._check()
            return first or not self._paused or not self._ready

    @property
    def is_ready(self) -> bool:
        """Whether the engine is open."""
        with self._changed:
            return self._ready

    # From the inference thread; deliveries also from the other.

    def ready(self) -> None:
        """The engine is open: frames are wanted."""
        with self._changed:
            self._ready = True
            self._changed.notify_all()

    def is_current(self, generation: int) -> bool:
        """Whether results of a generation are still wanted."""
        with self._changed:
            return not self._stopped and generation == self._generation

    @contextmanager
    def delivery(self, generation: int) -> Iterator[bool]:
        """While entered with True, `seek` waits. False: the generation is past, or the pipeline stopped."""
        with self._changed:
            allowed = not self._stopped and generation == self._generation
            if allowed:
                self._delivering.add(threading.get_ident())
        try:
            yield allowed
        finally:
            with self._changed:
                self._delivering.discard(threading.get_ident())
                self._changed.notify_all()

    def _go_to(self, time_s: float) -> None:
        self._wanted_s = time_s
        self._changed.notify_all()

    def _check(self) -> None:
        if self._stopped:
            raise Stopped
