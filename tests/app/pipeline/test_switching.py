"""Another engine while it plays: the old one goes on, the newest wish wins, nothing is left open."""

from __future__ import annotations

import pytest
from tests.app.pipeline.scripted import CLASSES, WAIT_S, Camera, FakeEngine, Gate, Recording, finish, live_threads

from bisenet.errors import EngineError
from bisenet_viewer.frame import Result
from bisenet_viewer.pipeline import pipeline as pipeline_module
from bisenet_viewer.pipeline.events import EngineOpened, EngineRefused, Failed


def held(gate: Gate, engine: FakeEngine):
    """Opens the engine when the gate is."""

    def open_engine() -> FakeEngine:
        gate(0)
        return engine

    return open_engine


@pytest.fixture
def camera() -> Camera:
    return Camera()


@pytest.fixture
def first() -> FakeEngine:
    return FakeEngine(name="first")


@pytest.fixture
def playing(make, log, camera, first):
    """A camera's frame 1 has been inferred by the first engine."""
    pipeline = make(camera, first, pacing="realtime")
    pipeline.start()
    log.await_event(EngineOpened)
    camera.show(1)
    log.await_numbers([1])
    return pipeline


@pytest.fixture
def paused(make, log, first):
    """A recording stands at frame 0."""
    pipeline = make(Recording(100), first, pacing="realtime")
    pipeline.pause()
    pipeline.start()
    log.await_numbers([0])
    return pipeline


def test_the_old_engine_goes_on_until_the_new_one_is_open(playing, log, camera, first):
    opening, second = Gate(), FakeEngine(name="second", more=100)
    wish = playing.switch_engine(held(opening, second))
    opening.await_reached()
    camera.show(2)
    log.await_numbers([1, 2])
    assert log.makers == ["first", "first"]
    opening.open()
    log.await_event(EngineOpened, 2)
    assert log.events[-1] == EngineOpened(second.info, CLASSES, wish)
    camera.show(3)
    log.await_numbers([1, 2, 3])
    assert log.makers == ["first", "first", "second"]
    assert [int(result.labels[0, 0]) for result in log.results] == [1, 2, 103]
    assert first.closed_on == "inference"
    assert second.closed_on is None
    assert playing.stop()
    assert second.closed_on == "inference"


def test_results_say_what_made_them(make, log, first):
    finish(make(Recording(1), first))
    (result,) = log.results
    assert (result.info, result.classes) == (first.info, CLASSES)
    assert (result.scores, result.shares, result.compared) == (None, None, None)


def test_in_a_pause_the_last_frame_shows_the_new_engine(paused, log, clock):
    clock.set(1700.0)
    paused.switch_engine(lambda: FakeEngine(name="second"))
    log.await_numbers([0, 0])
    assert log.makers == ["first", "second"]
    # It is told before, and the frame is no older than the wish to see it.
    assert [type(entry) for entry in log.entries][-2:] == [EngineOpened, Result]
    assert log.results[-1].frame.captured_at == 1700.0
    stats = paused.stats()
    assert (stats.captured, stats.inferred) == (1, 1)
    paused.step()
    log.await_numbers([0, 0, 1])


def test_after_a_seek_in_a_pause_the_place_is_what_it_was(paused, log):
    paused.seek(5.0)
    log.await_numbers([0, 50])
    paused.switch_engine(lambda: FakeEngine(name="second"))
    log.await_numbers([0, 50, 50])


def test_of_a_stream_that_brings_nothing_too(playing, log, clock):
    clock.set(clock.monotonic() + 10)
    playing.switch_engine(lambda: FakeEngine(name="second"))
    log.await_numbers([1, 1])
    assert log.makers == ["first", "second"]


def test_of_two_wishes_the_newest_wins(playing, log, camera):
    opening, second, third = Gate(), FakeEngine(name="second"), FakeEngine(name="third")
    playing.switch_engine(held(opening, second))
    opening.await_reached()
    wish = playing.switch_engine(lambda: third)
    opening.open()
    log.await_event(EngineOpened, 2)
    camera.show(2)
    log.await_numbers([1, 2])
    assert log.makers == ["first", "third"]
    assert [event.wish for event in log.events if isinstance(event, EngineOpened)] == [0, wish]
    assert second.closed_on == "opening"


def test_a_wish_that_failed_and_is_not_the_newest_is_not_told(playing, log):
    opening = Gate()

    def fail() -> FakeEngine:
        opening(0)
        raise EngineError("no such model")

    playing.switch_engine(fail)
    opening.await_reached()
    playing.switch_engine(lambda: FakeEngine(name="third"))
    opening.open()
    log.await_event(EngineOpened, 2)
    assert log.count(EngineRefused) == 0


@pytest.mark.parametrize("fails", ["opening", "its first frame"])
def test_an_engine_that_cannot_be_used_is_refused_and_the_old_one_goes_on(playing, log, camera, first, fails):
    error = EngineError("out of memory")

    def at_frame(_k: int) -> None:
        raise error

    second = FakeEngine(at_frame, name="second")

    def open_engine() -> FakeEngine:
        if fails == "opening":
            raise error
        return second

    wish = playing.switch_engine(open_engine)
    log.await_event(EngineRefused)
    assert log.events[-1] == EngineRefused(error, wish)
    assert second.closed_on == (None if fails == "opening" else "opening")
    camera.show(2)
    log.await_numbers([1, 2])
    assert log.makers == ["first", "first"]
    assert first.closed_on is None
    assert log.count(Failed) == 0


