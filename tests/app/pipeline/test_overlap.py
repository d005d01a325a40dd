"""An engine that begins with the next frames while it works on one: what comes out is what comes out of any other."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest
from tests.app.pipeline.scripted import RATE, WAIT_S, Camera, FakeEngine, Gate, Log, Recording, finish, live_threads
from tests.app.pipeline.test_any_order import Story
from tests.models.engines.cuda.overlapping import CLASSES, RED, OverlappingFake

from bisenet.engines import Engine
from bisenet.errors import EngineError
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Result
from bisenet_viewer.pipeline.events import Ended, EngineOpened, Event, Failed
from bisenet_viewer.pipeline.pipeline import Pipeline


def failing_at(number: int, error: Exception) -> Callable[[int], None]:
    def at(k: int) -> None:
        if k == number:
            raise error

    return at


def test_every_frame_is_delivered_in_order_and_then_the_end(make, log):
    engine = OverlappingFake()
    pipeline = make(Recording(20), engine)
    finish(pipeline)
    assert log.numbers == list(range(20))
    assert [int(result.labels[1, 3]) for result in log.results] == list(range(20))
    result = log.results[3]
    assert result.stage_ms == {"decode": 0.5, "pre": 1.0, "network": 2.0, "post": 3.0}
    assert result.frame.captured_at == -1.0
    assert (result.classes, result.info, result.drawn) == (CLASSES, engine.info, None)
    assert isinstance(log.entries[-1], Ended)
    assert (engine.closed_on, engine.left_underway) == ("inference", 0)
    stats = pipeline.stats()
    assert (stats.captured, stats.inferred) == (20, 20)


def test_the_next_frame_is_begun_before_the_last_is_done(make, log):
    engine = OverlappingFake(held=True)
    read = threading.Semaphore(0)
    pipeline = make(Recording(20, lambda _k: read.release()), engine)
    pipeline.start()
    for _ in range(3):
        assert read.acquire(timeout=WAIT_S)
    for number in range(19):
        # One more is in the channel by now, or it was the last.
        assert number > 16 or read.acquire(timeout=WAIT_S)
        assert engine.await_batches(number + 2) == [[k] for k in range(number + 2)]
        assert log.numbers == list(range(number))
        engine.release()
        log.await_numbers(list(range(number + 1)))
    engine.release()
    assert pipeline.join(WAIT_S)
    assert engine.most_underway == 2


def test_a_frame_that_is_done_does_not_wait_for_the_next(make, log):
    camera = Camera()
    pipeline = make(camera, OverlappingFake())
    pipeline.start()
    log.await_event(EngineOpened)
    for number in range(1, 4):
        camera.show(number)
        log.await_numbers(list(range(1, number + 1)))


def test_what_the_engine_draws_is_in_the_result(make, log):
    finish(make(Recording(3), OverlappingFake(), blend=lambda classes: RED if classes == CLASSES else None))
    assert [int(result.drawn[0, 0, 0]) for result in log.results] == [255] * 3


@pytest.mark.parametrize("more", [{"details": True}, {"confidence": True}])
def test_what_it_cannot_do_ahead_is_done_in_turn(make, log, more):
    engine = OverlappingFake()
    finish(make(Recording(5), engine, blend=lambda _classes: RED, **more))
    assert log.numbers == [0, 1, 2, 3, 4]
    assert all(result.drawn is None for result in log.results)
    assert (engine.calls, engine.most_underway) == (5, 1)


def test_in_real_time_no_frame_is_taken_before_its_turn(make, log):
    engine = OverlappingFake(held=True)
    camera = Camera()
    pipeline = make(camera, engine, pacing="realtime")
    pipeline.start()
    log.await_event(EngineOpened)
    camera.show(1)
    engine.await_batches(1)
    camera.show(2)
    camera.show(3)
    engine.release(2)
    log.await_numbers([1, 3])
    assert engine.most_underway == 1


def test_confidence_comes_and_goes_and_the_order_stays(make):
    log = Log(lambda k: pipeline.want(confidence=k % 20 < 10))
    pipeline = make(Recording(100), OverlappingFake(), log=log)
    finish(pipeline)
    assert log.numbers == list(range(100))
    assert {result.confidence is not None for result in log.results} == {True, False}
    assert pipeline.stats().inferred == 100


def test_a_second_opinion_is_of_the_same_frame(make, log):
    gate = Gate(at=10)
    engine = OverlappingFake(gate)
    pipeline = make(Recording(1000), engine)
    pipeline.start()
    gate.await_reached()
    pipeline.compare_with(lambda: FakeEngine(name="second", more=100))
    gate.open()
    assert pipeline.join(WAIT_S)
    assert log.numbers == list(range(1000))
    compared = [result for result in log.results if result.compared is not None]
    assert compared
    for result in compared:
        assert int(result.compared.labels[0, 0]) == (int(result.labels[0, 0]) + 100) % 256


def test_a_switch_comes_after_what_the_old_engine_has_begun(make, log):
    gate = Gate(at=10)
    first, second = OverlappingFake(gate, name="first"), OverlappingFake(name="second")
    pipeline = make(Recording(2000), first)
    pipeline.start()
    gate.await_reached()
    pipeline.switch_engine(lambda: second)
    gate.open()
    assert pipeline.join(WAIT_S)
    assert log.numbers == list(range(2000))
    opened = [index for index, entry in enumerate(log.entries) if isinstance(entry, EngineOpened)]
    makers = [entry.info.model for entry in log.entries[opened[1] :] if isinstance(entry, Result)]
    assert set(makers) == {"second"}
    assert log.makers == sorted(log.makers)
    assert (first.left_underway, second.left_underway) == (0, 0)
    assert pipeline.stats().inferred == 2000


def test_a_switch_in_a_pause_shows_the_last_frame_anew(make, log):
    engine = OverlappingFake(held=True)
    pipeline = make(Recording(50), engine)
    pipeline.pause()
    pipeline.start()
    engine.await_batches(1)
    pipeline.switch_engine(lambda: OverlappingFake(name="second"))
    engine.release(10)
    log.await_numbers([0, 0])
    assert log.makers == ["street", "second"]
    assert pipeline.stats().inferred == 1


def test_what_is_wanted_while_frames_are_underway_is_seen_in_the_pause(make, log):
    engine = OverlappingFake(held=True)
    pipeline = make(Recording(50), engine)
    pipeline.pause()
    pipeline.start()
    engine.await_batches(1)
    pipeline.want(confidence=True)
    engine.release(10)
    log.await_numbers([0, 0])
    assert [result.confidence is not None for result in log.results] == [False, True]


@pytest.mark.parametrize("place", ["at_begin", "at_end"])
def test_an_engine_that_fails_has_delivered_all_before(make, log, place):
    error = EngineError("out of memory")
    source, engine = Recording(100), OverlappingFake(**{place: failing_at(7, error)})
    finish(make(source, engine))
    assert log.numbers == list(range(7))
    assert log.errors == [error]
    assert (source.closed_on, engine.closed_on) == ("capture", "inference")


def test_of_two_frames_that_fail_the_first_is_told(make, log):
    first, second = EngineError("device lost"), EngineError("device lost, still")
    finish(make(Recording(100), OverlappingFake(failing_at(8, second), failing_at(7, first))))
    assert log.numbers == list(range(7))
    assert log.errors == [first]


def test_a_source_that_breaks_off_fails_after_its_last_result(make, log):
    error = SourceError("the file breaks off")
    finish(make(Recording(50, failing_at(30, error)), OverlappingFake()))
    assert log.numbers == list(range(30))
    assert log.entries[-1] == Failed(error)


def test_a_deliver_that_fails(make):
    error = OSError("disk full")
    log = Log(failing_at(2, error))
    engine = OverlappingFake()
    finish(make(Recording(100), engine, log=log))
    assert log.numbers == [0, 1]
    assert log.errors == [error]
    assert engine.closed


def test_a_seek_leaves_behind_what_is_underway(make, log):
    engine = OverlappingFake(held=True)
    pipeline = make(Recording(100), engine)
    pipeline.start()
    engine.await_batches(2)
    pipeline.seek(9.7)
    engine.release(1000)
    assert pipeline.join(WAIT_S)
    assert log.numbers == [97, 98, 99]


def test_nothing_is_delivered_after_a_stop(make, log):
    engine = OverlappingFake(held=True)
    pipeline = make(Recording(100), engine)
    pipeline.start()
    engine.await_batches(2)
    threading.Timer(0.05, engine.release, [1000]).start()
    assert pipeline.stop()
    assert log.numbers == []
    assert engine.closed_on == "inference"


# Any order.


class OverlappedStory(Story):
    """Whatever is called when, with engines that overlap."""

    def _open_engine(self) -> OverlappingFake:
        self._fail_at("engine", self._fault_at)
        return OverlappingFake(
            lambda k: self._fail_at("infer", k if k % 2 else None),
            lambda k: self._fail_at("infer", None if k % 2 else k),
            depth=1 + self.count % 4,
        )


def test_any_order_of_start_seek_pause_and_stop_ends_cleanly():
    for seed in range(200):
        OverlappedStory(seed).live()
        assert live_threads() == [], seed


class Script:
    """Seeks and pauses at a frame's delivery, and an end or a fault, so that any engine sees the same."""

    def __init__(self, seed: int) -> None:
        dice = random.Random(seed)
        self.count = dice.randrange(3, 60)
        self.pauses = {dice.randrange(self.count) for _ in range(dice.randrange(3))}
        self.breaks_at = dice.randrange(self.count) if dice.random() < 0.3 else None
        self.seeks: dict[int, int] = {}
        if self.breaks_at is None:
            # Not at the last two frames: when those come, the source may have ended.
            self.seeks = {dice.randrange(self.count - 2): dice.randrange(self.count) for _ in range(dice.randrange(6))}

    def play(self, engine: Engine) -> tuple[list[int], type[Event]]:
        """The frames that were delivered, and the last event."""
        seeks, pauses, log = dict(self.seeks), set(self.pauses), Log()
        changed = threading.Condition()
        last = self.count - 1
        left_at_begin: dict[int, int] = {}
        """By iteration of the source, how many seeks were still to come."""

        def deliver(result: Result) -> None:
            number = result.frame.index
            if number in pauses:
                pauses.remove(number)
                pipeline.pause()
                threading.Thread(target=pipeline.resume).start()
            log.deliver(result)
            with changed:
                if number in seeks:
                    pipeline.seek(seeks.pop(number) / RATE)
                changed.notify_all()

        def at_frame(k: int) -> None:
            if k == self.breaks_at:
                raise SourceError("cut off")
            left = left_at_begin.setdefault(len(source.started_at), len(seeks))
            if k == last and source.started_at[-1] < last / RATE and self.breaks_at is None:
                # A seek has no effect after the end: the end waits for those that come before it.
                with changed:
                    assert changed.wait_for(lambda: log.numbers[-1:] == [last - 1] or len(seeks) < left, WAIT_S)

        source = Recording(self.count, at_frame)
        pipeline = Pipeline(lambda: source, lambda: engine, deliver=deliver, report=log.report, pacing="every-frame")
        finish(pipeline)
        stats = pipeline.stats()
        assert len(log.numbers) <= stats.inferred <= stats.captured
        return log.numbers, type(log.events[-1])


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_what_is_delivered_is_what_one_after_the_other_delivers(depth):
    for seed in range(120):
        script = Script(seed)
        expected = script.play(FakeEngine())
        assert script.play(OverlappingFake(depth=depth)) == expected, seed
