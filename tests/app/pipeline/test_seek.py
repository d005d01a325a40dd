"""Seeking: nothing of before, everything from there, one frame in a pause."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from tests.app.pipeline.scripted import WAIT_S, FakeEngine, Gate, Log, Pipe, Recording, finish, live_threads

from bisenet_viewer.frame import Frame
from bisenet_viewer.pipeline.events import Ended, Event


def test_in_a_pause_each_seek_brings_exactly_one_frame(make, log, clock):
    source = Recording(100)
    pipeline = make(source, pacing="realtime")
    pipeline.pause()
    pipeline.start()
    log.await_numbers([0])
    for time_s, expected in ((5.0, 50), (2.0, 20), (9.9, 99), (0.0, 0)):
        before = len(log.numbers)
        pipeline.seek(time_s)
        log.await_that(lambda before=before: len(log.numbers) > before)
        clock.set(clock.monotonic() + 100)
        assert log.numbers[before:] == [expected]
    assert source.started_at == [0.0, 5.0, 2.0, 9.9, 0.0]


def test_seeking_while_it_plays_goes_on_from_there_at_once(make, log, clock):
    pipeline = make(Recording(100), pacing="realtime")
    pipeline.start()
    log.await_numbers([0])
    clock.await_sleeper(1000.1)
    pipeline.seek(5.0)
    log.await_numbers([0, 50])
    clock.await_sleeper(1000.1)
    clock.set(1000.1)
    log.await_numbers([0, 50, 51])


def test_what_was_being_inferred_at_the_seek_is_not_delivered(make, log):
    gate = Gate(at=0)
    pipeline = make(Recording(100), FakeEngine(gate), pacing="realtime")
    pipeline.pause()
    pipeline.start()
    gate.await_reached()
    pipeline.seek(5.0)
    gate.open()
    log.await_numbers([50])


def test_what_waited_at_the_seek_does_not_count_as_dropped(make, log, clock):
    gate, read_on = Gate(), threading.Event()
    source = Recording(100, lambda k: read_on.set() if k == 51 else None)
    pipeline = make(source, FakeEngine(gate), pacing="realtime")
    pipeline.start()
    gate.await_reached()
    clock.await_sleeper(1000.1)
    clock.set(1000.1)
    clock.await_sleeper(1000.2)
    pipeline.seek(5.0)
    assert read_on.wait(WAIT_S)
    gate.open()
    log.await_numbers([50])
    assert pipeline.stats().drops["inference busy"] == 0


def test_an_iteration_that_is_left_is_closed_before_the_next(make, log):
    kept: list[Iterator[Frame | None]] = []

    class Keeper(Recording):
        """Somebody holds on to its iterators, so that only a call closes them."""

        def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
            kept.append(super().frames(from_s))
            return kept[-1]

    pipeline = make(Keeper(100), pacing="realtime")
    pipeline.pause()
    pipeline.start()
    log.await_numbers([0])
    pipeline.seek(5.0)
    log.await_that(lambda: len(log.numbers) == 2 or bool(log.errors))
    assert log.errors == []


def test_the_newest_of_several_seeks_wins(make, log):
    gate = Gate(at=0)
    source = Recording(100, gate)
    pipeline = make(source, pacing="realtime")
    pipeline.pause()
    pipeline.start()
    gate.await_reached()
    for time_s in (3.0, 8.0, 5.0):
        pipeline.seek(time_s)
    gate.open()
    log.await_numbers([50])
    assert source.started_at == [0.0, 5.0]


def test_a_seek_before_the_start_is_where_it_begins(make, log):
    pipeline = make(Recording(100), pacing="every-frame")
    pipeline.seek(9.7)
    finish(pipeline)
    assert log.numbers == [97, 98, 99]


def test_seek_returns_when_no_older_delivery_is_under_way(make):
    gate = Gate(at=0)
    log = Log(gate)
    # Reading at the new place, which only a seek brings about, is what ends the delivery of frame 0.
    pipeline = make(Recording(100, lambda k: gate.open() if k == 90 else None), log=log)
    pipeline.pause()
    pipeline.start()
    gate.await_reached()
    pipeline.seek(9.0)
    assert log.numbers[:1] == [0]
    pipeline.resume()
    assert pipeline.join(WAIT_S)
    assert log.numbers == [0, *range(90, 100)]


def test_deliver_may_seek(make, log):
    def at_result(k: int) -> None:
        if k == 1:
            pipeline.seek(9.8)

    log = Log(at_result)
    pipeline = make(Recording(100), log=log)
    finish(pipeline)
    assert log.numbers == [0, 1, 98, 99]
    assert isinstance(log.entries[-1], Ended)


@pytest.mark.parametrize("early", [False, True])
def test_what_cannot_seek_plays_on(make, early):
    gate = Gate(at=1)
    log = Log(gate)
    pipeline = make(Pipe(5), log=log)
    if early:
        pipeline.seek(0.3)
    pipeline.start()
    gate.await_reached()
    pipeline.seek(0.3)
    gate.open()
    assert pipeline.join(WAIT_S)
    assert log.numbers == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("time_s", [float("nan"), float("inf")])
def test_a_seek_to_nowhere_is_refused(make, time_s):
    with pytest.raises(ValueError, match="expected a time in seconds"):
        make(Recording()).seek(time_s)


def test_a_seek_before_the_beginning_goes_to_the_beginning(make, log):
    pipeline = make(Recording(3))
    pipeline.seek(-4.0)
    finish(pipeline)
    assert log.numbers == [0, 1, 2]


def test_at_the_end_it_stays_there_paused_for_a_seek(make, log):
    source = Recording(1)
    pipeline = make(source, pacing="realtime")
    pipeline.start()
    log.await_event(Ended)
    assert pipeline.paused
    assert sorted(live_threads()) == ["capture", "inference"]
    assert source.closed_on is None
    pipeline.seek(0.0)
    log.await_event(Ended, count=2)
    assert log.numbers == [0, 0]
    pipeline.resume()
    pipeline.seek(0.0)
    log.await_event(Ended, count=3)
    assert pipeline.paused


def test_a_report_of_the_end_may_start_it_again(make):
    class Loop(Log):
        def report(self, event: Event) -> None:
            if isinstance(event, Ended) and self.count(Ended) < 3:
                pipeline.seek(0.0)
                pipeline.resume()
            super().report(event)

    log = Loop()
    pipeline = make(Recording(1), pacing="realtime", log=log)
    pipeline.start()
    log.await_event(Ended, count=4)
    assert log.numbers == [0, 0, 0, 0]


def test_in_a_pause_a_step_brings_the_next_frame(make, log):
    pipeline = make(Recording(100), pacing="realtime")
    pipeline.step()
    pipeline.pause()
    pipeline.start()
    log.await_numbers([0])
    for number in range(1, 4):
        pipeline.step()
        log.await_numbers(list(range(number + 1)))
    pipeline.seek(5.0)
    log.await_numbers([0, 1, 2, 3, 50])
    pipeline.step()
    log.await_numbers([0, 1, 2, 3, 50, 51])


def test_a_loop_is_played_again_and_again(make, log, clock):
    pipeline = make(Recording(100), pacing="realtime")
    pipeline.loop((0.2, 0.4))
    pipeline.start()
    expected = [0, 1, 2, 3, 2, 3, 2, 3]
    for number, _ in enumerate(expected):
        log.await_that(lambda number=number: len(log.numbers) > number)
        clock.set(clock.monotonic() + 0.1)
    assert log.numbers[: len(expected)] == expected
    pipeline.loop(None)
    log.await_that(lambda: _advance(clock) and max(log.numbers) >= 5)


def _advance(clock) -> bool:
    clock.set(clock.monotonic() + 0.1)
    return True


def test_a_loop_that_ends_with_the_file_and_a_place_beyond_a_loop(make, log):
    pipeline = make(Recording(5), pacing="realtime")
    pipeline.pause()
    pipeline.loop((0.2, 0.45))
    pipeline.start()
    log.await_numbers([0])
    for number, _ in enumerate((1, 2, 3, 4, 2), start=1):
        pipeline.step()
        log.await_that(lambda number=number: len(log.numbers) > number)
    assert log.numbers == [0, 1, 2, 3, 4, 2]
    pipeline.loop((0.1, 0.2))
    pipeline.seek(0.3)
    log.await_numbers([0, 1, 2, 3, 4, 2, 3])
    pipeline.step()
    log.await_numbers([0, 1, 2, 3, 4, 2, 3, 4])


@pytest.mark.parametrize("span", [(2.0, 1.0), (1.0, 1.0), (-1.0, 1.0)])
def test_a_loop_that_is_none_is_refused(make, span):
    with pytest.raises(ValueError, match="expected a span"):
        make(Recording(5), pacing="realtime").loop(span)
