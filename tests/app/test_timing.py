"""When frames are due, and what the meters say, at times given by hand."""

from __future__ import annotations

import threading

import pytest

from bisenet_viewer.timing import LatencyMeter, Pacer, RateMeter, SystemClock


def test_the_first_frame_is_due_at_once_and_the_others_in_their_distance():
    pacer = Pacer()
    assert pacer.due_at(5.0, now=100.0) == 100.0
    assert pacer.due_at(5.04, now=100.01) == pytest.approx(100.04)
    assert pacer.due_at(5.12, now=100.05) == pytest.approx(100.12)


def test_asking_again_changes_nothing():
    pacer = Pacer()
    pacer.due_at(0.0, now=100.0)
    first = pacer.due_at(0.5, now=100.1)
    assert pacer.due_at(0.5, now=100.4) == first == 100.5


def test_a_little_lateness_is_caught_up():
    pacer = Pacer(slip_s=0.25)
    pacer.due_at(0.0, now=10.0)
    assert pacer.due_at(0.1, now=10.3) == pytest.approx(10.1)
    assert pacer.due_at(0.4, now=10.3) == pytest.approx(10.4)


def test_much_lateness_puts_the_playback_off():
    pacer = Pacer(slip_s=0.25)
    pacer.due_at(0.0, now=10.0)
    assert pacer.due_at(0.1, now=10.5) == pytest.approx(10.5)
    assert pacer.due_at(0.2, now=10.5) == pytest.approx(10.6)


@pytest.mark.parametrize("time_s", [99.0, 1.9, -3.0])
def test_a_break_in_the_time_stamps_is_not_waited_for(time_s):
    pacer = Pacer(gap_s=10.0)
    pacer.due_at(2.0, now=50.0)
    assert pacer.due_at(time_s, now=50.01) == pytest.approx(50.01)
    assert pacer.due_at(time_s + 0.04, now=50.02) == pytest.approx(50.05)


def test_a_long_frame_is_waited_for():
    pacer = Pacer(gap_s=10.0)
    pacer.due_at(2.0, now=50.0)
    assert pacer.due_at(11.0, now=50.0) == pytest.approx(59.0)


def test_after_a_reset_the_next_frame_is_due_at_once():
    pacer = Pacer()
    pacer.due_at(0.0, now=10.0)
    pacer.due_at(0.04, now=10.0)
    pacer.reset()
    assert pacer.due_at(0.08, now=10.01) == pytest.approx(10.01)


def test_at_twice_the_speed_frames_are_due_in_half_the_time():
    pacer = Pacer()
    assert pacer.due_at(5.0, now=100.0, speed=2.0) == 100.0
    assert pacer.due_at(5.4, now=100.0, speed=2.0) == pytest.approx(100.2)


@pytest.mark.parametrize(("speed", "due"), [(0.5, 100.5), (0.25, 100.8), (4.0, 100.2375), (1.0, 100.35)])
def test_a_new_speed_counts_from_now_on(speed, due):
    """At 100.2 s the recording was at 5.2 s and its next frame is 0.15 s away."""
    pacer = Pacer()
    pacer.due_at(5.0, now=100.0)
    assert pacer.due_at(5.35, now=100.1) == pytest.approx(100.35)
    assert pacer.due_at(5.35, now=100.2, speed=speed) == pytest.approx(due)
    assert pacer.due_at(5.35, now=100.21, speed=speed) == pytest.approx(due)
    assert pacer.due_at(5.45, now=100.25, speed=speed) == pytest.approx(due + 0.1 / speed)


def test_a_new_speed_in_a_pause_starts_there():
    pacer = Pacer()
    pacer.due_at(5.0, now=100.0)
    pacer.reset()
    assert pacer.due_at(5.1, now=200.0, speed=0.5) == pytest.approx(200.0)
    assert pacer.due_at(5.2, now=200.0, speed=0.5) == pytest.approx(200.2)


def test_an_even_stream_has_its_exact_rate():
    meter = RateMeter(window_s=2.0)
    for k in range(200):
        meter.tick(7.0 + k / 25)
    for later in (0.0, 0.02, 0.04):
        assert meter.rate(7.0 + 199 / 25 + later) == pytest.approx(25.0)


def test_a_slow_stream_has_a_rate_too():
    meter = RateMeter(window_s=2.0)
    meter.tick(0.0)
    meter.tick(1.5)
    assert meter.rate(1.5) == pytest.approx(1 / 1.5)


def test_the_rate_falls_while_nothing_comes_and_is_nought_in_the_end():
    meter = RateMeter(window_s=2.0)
    for k in range(51):
        meter.tick(k / 25)
    rates = [meter.rate(2.0 + late) for late in (0.04, 0.5, 1.0, 1.9, 2.1)]
    assert rates[0] == pytest.approx(25.0)
    assert rates == sorted(rates, reverse=True)
    assert rates[2] < 15
    assert rates[-1] == 0.0


def test_the_rate_follows_a_change_within_the_window():
    meter = RateMeter(window_s=2.0)
    for k in range(100):
        meter.tick(k / 50)
    for k in range(1, 31):
        meter.tick(99 / 50 + k / 10)
    assert meter.rate(99 / 50 + 3.0) == pytest.approx(10.0)


@pytest.mark.parametrize("times", [[], [1.0], [1.0, 1.0]])
def test_there_is_no_rate_without_two_moments(times):
    meter = RateMeter()
    for time_s in times:
        meter.tick(time_s)
    assert meter.rate(1.0) == 0.0


def test_median_and_p95_of_the_recent_values():
    meter = LatencyMeter(capacity=100)
    for value in [1000.0] * 50 + [float(k) for k in range(100, 0, -1)]:
        meter.add(value)
    assert meter.median == 50.5
    assert meter.p95 == 95.0


def test_one_value_is_its_own_median_and_p95():
    meter = LatencyMeter()
    meter.add(0.3)
    assert (meter.median, meter.p95) == (0.3, 0.3)


def test_no_value_no_latency():
    meter = LatencyMeter()
    assert (meter.median, meter.p95) == (None, None)
    meter.add(1.0)
    meter.clear()
    assert (meter.median, meter.p95) == (None, None)


def test_the_system_clock_does_not_wait_for_the_past():
    clock = SystemClock()
    changed = threading.Condition()
    before = clock.monotonic()
    with changed:
        clock.wait(changed, before - 100.0)
        clock.wait(changed, before + 0.001)
    assert clock.monotonic() >= before
