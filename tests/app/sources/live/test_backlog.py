"""Catching up: packets of 25 a second, a key frame each second, read at made-up times."""

from __future__ import annotations

from bisenet_viewer.sources.live.backlog import Backlog

RATE, GOP = 25, 25
INSTANT_S, WAITING_S = 0.001, 0.03


def admit(backlog: Backlog, k: int, now: float, read_s: float = WAITING_S) -> bool:
    return backlog.admits(1000 + k / RATE, is_key=k % GOP == 0, read_s=read_s, now=now)


def test_all_is_decoded_while_packets_come_in_time():
    backlog = Backlog()
    assert all(admit(backlog, k, 50 + k / RATE) for k in range(1000))
    assert backlog.left_out == 0


def test_a_slow_decoder_leaves_out_what_lies_ready_and_goes_on_with_a_key_frame():
    backlog = Backlog()
    # It manages 12.5 a second, so after 51 packets it is more than a second late.
    admitted = [admit(backlog, k, 50 + k / 12.5, INSTANT_S) for k in range(27)]
    assert admitted == [True] * 26 + [False]
    now = 50 + 26 / 12.5
    newest = int((now - 50) * RATE)
    assert not any(admit(backlog, k, now, INSTANT_S) for k in range(27, newest + 1))
    # The next had to be waited for: this is the present. Pictures that need others before them still cannot be decoded.
    following = [admit(backlog, k, 50 + k / RATE) for k in range(newest + 1, newest + 1 + GOP)]
    first_key = next(place for place, k in enumerate(range(newest + 1, newest + 1 + GOP)) if k % GOP == 0)
    assert following == [False] * first_key + [True] * (GOP - first_key)
    assert backlog.left_out == newest - 25 + first_key


def test_a_slow_network_costs_nothing():
    backlog = Backlog()
    assert all(admit(backlog, k, 50 + k / 20, WAITING_S) for k in range(2000))


def test_a_network_that_hung_and_delivers_all_at_once_costs_nothing():
    backlog = Backlog()
    assert all(admit(backlog, k, 50 + k / RATE) for k in range(100))
    assert admit(backlog, 100, 57.0, 3.0)
    assert all(admit(backlog, k, 57.0 + (k - 100) / 1000, INSTANT_S) for k in range(101, 170))
    assert all(admit(backlog, k, 50 + k / RATE) for k in range(176, 400))


def test_a_stream_whose_clock_was_set_is_decoded_on():
    backlog = Backlog()
    assert all(admit(backlog, k, 50 + k / RATE) for k in range(100))
    assert all(admit(backlog, k - 500, 50 + k / RATE, INSTANT_S) for k in range(3000, 3100))


def test_what_comes_before_the_first_key_frame_is_neither_decoded_nor_counted():
    backlog = Backlog()
    assert [admit(backlog, k, 50 + k / RATE) for k in range(22, 28)] == [False] * 3 + [True] * 3
    assert backlog.left_out == 0


def test_a_stream_without_key_frames_is_decoded_after_a_while():
    backlog = Backlog()
    admitted = [backlog.admits(k / RATE, is_key=False, read_s=WAITING_S, now=50 + k / RATE) for k in range(1000)]
    assert admitted == sorted(admitted)
    assert admitted.count(False) == 300


def test_packets_without_a_time_are_decoded():
    backlog = Backlog()
    assert backlog.admits(None, is_key=True, read_s=0.0, now=0.0)
    assert all(backlog.admits(None, is_key=False, read_s=0.0, now=now) for now in range(100))
