"""A clock, sources and an engine that do what a test wants when it wants it, and a log of what comes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from queue import Empty, SimpleQueue

import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet.engines import EngineInfo, Laps
from bisenet.engines.scores import Scored, Scores
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, Result, StreamInfo
from bisenet_viewer.pipeline.events import Event, Failed
from bisenet_viewer.pipeline.pipeline import Pipeline

WAIT_S = 10.0
"""Only a test that fails waits so long."""
RATE = 10
THREADS = ("capture", "inference", "opening")
CLASSES = ClassSet("one", ("road",), ((128, 0, 0),))


class FakeClock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._now = 1000.0
        self._sleepers: dict[threading.Condition, float] = {}

    def monotonic(self) -> float:
        with self._changed:
            return self._now

    def wait(self, changed: threading.Condition, until: float) -> None:
        with self._changed:
            if self._now >= until:
                return
            self._sleepers[changed] = until
            self._changed.notify_all()
        assert changed.wait(WAIT_S), "nobody set the clock"
        with self._changed:
            del self._sleepers[changed]
            self._changed.notify_all()

    def await_sleeper(self, until: float) -> None:
        """Until somebody waits for that time."""
        with self._changed:
            there = self._changed.wait_for(lambda: until in [round(s, 6) for s in self._sleepers.values()], WAIT_S)
            assert there, f"expected a wait until {until}, there are {self._sleepers}"

    def await_no_sleeper(self) -> None:
        """Until nobody waits for a time any more."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._sleepers, WAIT_S), self._sleepers

    def go_on(self) -> None:
        """Set it to what somebody waits for, or soon will."""
        with self._changed:
            there = self._changed.wait_for(lambda: any(s > self._now for s in self._sleepers.values()), WAIT_S)
            assert there, "nobody waits"
            until = min(s for s in self._sleepers.values() if s > self._now)
        self.set(until)

    def set(self, now: float) -> None:
        with self._changed:
            self._now = now
            sleepers = list(self._sleepers)
        for sleeper in sleepers:
            with sleeper:
                sleeper.notify_all()


class NotesClosing(Closing):
    """What a source and an engine have in common: closed in a `with`, on the thread that opened it."""

    def __init__(self, close_error: Exception | None = None) -> None:
        self.opened_on = threading.current_thread().name
        self.closed_on: str | None = None
        self._closed = threading.Event()
        self._close_error = close_error

    def await_closed(self) -> str | None:
        """By which thread it was closed."""
        assert self._closed.wait(WAIT_S)
        return self.closed_on

    def close(self) -> None:
        self.closed_on = threading.current_thread().name
        self._closed.set()
        if self._close_error is not None:
            raise self._close_error


class Recording(NotesClosing):
    """`count` frames, frame k at k / RATE; `at_frame` is called before each is read."""

    live = False
    seekable = True

    def __init__(
        self,
        count: int = 5,
        at_frame: Callable[[int], None] = lambda _k: None,
        close_error: Exception | None = None,
    ) -> None:
        super().__init__(close_error)
        self.count = count
        self.damaged = 0
        self.started_at: list[float] = []
        self.read_out = threading.Event()
        """The last frame was read, and passed on."""
        self._at_frame = at_frame
        self._open_iterations = 0

    @property
    def info(self) -> StreamInfo:
        return StreamInfo("fake", 4, 2, Fraction(RATE), live=self.live, seekable=self.seekable)

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        assert from_s == 0 or self.seekable
        assert self._open_iterations == 0, "two iterations at one time"
        self._open_iterations += 1
        self.started_at.append(from_s)
        try:
            for k in range(max(0, min(int(from_s * RATE + 1e-6), self.count - 1)), self.count):
                self._at_frame(k)
                yield make_frame(k)
                yield None
            self.read_out.set()
        finally:
            self._open_iterations -= 1


class Pipe(Recording):
    """A recording that can only be read forwards."""

    seekable = False


class Camera(Recording):
    """Shows what `show` is given, until it is unplugged."""

    live = True
    seekable = False

    def __init__(self) -> None:
        super().__init__()
        self._shown: SimpleQueue[Frame | Exception] = SimpleQueue()
        self._taken = threading.Semaphore(0)

    def show(self, k: int) -> None:
        """Show frame k, and wait until the capture thread has seen to it."""
        self._shown.put(make_frame(k))
        assert self._taken.acquire(timeout=WAIT_S)

    def unplug(self) -> None:
        self._shown.put(SourceError("the camera is gone"))

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        assert from_s == 0
        while True:
            try:
                item = self._shown.get(timeout=0.005)
            except Empty:
                yield None
                continue
            if isinstance(item, Exception):
                raise item
            yield item
            self._taken.release()


