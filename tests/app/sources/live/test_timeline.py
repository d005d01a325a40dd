"""Times of a live stream over its connections."""

from __future__ import annotations

from fractions import Fraction

from bisenet_viewer.sources.live.timeline import Timeline

MS = Fraction(1, 1000)


def test_the_streams_own_times_are_followed_from_zero():
    timeline = Timeline()
    jitter = (0.0, 0.02, -0.01, 0.03)
    stamps = [timeline.pts(5000 + 40 * k, MS, 77 + 0.04 * k + jitter[k % 4]) for k in range(8)]
    assert stamps == [3600 * k for k in range(8)]


def test_a_new_connection_goes_on_after_the_time_it_took():
    timeline = Timeline()
    assert [timeline.pts(9000 + 40 * k, MS, 77 + 0.04 * k) for k in range(2)] == [0, 3600]
    timeline.restart()
    assert [timeline.pts(40 * k, MS, 87 + 0.04 * k) for k in range(2)] == [900_000, 903_600]


def test_missing_times_are_those_of_arrival():
    timeline = Timeline()
    assert [timeline.pts(None, None, 77 + 0.5 * k) for k in range(3)] == [0, 45_000, 90_000]


def test_a_leap_is_brought_back_to_the_clock():
    timeline = Timeline()
    timeline.pts(0, MS, 77.0)
    assert timeline.pts(3_600_000, MS, 77.04) == 3600
    assert timeline.pts(3_600_040, MS, 77.09) == 3600 + 3600


def test_times_never_stand_still_or_go_back():
    timeline = Timeline()
    stamps = [timeline.pts(stamp, MS, 77.0 + 0.01 * k) for k, stamp in enumerate((0, 80, 40, 40, 120))]
    assert stamps == sorted(set(stamps))
