"""Whatever breaks ends both threads, is told once, and after the results that came before it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.app.pipeline.scripted import WAIT_S, Camera, FakeEngine, Gate, Log, Recording, finish

from bisenet.engines import Laps
from bisenet.errors import EngineError
from bisenet_viewer.errors import SourceError
from bisenet_viewer.pipeline.events import Ended, EngineOpened, Failed, SourceOpened


@pytest.mark.parametrize("pacing", ["realtime", "every-frame"])
def test_a_source_that_cannot_be_opened(make, log, pacing):
    error, engine = SourceError("no such file"), FakeEngine()
    finish(make(error, engine, pacing=pacing))
    assert log.errors == [error]
    assert isinstance(log.entries[-1], Failed)
    assert log.count(SourceOpened) == log.count(Ended) == 0


def test_a_source_fault_is_told_while_the_engine_still_loads(make, log):
    opening, engine = Gate(), FakeEngine()

    def open_engine() -> FakeEngine:
        opening(0)
        return engine

    def open_source() -> Recording:
        opening.await_reached()
        raise SourceError("no such file")

    pipeline = make(open_source, open_engine)
    pipeline.start()
    log.await_event(Failed)
    opening.open()
    assert pipeline.join(WAIT_S)
    assert log.count(EngineOpened) == 0
    assert engine.closed_on == "inference"


@pytest.mark.parametrize("pacing", ["realtime", "every-frame"])
def test_an_engine_that_cannot_be_opened(make, log, pacing):
    error, source = EngineError("no CUDA device"), Recording(100)
    finish(make(source, error, pacing=pacing))
    assert log.errors == [error]
    assert log.results == []


def test_a_source_that_breaks_off_fails_after_its_last_result(make, log):
    error = SourceError("the file breaks off")

    def at_frame(k: int) -> None:
        if k == 30:
            raise error

    source = Recording(50, at_frame)
    finish(make(source))
    assert log.numbers == list(range(30))
    assert log.entries[-1] == Failed(error)
    assert log.count(Ended) == 0
    assert source.closed_on == "capture"


def test_a_source_that_cannot_be_opened_wakes_the_engine_that_waits_for_frames(make, log):
    def open_source() -> Recording:
        log.await_event(EngineOpened)
        raise SourceError("no such file")

    engine = FakeEngine()
    finish(make(open_source, engine))
    assert engine.closed_on == "inference"


def test_a_camera_that_is_unplugged_in_a_pause(make, log):
    camera = Camera()
    pipeline = make(camera, pacing="realtime")
    pipeline.start()
    log.await_event(EngineOpened)
    camera.show(1)
    log.await_numbers([1])
    pipeline.pause()
    camera.unplug()
    assert pipeline.join(WAIT_S)
    assert [str(error) for error in log.errors] == ["the camera is gone"]


def test_a_camera_that_is_unplugged_while_the_engine_opens_leaves_its_last_picture(make, log):
    opening, camera = Gate(), Camera()

    def open_engine() -> FakeEngine:
        opening(0)
        return FakeEngine()

    pipeline = make(camera, open_engine, pacing="realtime")
    pipeline.start()
    camera.show(1)
    camera.show(2)
    camera.unplug()
    opening.open()
    assert pipeline.join(WAIT_S)
    assert log.numbers == [2]
    assert isinstance(log.entries[-1], Failed)


def test_an_engine_that_fails_on_a_frame(make, log):
    error = EngineError("out of memory")

    def at_frame(k: int) -> None:
        if k == 3:
            raise error

    source, engine = Recording(100), FakeEngine(at_frame)
    finish(make(source, engine))
    assert log.numbers == [0, 1, 2]
    assert log.errors == [error]
    assert (source.closed_on, engine.closed_on) == ("capture", "inference")


def test_a_deliver_that_fails(make):
    error = OSError("disk full")

    def at_result(k: int) -> None:
        if k == 2:
            raise error

    log = Log(at_result)
    finish(make(Recording(100), log=log))
    assert log.numbers == [0, 1]
    assert log.errors == [error]


def test_an_engine_that_answers_nonsense(make, log):
    class Wrong(FakeEngine):
        def infer(self, rgb: NDArray[np.uint8], laps: Laps | None = None) -> NDArray[np.uint8]:
            return super().infer(rgb, laps)[:1]

    finish(make(Recording(), Wrong()))
    assert [type(error) for error in log.errors] == [ValueError]


@pytest.mark.parametrize("which", ["source", "engine"])
def test_a_fault_on_closing_is_not_lost(make, log, which):
    error = OSError("cannot close")
    source = Recording(3, close_error=error if which == "source" else None)
    engine = FakeEngine(close_error=error if which == "engine" else None)
    finish(make(source, engine))
    assert log.numbers == [0, 1, 2]
    assert log.entries[-1] == Failed(error)
    assert log.count(Ended) == 0


def test_of_two_faults_one_is_told_and_the_other_logged(make, log, caplog):
    caplog.set_level(logging.INFO)
    both = threading.Barrier(2, timeout=WAIT_S)
    errors = SourceError("no such file"), EngineError("no CUDA device")

    def fail(error: Exception) -> Callable[[], object]:
        def open_it() -> object:
            both.wait()
            raise error

        return open_it

    finish(make(fail(errors[0]), fail(errors[1])))
    assert log.count(Failed) == 1
    (told,) = log.errors
    (other,) = set(errors) - {told}
    assert str(other) in caplog.text


def test_a_seek_after_a_fault_does_nothing(make, log):
    pipeline = make(Recording(), EngineError("no CUDA device"), pacing="realtime")
    finish(pipeline)
    pipeline.seek(1.0)
    pipeline.resume()
    assert log.results == []
    assert pipeline.stop()