def make_frame(k: int) -> Frame:
    return Frame(k, k, Fraction(1, RATE), captured_at=-1.0, pixels=np.full((2, 4, 3), k % 256, np.uint8), decode_ms=0.5)


class FakeEngine(NotesClosing):
    """Labels every pixel with the picture's grey level and `more`; `at_frame` is called with that level first."""

    classes = CLASSES

    def __init__(
        self,
        at_frame: Callable[[int], None] = lambda _k: None,
        close_error: Exception | None = None,
        *,
        name: str = "street",
        more: int = 0,
    ) -> None:
        super().__init__(close_error)
        self.info = EngineInfo("fake", name, "cpu", "A processor", "f32")
        self._at_frame = at_frame
        self._more = more

    def infer(self, rgb: NDArray[np.uint8], laps: Laps | None = None) -> NDArray[np.uint8]:
        self._at_frame(int(rgb[0, 0, 0]))
        if laps is not None:
            laps.update(pre=1.0, network=2.0, post=3.0)
        return rgb[..., 0] + np.uint8(self._more)

    def infer_confidence(
        self, rgb: NDArray[np.uint8], laps: Laps | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Quite sure."""
        return self.infer(rgb, laps), np.full_like(rgb[..., 0], 200)

    def infer_scored(self, rgb: NDArray[np.uint8], laps: Laps | None = None, *, confidence: bool = False) -> Scored:
        """Scores of one class."""
        labels, sure = self.infer_confidence(rgb, laps)
        scores = Scores(np.zeros((1, 1, 1), np.float32), labels.shape, "bilinear")
        return Scored(labels, scores, sure if confidence else None)


class Gate:
    """Holds whoever comes to frame `at` until it is opened."""

    def __init__(self, at: int = 0) -> None:
        self._at = at
        self._reached = threading.Event()
        self._open = threading.Event()

    def __call__(self, k: int) -> None:
        if k == self._at and not self._open.is_set():
            self._reached.set()
            assert self._open.wait(WAIT_S), "nobody opened the gate"

    def await_reached(self) -> None:
        assert self._reached.wait(WAIT_S)

    def open(self) -> None:
        self._open.set()


class Log:
    """What the pipeline delivered and reported, in order."""

    def __init__(self, at_result: Callable[[int], None] = lambda _k: None) -> None:
        self._changed = threading.Condition()
        self._at_result = at_result
        self.entries: list[Event | Result] = []

    def deliver(self, result: Result) -> None:
        assert threading.current_thread().name == "inference"
        self._at_result(result.frame.index)
        self._add(result)

    def report(self, event: Event) -> None:
        self._add(event)

    def _add(self, entry: Event | Result) -> None:
        with self._changed:
            self.entries.append(entry)
            self._changed.notify_all()

    @property
    def results(self) -> list[Result]:
        with self._changed:
            return [entry for entry in self.entries if isinstance(entry, Result)]

    @property
    def numbers(self) -> list[int]:
        return [result.frame.index for result in self.results]

    @property
    def makers(self) -> list[str]:
        """By which model each result was made."""
        return [result.info.model for result in self.results if result.info is not None]

    @property
    def events(self) -> list[Event]:
        with self._changed:
            return [entry for entry in self.entries if not isinstance(entry, Result)]

    @property
    def errors(self) -> list[Exception]:
        return [event.error for event in self.events if isinstance(event, Failed)]

    def count(self, kind: type) -> int:
        return sum(isinstance(entry, kind) for entry in self.entries)

    def await_that(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, WAIT_S), self.entries

    def await_numbers(self, numbers: list[int]) -> None:
        self.await_that(lambda: len(self.numbers) >= len(numbers))
        assert self.numbers == numbers

    def await_event(self, kind: type, count: int = 1) -> None:
        self.await_that(lambda: self.count(kind) >= count)


def live_threads() -> list[str]:
    """The names of the pipelines' threads that are alive."""
    return sorted(thread.name for thread in threading.enumerate() if thread.name in THREADS)


def finish(pipeline: Pipeline) -> None:
    """Run it to its end."""
    pipeline.start()
    assert pipeline.join(WAIT_S)
