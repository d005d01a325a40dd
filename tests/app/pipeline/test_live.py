"""Live streams in the pipeline: their state is told, and opening one can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from tests.app.pipeline.scripted import WAIT_S, Camera, FakeEngine, Gate, make_frame

from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame
from bisenet_viewer.pipeline.events import EngineOpened, Failed, SourceOpened, StreamChanged
from bisenet_viewer.sources.live.state import Live, StreamPhase, StreamState

CONNECTING, RUNNING, STALLED, RECONNECTING, _, _ = StreamPhase


class Stream(Camera, Live):
    """A camera that tells its state, and opens when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.phase = CONNECTING
        self.opens = threading.Event()
        self.fault: SourceError | None = None
        self.counted = 0
        self.is_read = False

    @property
    def state(self) -> StreamState:
        return StreamState(self.phase, 0.0, self.phase.value)

    @property
    def overtaken(self) -> int:
        return self.counted

    def await_open(self, timeout_s: float) -> bool:
        if self.fault is not None:
            raise self.fault
        return self.opens.wait(min(timeout_s, 0.005))

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        assert self.opens.is_set()
        self.is_read = True
        yield make_frame(0)
        yield from super().frames(from_s)


@pytest.fixture
def stream() -> Stream:
    return Stream()


def phases(log) -> list[StreamPhase]:
    return [event.state.phase for event in log.events if isinstance(event, StreamChanged)]


def test_each_change_of_state_is_told_once_and_results_go_on(make, log, stream):
    pipeline = make(stream, pacing="realtime")
    pipeline.start()
    log.await_event(StreamChanged)
    assert log.count(SourceOpened) == 0
    stream.phase = RUNNING
    stream.opens.set()
    log.await_event(StreamChanged, 2)
    for count, phase in enumerate((STALLED, RUNNING, RECONNECTING, RUNNING), start=3):
        stream.phase = phase
        log.await_event(StreamChanged, count)
    stream.show(7)
    log.await_that(lambda: 7 in log.numbers)
    assert phases(log) == [CONNECTING, RUNNING, STALLED, RUNNING, RECONNECTING, RUNNING]


@pytest.mark.parametrize("pacing", ["realtime", "every-frame"])
def test_a_stream_that_does_not_open_can_be_stopped(make, log, stream, pacing):
    pipeline = make(stream, pacing=pacing)
    pipeline.start()
    log.await_event(StreamChanged)
    assert pipeline.stop()
    assert stream.closed_on == "capture"
    assert log.count(Failed) == 0


def test_a_stream_that_cannot_be_opened_fails_once(make, log, stream):
    stream.fault = SourceError("the stream: no such stream (404)")
    pipeline = make(stream, pacing="realtime")
    pipeline.start()
    assert pipeline.join(WAIT_S)
    assert log.errors == [stream.fault]
    assert stream.closed_on == "capture"


def test_of_a_stream_that_is_segmented_the_frames_begin_when_the_engine_is_open(make, log, stream):
    opening = Gate()

    def open_engine() -> FakeEngine:
        opening(0)
        return FakeEngine()

    pipeline = make(stream, open_engine, pacing="every-frame")
    stream.opens.set()
    pipeline.start()
    log.await_event(SourceOpened)
    opening.await_reached()
    assert not stream.is_read
    opening.open()
    log.await_numbers([0])


def test_what_was_overtaken_counts_as_dropped(make, log, stream):
    pipeline = make(stream, pacing="realtime")
    stream.opens.set()
    stream.counted = 12
    pipeline.start()
    log.await_event(EngineOpened)
    stream.show(1)
    assert pipeline.stats().drops["capture busy"] == 12