def test_in_a_pause_a_refusal_changes_nothing(paused, log):
    def fail() -> FakeEngine:
        raise EngineError("no such model")

    paused.switch_engine(fail)
    log.await_event(EngineRefused)
    paused.step()
    log.await_numbers([0, 1])


def test_a_wish_can_be_taken_back_while_it_opens(playing, log, camera):
    opening, second = Gate(), FakeEngine(name="second")
    playing.switch_engine(held(opening, second))
    opening.await_reached()
    assert playing.keep_engine()
    assert not playing.keep_engine()
    opening.open()
    assert second.await_closed() == "opening"
    camera.show(2)
    log.await_numbers([1, 2])
    assert log.makers == ["first", "first"]
    assert log.count(EngineOpened) == 1


def test_it_is_too_late_once_it_is_in_use(playing, log):
    assert not playing.keep_engine()
    playing.switch_engine(lambda: FakeEngine(name="second"))
    log.await_event(EngineOpened, 2)
    assert not playing.keep_engine()


def test_a_wish_before_the_start_follows_the_first_engine(make, log, first):
    pipeline = make(Recording(100), first, pacing="realtime")
    pipeline.pause()
    second = FakeEngine(name="second")
    wish = pipeline.switch_engine(lambda: second)
    pipeline.start()
    log.await_event(EngineOpened, 2)
    log.await_that(lambda: log.makers[-1:] == ["second"])
    assert [event.wish for event in log.events if isinstance(event, EngineOpened)] == [0, wish]
    assert first.closed_on == "inference"


def test_a_pipeline_that_never_started_closes_it(make):
    pipeline = make(Recording())
    opening, second = Gate(), FakeEngine(name="second")
    pipeline.switch_engine(held(opening, second))
    opening.await_reached()
    opening.open()
    assert pipeline.stop()
    assert second.closed_on == "opening"


def test_stop_is_bounded_while_an_engine_opens(playing, log, monkeypatch, caplog):
    monkeypatch.setattr(pipeline_module, "STOP_S", 0.05)
    opening, second = Gate(), FakeEngine(name="second")
    playing.switch_engine(held(opening, second))
    opening.await_reached()
    assert not playing.stop()
    assert "left behind: opening" in caplog.text
    assert live_threads() == ["opening"]
    told = list(log.entries)
    opening.open()
    assert playing.join(WAIT_S)
    assert second.closed_on == "opening"
    assert log.entries == told
    third = FakeEngine(name="third")
    playing.switch_engine(lambda: third)
    assert playing.join(WAIT_S)
    assert log.entries == told


def test_a_pipeline_that_fails_closes_what_is_being_opened(make, log, camera):
    opening, second = Gate(), FakeEngine(name="second")
    pipeline = make(camera, pacing="realtime")
    pipeline.start()
    log.await_event(EngineOpened)
    pipeline.switch_engine(held(opening, second))
    opening.await_reached()
    camera.unplug()
    log.await_event(Failed)
    opening.open()
    assert pipeline.join(WAIT_S)
    assert second.closed_on == "opening"
    assert log.count(EngineOpened) == 1


def test_a_first_engine_that_cannot_be_opened_closes_the_second(make, log):
    opening, second = Gate(), FakeEngine(name="second")
    pipeline = make(Recording(), EngineError("no such model"), pacing="realtime")
    pipeline.switch_engine(held(opening, second))
    opening.await_reached()
    pipeline.start()
    log.await_event(Failed)
    opening.open()
    assert pipeline.join(WAIT_S)
    assert second.closed_on == "opening"


def test_every_frame_is_inferred_once_whoever_does_it(make, log):
    gate = Gate(at=10)
    pipeline = make(Recording(2000), FakeEngine(gate, name="first"))
    pipeline.start()
    gate.await_reached()
    pipeline.switch_engine(lambda: FakeEngine(name="second"))
    gate.open()
    log.await_event(EngineOpened, 2)
    assert pipeline.join(WAIT_S)
    assert log.numbers == list(range(2000))
    assert log.makers == sorted(log.makers)
    assert set(log.makers) == {"first", "second"}


def test_a_fault_on_closing_the_old_engine_is_not_lost(make, log, camera):
    error = OSError("cannot close")
    second = FakeEngine(name="second")
    pipeline = make(camera, FakeEngine(close_error=error), pacing="realtime")
    pipeline.start()
    log.await_event(EngineOpened)
    pipeline.switch_engine(lambda: second)
    log.await_event(Failed)
    assert log.errors == [error]
    assert pipeline.join(WAIT_S)
    assert second.closed_on == "inference"


def test_an_unwanted_engine_that_cannot_be_closed_is_logged(playing, caplog):
    opening, second = Gate(), FakeEngine(name="second", close_error=OSError("cannot close"))
    playing.switch_engine(held(opening, second))
    opening.await_reached()
    playing.keep_engine()
    opening.open()
    second.await_closed()
    assert playing.stop()
    assert "an engine that was not needed could not be closed" in caplog.text
    caplog.clear()


def test_the_new_engine_is_tried_before_it_is_used(make, log):
    """What a size takes longer the first time is not seen."""
    pipeline = make(Recording(3), pacing="every-frame")
    finish(pipeline)
    tried: list[int] = []
    second = make(Recording(100), pacing="realtime")
    second.pause()
    second.start()
    log.await_numbers([0, 1, 2, 0])
    gate = Gate()
    second.switch_engine(lambda: FakeEngine(lambda k: (tried.append(k), gate(k))[1], name="second"))
    gate.await_reached()
    assert tried == [0]
    assert log.count(EngineOpened) == 2
    gate.open()
    log.await_numbers([0, 1, 2, 0, 0])
    assert tried == [0, 0]
