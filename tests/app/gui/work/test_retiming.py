"""The times of a recording: those of the source, without the jumps that the person made."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from bisenet_viewer.frame import Frame
from bisenet_viewer.gui.work.retiming import Retiming


def frame(index: int, time_s: float, captured_at: float, time_base: Fraction = Fraction(1, 1000)) -> Frame:
    return Frame(index, round(time_s / time_base), time_base, captured_at, np.zeros((2, 2, 3), np.uint8))


def times_ms(retiming: Retiming, frames: list[Frame]) -> list[int]:
    placed = [retiming.place(each) for each in frames]
    return [round(each.time_s * 1000) for each in placed if each is not None]


@pytest.mark.parametrize("live", [True, False])
def test_frames_that_were_left_out_leave_their_time(live):
    frames = [frame(k, 50 + k * 0.04, 900 + k * 0.04) for k in (3, 4, 7, 8, 30)]
    retiming = Retiming(Fraction(25), live=live)
    assert times_ms(retiming, frames) == [0, 40, 160, 200, 1080]
    assert retiming.end_s == pytest.approx(1.12)


@pytest.mark.parametrize("speed", [0.25, 1, 4])
def test_a_file_is_recorded_at_its_own_speed(speed):
    frames = [frame(k, k * 0.04, k * 0.04 / speed) for k in range(5)]
    assert times_ms(Retiming(Fraction(25), live=False), frames) == [0, 40, 80, 120, 160]


def test_jumps_loops_and_pauses_in_a_file_leave_no_gap():
    frames = [
        frame(0, 10.0, 0.0),
        frame(1, 10.1, 0.1),
        frame(0, 60.0, 0.2),  # a jump on
        frame(1, 60.1, 0.3),
        frame(0, 2.0, 0.4),  # back
        frame(5, 2.5, 0.9),
        frame(6, 2.6, 60.0),  # after a pause of a minute
        frame(0, 30.0, 90.0),  # and a jump in a pause
        frame(9, 50.0, 90.1),  # a jump whose first frames were left out
    ]
    assert times_ms(Retiming(Fraction(10), live=False), frames) == [0, 100, 200, 300, 400, 900, 1000, 1100, 1200]


def test_a_live_stream_keeps_its_gaps():
    frames = [frame(0, 0.0, 0), frame(1, 0.1, 0.1), frame(2, 12.1, 12.1), frame(0, 0.0, 13.0)]
    assert times_ms(Retiming(Fraction(10), live=True), frames) == [0, 100, 12_100, 12_200]


def test_a_machine_that_is_slow_makes_no_jumps():
    frames = [frame(k, k * 0.04, k * 0.04) for k in (0, 75, 150)]
    assert times_ms(Retiming(Fraction(25), live=False), frames) == [0, 3000, 6000]


def test_the_same_frame_again_is_left_out():
    first = frame(0, 1.0, 0)
    assert times_ms(Retiming(None, live=False), [first, first, frame(1, 1.04, 0.04)]) == [0, 40]


def test_another_time_base_within_a_list_of_files_is_converted():
    frames = [frame(0, 0.0, 0), frame(1, 0.1, 0.1, Fraction(1, 90_000)), frame(2, 0.2, 0.2)]
    placed = [Retiming(Fraction(10), live=False).place(each) for each in frames[:1]]
    assert placed[0] is not None
    assert times_ms(Retiming(Fraction(10), live=False), frames) == [0, 100, 200]
