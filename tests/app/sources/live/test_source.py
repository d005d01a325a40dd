"""`LiveSource` over scripted connections: the newest picture wins, and what is told when connections break."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from itertools import islice, pairwise

import pytest
from tests.app.sources.live.scripted import HEIGHT, QUICK, WAIT_S, WIDTH, ScriptedConnection, ScriptedFeed, readers

from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame
from bisenet_viewer.sources.live.source import LiveSource
from bisenet_viewer.sources.live.state import StreamPhase


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    for thread in readers():
        thread.join(WAIT_S)
    assert readers() == []


def opened(*outcomes: object) -> LiveSource:
    return LiveSource(ScriptedFeed(*outcomes), QUICK, jitter=lambda: 0.0)


def next_frame(frames: Iterator[Frame | None]) -> Frame:
    until = time.monotonic() + WAIT_S
    for frame in frames:
        if frame is not None:
            return frame
        assert time.monotonic() < until
    raise AssertionError("the stream ended")


def await_phase(source: LiveSource, frames: Iterator[Frame | None], phase: StreamPhase) -> None:
    until = time.monotonic() + WAIT_S
    while source.state.phase is not phase:
        assert time.monotonic() < until, source.state
        next(frames)


def test_what_is_told_of_the_stream():
    connection = ScriptedConnection()
    connection.show()
    with opened(connection) as source:
        info = source.info
    assert (info.name, info.width, info.height, info.rate) == ("the stream", WIDTH, HEIGHT, 25)
    assert info.live
    assert not info.seekable
    assert connection.closed.is_set()


def test_opening_can_be_waited_for_in_bits():
    connection = ScriptedConnection()
    with opened(connection) as source:
        assert source.state.phase is StreamPhase.CONNECTING
        assert not source.await_open(0.01)
        connection.show()
        assert source.await_open(WAIT_S)
        assert source.state.phase is StreamPhase.RUNNING


def test_the_first_picture_is_the_first_frame():
    connection = ScriptedConnection()
    connection.show(50)
    with opened(connection) as source:
        assert source.info.live
        assert next_frame(source.frames()).rgb[0, 0, 0] == pytest.approx(50, abs=2)


def test_the_newest_picture_wins_and_the_others_are_counted():
    connection = ScriptedConnection()
    connection.show(10)
    with opened(connection) as source:
        frames = source.frames()
        next_frame(frames)
        for grey in (20, 30, 40, 50):
            connection.show(grey)
        until = time.monotonic() + WAIT_S
        while source.overtaken < 3 and time.monotonic() < until:
            time.sleep(0.002)
        frame = next_frame(frames)
        assert frame.rgb[0, 0, 0] == pytest.approx(50, abs=2)
        assert (frame.index, source.overtaken) == (1, 3)


def test_a_silent_stream_yields_none_within_a_second():
    connection = ScriptedConnection()
    connection.show()
    with LiveSource(ScriptedFeed(connection)) as source:
        frames = source.frames()
        next_frame(frames)
        begun = time.monotonic()
        assert next(frames) is None
        assert time.monotonic() - begun < 1


def test_what_never_opened_fails_with_its_reason():
    with opened(SourceError("no such stream (404); check the path")) as source:
        with pytest.raises(SourceError, match=r"^the stream: no such stream \(404\); check the path$"):
            _ = source.info
        assert source.state.phase is StreamPhase.FAILED


def test_what_hangs_while_opening_fails_and_is_left_behind():
    let_go = threading.Event()

    def hang() -> ScriptedConnection:
        let_go.wait(WAIT_S)
        return connection

    connection = ScriptedConnection()
    with opened(hang) as source:
        with pytest.raises(SourceError, match=r"no picture within 0\.5 s"):
            _ = source.info
        assert len(readers()) == 1
        let_go.set()
        assert connection.closed.wait(WAIT_S)


def test_a_lost_stream_comes_back_and_its_times_go_on(caplog):
    first, second = ScriptedConnection(), ScriptedConnection()
    first.show()
    with caplog.at_level(logging.INFO), opened(first, SourceError("nobody answers"), second) as source:
        frames = source.frames()
        shown = [next_frame(frames)]
        second.show()
        first.lose()
        await_phase(source, frames, StreamPhase.RECONNECTING)
        shown.append(next_frame(frames))
        second.show()
        shown.append(next_frame(frames))
    assert [frame.index for frame in shown] == [0, 1, 2]
    assert all(one.pts < other.pts for one, other in pairwise(shown))
    assert first.closed.is_set()
    told = [record.message for record in caplog.records]
    assert told[:4] == [
        "connecting",
        "running: test 32x16",
        "reconnecting in 0.0 s (attempt 1): the connection was lost",
        "reconnecting in 0.1 s (attempt 2): nobody answers",
    ]
    assert told[4].startswith("running again after ")
    assert {record.source for record in caplog.records} == {"the stream"}


def test_a_silent_stream_stalls_and_is_then_connected_again():
    first, second = ScriptedConnection(), ScriptedConnection()
    first.show()
    second.show()
    with opened(first, second) as source:
        frames = source.frames()
        next_frame(frames)
        await_phase(source, frames, StreamPhase.STALLED)
        await_phase(source, frames, StreamPhase.RECONNECTING)
        assert first.closed.wait(WAIT_S)
        next_frame(frames)
        assert source.state.phase is StreamPhase.RUNNING


def test_a_stream_that_says_it_is_over_ends():
    connection = ScriptedConnection()
    connection.show()
    with opened(connection) as source:
        frames = source.frames()
        next_frame(frames)
        connection.end()
        assert [frame for frame in frames if frame is not None] == []
        assert source.state.phase is StreamPhase.ENDED


def test_a_bug_in_the_reader_is_raised_as_it_is():
    with opened(ZeroDivisionError("oops")) as source, pytest.raises(ZeroDivisionError):
        _ = source.info


def test_there_is_no_past():
    connection = ScriptedConnection()
    connection.show()
    with opened(connection) as source, pytest.raises(ValueError, match=r"from_s 0, got 1\.0"):
        next(source.frames(1.0))


def test_closing_ends_an_iteration_and_may_be_repeated():
    connection = ScriptedConnection()
    connection.show()
    source = opened(connection)
    frames = source.frames()
    next_frame(frames)
    source.close()
    source.close()
    assert list(islice(frames, 5)) == []


def test_counts_outlive_connections():
    first, second = ScriptedConnection(), ScriptedConnection()
    first.damaged, second.damaged, second.left_out = 2, 3, 7
    first.show()
    with opened(first, second) as source:
        frames = source.frames()
        next_frame(frames)
        first.lose()
        second.show()
        next_frame(frames)
        assert source.damaged == 5
        assert source.overtaken == 7
