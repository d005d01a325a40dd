"""Faster, slower, and round and round."""

from __future__ import annotations

import pytest
from tests.app.pipeline.scripted import Camera, FakeEngine, Gate, Pipe, Recording, finish

from bisenet_viewer.pipeline.events import Ended, EngineOpened


@pytest.mark.parametrize(("speed", "due"), [(2.0, 1000.05), (4.0, 1000.025), (0.5, 1000.2), (0.25, 1000.4)])
def test_frames_are_due_sooner_or_later_by_the_speed(make, log, clock, speed, due):
    pipeline = make(Recording(3), pacing="realtime")
    pipeline.set_speed(speed)
    pipeline.start()
    log.await_numbers([0])
    clock.await_sleeper(due)
    clock.set(due)
    log.await_numbers([0, 1])
    assert log.results[-1].frame.captured_at == due


def test_a_change_takes_effect_on_the_frame_that_is_waited_for(make, log, clock):
    pipeline = make(Recording(10), pacing="realtime")
    pipeline.start()
    log.await_numbers([0])
    clock.await_sleeper(1000.1)
    clock.set(1000.04)
    pipeline.set_speed(2.0)
    clock.await_sleeper(1000.07)
    pipeline.set_speed(0.25)
    clock.await_sleeper(1000.28)
    pipeline.set_speed(1.0)
    clock.await_sleeper(1000.1)
    clock.set(1000.1)
    log.await_numbers([0, 1])
    clock.await_sleeper(1000.2)


def test_after_a_seek_and_a_pause_it_is_kept(make, log, clock):
    pipeline = make(Recording(100), pacing="realtime")
    pipeline.set_speed(4.0)
    pipeline.start()
    log.await_numbers([0])
    pipeline.seek(5.0)
    log.await_numbers([0, 50])
    clock.await_sleeper(1000.025)
    pipeline.pause()
    clock.await_no_sleeper()
    clock.set(1500.0)
    pipeline.resume()
    log.await_numbers([0, 50, 51])
    clock.await_sleeper(1500.025)


@pytest.mark.parametrize("speed", [0.0, 0.2, 4.1, -1.0, float("nan"), float("inf")])
def test_a_speed_out_of_range_is_refused(make, speed):
    with pytest.raises(ValueError, match=r"expected a speed from 0\.25 to 4, got"):
        make(Recording()).set_speed(speed)


def test_what_comes_at_its_own_time_has_its_own_speed(make, log):
    camera = Camera()
    pipeline = make(camera, pacing="realtime")
    pipeline.set_speed(0.25)
    pipeline.start()
    log.await_event(EngineOpened)
    for k in (1, 2, 3):
        camera.show(k)
    log.await_that(lambda: 3 in log.numbers)


def test_every_frame_is_as_fast_as_ever(make, log, clock):
    pipeline = make(Recording(5))
    pipeline.set_speed(0.25)
    finish(pipeline)
    assert log.numbers == [0, 1, 2, 3, 4]
    assert clock.monotonic() == 1000.0


def play(log, clock, count: int) -> None:
    """Until so many results have come, each in its time."""
    for number in range(1, count + 1):
        log.await_that(lambda number=number: len(log.numbers) >= number)
        clock.set(clock.monotonic() + 0.1)


def test_a_file_is_played_again_and_again_until_it_shall_end(make, log, clock):
    source = Recording(3)
    pipeline = make(source, pacing="realtime")
    pipeline.set_loop_file(True)
    pipeline.start()
    play(log, clock, 7)
    assert log.numbers[:7] == [0, 1, 2, 0, 1, 2, 0]
    assert log.count(Ended) == 0
    assert not pipeline.paused
    pipeline.set_loop_file(False)
    while log.count(Ended) == 0:
        clock.set(clock.monotonic() + 0.1)
    assert log.numbers[-1] == 2
    assert pipeline.paused


def test_the_last_frame_is_shown_as_long_as_the_others(make, log, clock):
    pipeline = make(Recording(3), pacing="realtime")
    pipeline.set_loop_file(True)
    pipeline.set_speed(2.0)
    pipeline.start()
    log.await_numbers([0])
    for step, numbers in enumerate(([0, 1], [0, 1, 2], [0, 1, 2, 0]), start=1):
        clock.await_sleeper(round(1000 + 0.05 * step, 6))
        clock.set(1000 + 0.05 * step)
        log.await_numbers(numbers)


def test_beyond_a_loop_the_file_goes_round_into_it(make, log, clock):
    pipeline = make(Recording(6), pacing="realtime")
    pipeline.set_loop_file(True)
    pipeline.loop((0.1, 0.3))
    pipeline.seek(0.4)
    pipeline.start()
    play(log, clock, 8)
    assert log.numbers[:8] == [4, 5, 0, 1, 2, 1, 2, 1]


def test_in_a_pause_a_step_from_the_end_leads_to_the_beginning(make, log):
    pipeline = make(Recording(3), pacing="realtime")
    pipeline.pause()
    pipeline.set_loop_file(True)
    pipeline.start()
    for count in range(1, 6):
        log.await_that(lambda count=count: len(log.numbers) == count)
        pipeline.step()
    assert log.numbers[:5] == [0, 1, 2, 0, 1]


@pytest.mark.parametrize("source", [Recording(1), Pipe(3)])
def test_one_picture_and_what_cannot_seek_end(make, log, clock, source):
    pipeline = make(source, pacing="realtime")
    pipeline.set_loop_file(True)
    pipeline.start()
    play(log, clock, source.count)
    log.await_event(Ended)
    assert log.numbers == list(range(source.count))
    assert source.started_at == [0.0]


@pytest.mark.parametrize("part", [False, True])
def test_where_a_round_is_shorter_than_an_inference_something_is_seen(make, log, clock, part):
    """A loop does not make what is on its way obsolete."""
    gate, source = Gate(), Recording(4)
    pipeline = make(source, FakeEngine(gate), pacing="realtime")
    if part:
        pipeline.loop((0.0, 0.2))
    pipeline.set_loop_file(True)
    pipeline.start()
    gate.await_reached()
    while len(source.started_at) < 3:
        clock.go_on()
    gate.open()
    log.await_that(lambda: bool(log.numbers))
    assert log.numbers[0] == 0
    assert pipeline.stats().drops["inference busy"] >= 3
