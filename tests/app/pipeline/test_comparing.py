"""A second opinion on each frame."""

from __future__ import annotations

import pytest
from tests.app.pipeline.scripted import CLASSES, WAIT_S, Camera, FakeEngine, Gate, Recording

from bisenet.errors import EngineError
from bisenet_viewer.pipeline.events import CompareOpened, CompareRefused, EngineOpened, EngineRefused, Failed


@pytest.fixture
def camera() -> Camera:
    return Camera()


@pytest.fixture
def playing(make, log, camera):
    """A camera's frame 1 has been inferred."""
    pipeline = make(camera, FakeEngine(name="first"), pacing="realtime")
    pipeline.start()
    log.await_event(EngineOpened)
    camera.show(1)
    log.await_numbers([1])
    return pipeline


def test_each_frame_has_the_second_models_classes_too(playing, log, camera):
    second = FakeEngine(name="second", more=100)
    wish = playing.compare_with(lambda: second)
    log.await_event(CompareOpened)
    assert log.events[-1] == CompareOpened(second.info, CLASSES, wish)
    camera.show(2)
    camera.show(3)
    log.await_that(lambda: 3 in log.numbers)
    assert log.results[0].compared is None
    for result in log.results[1:]:
        assert result.info.model == "first"
        assert int(result.labels[0, 0]) == result.frame.index
        compared = result.compared
        assert (compared.info, compared.classes) == (second.info, CLASSES)
        assert int(compared.labels[0, 0]) == result.frame.index + 100
        assert 0 <= compared.ms < 1000
    assert second.closed_on is None
    assert playing.stop()
    assert second.closed_on == "inference"


def test_it_is_turned_off_again(playing, log, camera):
    second = FakeEngine(name="second")
    playing.compare_with(lambda: second)
    log.await_event(CompareOpened)
    playing.compare_with(None)
    assert second.await_closed() == "inference"
    camera.show(2)
    log.await_numbers([1, 2])
    assert log.results[-1].compared is None


def test_another_takes_its_place(playing, log, camera):
    second, third = FakeEngine(name="second"), FakeEngine(name="third")
    playing.compare_with(lambda: second)
    log.await_event(CompareOpened)
    playing.compare_with(lambda: third)
    log.await_event(CompareOpened, 2)
    assert second.closed_on == "inference"
    camera.show(2)
    log.await_numbers([1, 2])
    assert log.results[-1].compared.info.model == "third"


def test_in_a_pause_the_last_frame_is_shown_with_and_without(make, log):
    pipeline = make(Recording(100), pacing="realtime")
    pipeline.pause()
    pipeline.start()
    log.await_numbers([0])
    pipeline.compare_with(lambda: FakeEngine(name="second"))
    log.await_numbers([0, 0])
    pipeline.compare_with(None)
    log.await_numbers([0, 0, 0])
    assert [result.compared is not None for result in log.results] == [False, True, False]


def test_turned_off_while_it_opens(playing, log, camera):
    opening, second = Gate(), FakeEngine(name="second")
    playing.compare_with(lambda: (opening(0), second)[1])
    opening.await_reached()
    playing.compare_with(None)
    opening.open()
    assert second.await_closed() == "opening"
    camera.show(2)
    log.await_numbers([1, 2])
    assert log.count(CompareOpened) == 0


def test_one_that_cannot_be_opened_is_refused(playing, log, camera):
    error = EngineError("no such model")

    def fail() -> FakeEngine:
        raise error

    wish = playing.compare_with(fail)
    log.await_event(CompareRefused)
    assert log.events[-1] == CompareRefused(error, wish)
    camera.show(2)
    log.await_numbers([1, 2])
    assert log.count(EngineRefused) == log.count(Failed) == 0


def test_one_that_fails_on_a_frame_is_left_out_from_there(playing, log, camera):
    error = EngineError("out of memory")

    def at_frame(k: int) -> None:
        if k == 3:
            raise error

    second = FakeEngine(at_frame, name="second")
    wish = playing.compare_with(lambda: second)
    log.await_event(CompareOpened)
    for k in (2, 3, 4):
        camera.show(k)
        log.await_that(lambda k=k: k in log.numbers)
    assert [result.compared is not None for result in log.results] == [False, True, False, False]
    assert CompareRefused(error, wish) in log.events
    assert second.closed_on == "inference"
    assert log.count(Failed) == 0


def test_a_switch_keeps_it(playing, log, camera):
    playing.compare_with(lambda: FakeEngine(name="second"))
    log.await_event(CompareOpened)
    playing.switch_engine(lambda: FakeEngine(name="third"))
    log.await_event(EngineOpened, 2)
    camera.show(2)
    log.await_numbers([1, 2])
    assert log.results[-1].info.model == "third"
    assert log.results[-1].compared.info.model == "second"


def test_a_fault_of_the_first_closes_both(make, log, camera):
    def at_frame(k: int) -> None:
        if k == 2:
            raise EngineError("the device is gone")

    first, second = FakeEngine(at_frame), FakeEngine(name="second")
    pipeline = make(camera, first, pacing="realtime")
    pipeline.compare_with(lambda: second)
    pipeline.start()
    log.await_event(CompareOpened)
    camera.show(2)
    log.await_event(Failed)
    assert pipeline.join(WAIT_S)
    assert (first.closed_on, second.closed_on) == ("inference", "inference")
