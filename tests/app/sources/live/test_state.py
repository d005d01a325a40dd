"""The state machine, with a clock that is a number."""

from __future__ import annotations

import pytest

from bisenet_viewer.sources.live.state import Limits, StreamPhase, StreamWatch, delay_s

LIMITS = Limits(stall_s=3, drop_s=10, attempt_s=20, settle_s=10, shortest_delay_s=1)
CONNECTING, RUNNING, STALLED, RECONNECTING, ENDED, FAILED = StreamPhase


@pytest.fixture
def watch() -> StreamWatch:
    return StreamWatch(LIMITS, 100.0, jitter=lambda: 0.0)


def running(watch: StreamWatch, at: float = 101.0) -> StreamWatch:
    watch.begin(100.0)
    watch.picture(at)
    return watch


def test_it_begins_by_connecting(watch):
    assert watch.state.phase is CONNECTING
    assert watch.is_due(100.0)
    watch.begin(100.0)
    assert not watch.is_due(100.0)
    watch.picture(101.0)
    assert (watch.state.phase, watch.state.since) == (RUNNING, 101.0)


def test_what_never_ran_fails_at_once(watch):
    watch.begin(100.0)
    watch.lost(101.0, "no such stream (404)")
    assert (watch.state.phase, watch.state.text) == (FAILED, "failed: no such stream (404)")
    assert watch.is_over
    assert not watch.is_due(1000.0)


def test_what_hangs_while_it_is_opened_for_the_first_time_fails(watch):
    watch.begin(100.0)
    assert not watch.is_hopeless(119.9)
    assert watch.is_hopeless(120.0)
    assert watch.state.phase is FAILED
    assert watch.state.reason.startswith("no picture within 20 s")


def test_silence_stalls_and_a_picture_ends_that(watch):
    running(watch)
    assert not watch.is_hopeless(103.9)
    assert watch.state.phase is RUNNING
    assert not watch.is_hopeless(104.0)
    assert (watch.state.phase, watch.state.text) == (STALLED, "stalled: no picture for 3.0 s")
    stalled = watch.state
    assert not watch.is_hopeless(105.0)
    assert watch.state is stalled
    watch.picture(106.0)
    assert watch.state.phase is RUNNING


def test_long_silence_gives_the_connection_up(watch):
    running(watch)
    assert not watch.is_hopeless(104.0)
    assert watch.is_hopeless(111.0)
    assert watch.state.phase is RECONNECTING
    assert watch.state.text == "reconnecting in 1.5 s (attempt 1): no picture for 10 s"
    assert not watch.is_due(112.4)
    assert watch.is_due(112.5)


def test_a_stream_of_few_pictures_is_not_taken_for_stalled(watch):
    running(watch)
    for k in range(1, 40):
        watch.picture(101.0 + 2.5 * k)
    last = 101.0 + 2.5 * 39
    assert not watch.is_hopeless(last + 7)
    assert watch.state.phase is RUNNING
    assert not watch.is_hopeless(last + 7.6)
    assert watch.state.phase is STALLED
    assert not watch.is_hopeless(last + 14)
    assert watch.is_hopeless(last + 14.6)


def test_who_ran_is_tried_for_ever_ever_more_seldom(watch):
    running(watch)
    now, delays = 102.0, []
    watch.lost(now, "gone")
    for attempt in range(1, 60):
        assert (watch.state.phase, watch.state.attempt) == (RECONNECTING, attempt)
        delays.append(watch.state.delay_s)
        now += watch.state.delay_s
        assert not watch.is_due(now - 0.01)
        assert watch.is_due(now)
        watch.begin(now)
        watch.lost(now, "refused (401)")
    assert delays[:5] == [1.5, 3, 6, 10, 10]
    assert delays[-1] == 10


def test_an_attempt_that_hangs_is_left_behind(watch):
    running(watch)
    watch.lost(102.0, "gone")
    watch.begin(103.5)
    assert not watch.is_hopeless(123.4)
    assert watch.is_hopeless(123.5)
    assert (watch.state.phase, watch.state.attempt) == (RECONNECTING, 2)


def test_delays_start_anew_only_after_it_has_run_for_a_while(watch):
    running(watch)
    watch.lost(102.0, "gone")
    watch.begin(103.5)
    watch.lost(103.5, "gone")
    watch.begin(106.5)
    watch.picture(107.0)
    watch.lost(108.0, "gone")
    assert watch.state.attempt == 3
    watch.begin(114.0)
    watch.picture(115.0)
    watch.picture(125.0)
    watch.lost(125.1, "gone")
    assert watch.state.attempt == 1


def test_a_stall_does_not_count_as_a_new_start(watch):
    running(watch)
    assert not watch.is_hopeless(104.0)
    watch.picture(105.0)
    watch.lost(111.5, "gone")
    watch.begin(113.0)
    watch.picture(114.0)
    watch.lost(115.0, "gone")
    assert watch.state.attempt == 2


def test_the_end_is_final(watch):
    running(watch)
    watch.ended(105.0)
    assert watch.state.phase is ENDED
    assert watch.is_over
    assert not watch.is_hopeless(1000.0)
    assert not watch.is_due(1000.0)


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_delays_stay_between_one_and_ten_seconds(jitter):
    delays = [delay_s(attempt, 1.0, jitter) for attempt in range(1, 2000)]
    assert delays == sorted(delays)
    assert min(delays) >= 1
    assert max(delays) <= 10
    assert delays[-1] == pytest.approx(10 * (1 - 0.3 * jitter))
