"""A live stream in the window: why it stands still is told over its last picture, until it goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue

import pytest
from pytestqt.qtbot import QtBot
from tests.app.gui.conftest import MemorySource, OpenStage, Stage

from bisenet_viewer.frame import Frame
from bisenet_viewer.gui.opening.naming import interruption_text, source_name
from bisenet_viewer.gui.player import Phase
from bisenet_viewer.sources.live.state import Live, StreamPhase, StreamState


class Stream(MemorySource, Live):
    """Shows a picture for each state it is given, where that is `running`."""

    def __init__(self) -> None:
        super().__init__(1, live=True)
        self.opens = threading.Event()
        self.states: SimpleQueue[StreamState] = SimpleQueue()
        self._state = StreamState(StreamPhase.CONNECTING, 0.0)

    @property
    def state(self) -> StreamState:
        return self._state

    @property
    def overtaken(self) -> int:
        return 0

    def await_open(self, timeout_s: float) -> bool:
        return self.opens.wait(min(timeout_s, 0.01))

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        yield from super().frames(from_s)
        while True:
            try:
                self._state = self.states.get(timeout=0.01)
            except Empty:
                yield None
                continue
            if self._state.phase is StreamPhase.RUNNING:
                yield from super().frames(from_s)
            else:
                yield None


@pytest.fixture
def stream() -> Stream:
    return Stream()


def open_live(open_stage: OpenStage, stream: Stream) -> Stage:
    stream.opens.set()
    return open_stage(lambda _: stream)


def test_a_stream_that_opens_is_told_of_and_can_be_left(open_stage: OpenStage, qtbot: QtBot, stream: Stream) -> None:
    stage = open_stage(lambda _: stream, until_shown=False)
    qtbot.waitUntil(lambda: stage.player.stream_state is not None)
    assert stage.window.message.isVisible()
    assert stage.window.banner.isHidden()
    stage.close()
    assert stream.is_closed


def test_an_interruption_is_told_over_the_last_picture(open_stage: OpenStage, qtbot: QtBot, stream: Stream) -> None:
    stage = open_live(open_stage, stream)
    banner = stage.window.banner
    assert banner.isHidden()
    stream.states.put(StreamState(StreamPhase.STALLED, 0.0, "no picture for 3.0 s"))
    qtbot.waitUntil(banner.isVisible)
    assert banner.text.text() == "memory: stalled: no picture for 3.0 s"
    assert stage.window.view.has_picture
    assert stage.player.phase is Phase.PLAYING
    stream.states.put(StreamState(StreamPhase.RECONNECTING, 0.0, "the connection was lost", 2, 2.5))
    qtbot.waitUntil(lambda: "(attempt 2)" in banner.text.text())
    stream.states.put(StreamState(StreamPhase.RUNNING, 0.0))
    qtbot.waitUntil(banner.isHidden)
    assert stage.window.view.has_picture


def test_a_fault_told_meanwhile_stays(open_stage: OpenStage, qtbot: QtBot, stream: Stream) -> None:
    stage = open_live(open_stage, stream)
    stream.states.put(StreamState(StreamPhase.STALLED, 0.0, "no picture for 3.0 s"))
    qtbot.waitUntil(stage.window.banner.isVisible)
    stage.window.banner.tell("Something else", [])
    stream.states.put(StreamState(StreamPhase.RUNNING, 0.0))
    qtbot.waitUntil(lambda: stage.player.stream_state.phase is StreamPhase.RUNNING)
    assert stage.window.banner.text.text() == "Something else"
    assert stage.window.banner.isVisible()


def test_try_now_opens_the_stream_again(open_stage: OpenStage, qtbot: QtBot, stream: Stream) -> None:
    stage = open_live(open_stage, stream)
    stage.open_source = lambda _: MemorySource()
    stream.states.put(StreamState(StreamPhase.RECONNECTING, 0.0, "the connection was lost", 4, 10.0))
    qtbot.waitUntil(stage.window.banner.isVisible)
    (button,) = stage.window.banner.buttons
    button.click()
    qtbot.waitUntil(lambda: len(stage.requests) == 2)
    assert stage.requests[0] == stage.requests[1]
    assert stage.window.banner.isHidden()


@pytest.mark.parametrize("phase", [StreamPhase.CONNECTING, StreamPhase.RUNNING, StreamPhase.ENDED, StreamPhase.FAILED])
def test_only_interruptions_have_a_text(phase: StreamPhase) -> None:
    assert interruption_text(StreamState(phase, 0.0, "why"), MemorySource().info) == ""


def test_a_title_without_secrets() -> None:
    assert source_name("rtsp://anna:s3cret@host:554/live?token=s3cret") == "rtsp://host:554/live"
    assert source_name("rtsp://anna:s3cret@host:no-port/live") == "rtsp://host:no-port/live"
