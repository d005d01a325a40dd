"""What is delivered beside the classes: confidence, details, and frames before they are inferred."""

from __future__ import annotations

import threading

import pytest
from tests.app.pipeline.scripted import RATE, WAIT_S, Camera, FakeEngine, Gate, Log, Recording, finish

from bisenet_viewer.frame import Frame
from bisenet_viewer.pipeline.events import Ended, EngineOpened


class Frames:
    """Takes frames on the capture thread."""

    def __init__(self, at_frame=lambda _k: None) -> None:
        self._changed = threading.Condition()
        self._at_frame = at_frame
        self.taken: list[Frame] = []

    def take(self, frame: Frame) -> None:
        assert threading.current_thread().name == "capture"
        self._at_frame(frame.index)
        with self._changed:
            self.taken.append(frame)
            self._changed.notify_all()

    @property
    def numbers(self) -> list[int]:
        with self._changed:
            return [frame.index for frame in self.taken]

    def await_numbers(self, numbers: list[int]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.taken) >= len(numbers), WAIT_S)
        assert self.numbers == numbers


@pytest.fixture
def frames() -> Frames:
    return Frames()


def sure(log: Log) -> list[bool]:
    """Of each result, whether it has the confidence."""
    return [result.confidence is not None for result in log.results]


@pytest.mark.parametrize("details", [False, True])
def test_confidence_comes_and_goes_while_it_plays(make, log, details):
    camera = Camera()
    pipeline = make(camera, pacing="realtime", details=details)
    pipeline.start()
    log.await_event(EngineOpened)
    for k, wanted in enumerate((None, True, None, False), start=1):
        pipeline.want(confidence=wanted, frames=None)
        camera.show(k)
        log.await_that(lambda k=k: k in log.numbers)
    assert log.numbers == [1, 2, 3, 4]
    assert sure(log) == [False, True, True, False]
    assert int(log.results[1].confidence[0, 0]) == 200


def test_in_a_pause_the_last_frame_is_delivered_with_it_and_without(make, log):
    pipeline = make(Recording(100), pacing="realtime")
    pipeline.pause()
    pipeline.start()
    log.await_numbers([0])
    pipeline.want(confidence=True)
    log.await_numbers([0, 0])
    pipeline.want(confidence=True)
    pipeline.want(frames=True)
    pipeline.want(confidence=False)
    log.await_numbers([0, 0, 0])
    assert sure(log) == [False, True, False]
    pipeline.step()
    log.await_numbers([0, 0, 0, 1])
    stats = pipeline.stats()
    assert (stats.captured, stats.inferred) == (2, 2)


def test_at_the_end_too(make, log):
    pipeline = make(Recording(1), pacing="realtime")
    pipeline.start()
    log.await_event(Ended)
    pipeline.want(confidence=True)
    log.await_numbers([0, 0])
    assert sure(log) == [False, True]
    assert log.count(Ended) == 1


def test_what_was_wanted_just_before_a_pause_is_seen_in_it(make, log):
    camera = Camera()
    pipeline = make(camera, pacing="realtime")
    pipeline.start()
    log.await_event(EngineOpened)
    camera.show(1)
    log.await_numbers([1])
    pipeline.want(confidence=True)
    pipeline.pause()
    log.await_numbers([1, 1])
    assert sure(log) == [False, True]


def test_what_changes_while_a_frame_is_inferred_shows_afterwards(make, log):
    gate = Gate(at=0)
    pipeline = make(Recording(100), FakeEngine(gate), pacing="realtime")
    pipeline.pause()
    pipeline.start()
    gate.await_reached()
    pipeline.want(confidence=True)
    gate.open()
    log.await_numbers([0, 0])
    assert sure(log) == [False, True]


def test_what_a_seek_left_behind_is_not_delivered_again(make, log):
    gate = Gate(at=50)
    pipeline = make(Recording(100, gate), pacing="realtime")
    pipeline.pause()
    pipeline.start()
    log.await_numbers([0])
    pipeline.seek(5.0)
    gate.await_reached()
    pipeline.want(confidence=True)
    gate.open()
    log.await_numbers([0, 50])
    assert sure(log) == [False, True]


def test_details_are_scores_and_shares(make, log):
    finish(make(Recording(2), details=True))
    for number, result in enumerate(log.results):
        assert result.scores.at(3, 1) == ((0, 1.0),)
        # One class, the first; the second frame's grey level is none of them.
        assert result.shares == ((1.0,) if number == 0 else (0.0,))
        assert result.confidence is None
        assert dict(result.stage_ms) == {"decode": 0.5, "pre": 1.0, "network": 2.0, "post": 3.0}


def test_who_wants_no_details_does_not_pay_for_them(make, log):
    class Plain(FakeEngine):
        infer_scored = infer_confidence = None

    finish(make(Recording(2), Plain()))
    assert [(result.scores, result.shares) for result in log.results] == [(None, None)] * 2


def test_frames_come_before_they_are_inferred(make, log, clock, frames):
    gate, source = Gate(), Recording(4)
    pipeline = make(source, FakeEngine(gate), pacing="realtime", deliver_frame=frames.take)
    pipeline.want(frames=True)
    pipeline.start()
    gate.await_reached()
    for k in (1, 2):
        clock.await_sleeper(1000 + k / RATE)
        clock.set(1000 + k / RATE)
    frames.await_numbers([0, 1, 2])
    assert log.numbers == []
    assert [frame.captured_at for frame in frames.taken] == [1000.0, 1000.1, 1000.2]
    clock.await_sleeper(1000.3)
    pipeline.want(frames=False)
    clock.set(1000.3)
    assert source.read_out.wait(WAIT_S)
    gate.open()
    log.await_event(Ended)
    assert frames.numbers == [0, 1, 2]
    assert log.numbers == [0, 3]


def test_nobody_asked_for_frames(make, log, frames):
    finish(make(Recording(4), deliver_frame=frames.take))
    assert frames.numbers == []
    pipeline = make(Recording(4))
    pipeline.want(frames=True)
    finish(pipeline)
    assert log.numbers == [0, 1, 2, 3] * 2


def test_a_camera_is_seen_while_the_engine_opens(make, frames):
    opening, camera = Gate(), Camera()
    pipeline = make(camera, lambda: (opening(0), FakeEngine())[1], pacing="realtime", deliver_frame=frames.take)
    pipeline.want(frames=True)
    pipeline.start()
    opening.await_reached()
    camera.show(1)
    camera.show(2)
    assert frames.numbers == [1, 2]
    opening.open()


def test_seek_returns_when_no_older_frame_is_being_delivered(make, log):
    gate = Gate(at=1)
    frames = Frames(gate)
    pipeline = make(Recording(100), pacing="realtime", deliver_frame=frames.take)
    pipeline.want(frames=True)
    pipeline.pause()
    pipeline.start()
    log.await_numbers([0])
    pipeline.step()
    gate.await_reached()
    # Half a second is what a seek waits: this opens the gate long before.
    threading.Timer(0.02, gate.open).start()
    pipeline.seek(5.0)
    assert frames.numbers[:2] == [0, 1]
    frames.await_numbers([0, 1, 50])


def test_a_deliver_frame_that_fails_ends_it(make, log):
    def at_frame(_k: int) -> None:
        raise OSError("no screen")

    pipeline = make(Recording(4), deliver_frame=Frames(at_frame).take)
    pipeline.want(frames=True)
    finish(pipeline)
    assert [str(error) for error in log.errors] == ["no screen"]
