"""Where a video is and where it shall go: seeks one by one, loops by three presses."""

from __future__ import annotations

import pytest

from bisenet_viewer.frame import StreamInfo
from bisenet_viewer.gui.place import Place

FILE = StreamInfo("file", 64, 48, None, live=False, duration_s=10.0, start_s=2.0)
ENDLESS = StreamInfo("endless", 64, 48, None, live=False)


def test_the_next_seek_waits_for_the_last_and_only_the_newest_is_sent() -> None:
    place = Place()
    assert place.move(FILE, 3.0) == 3.0
    assert place.is_moving
    assert [place.move(FILE, time_s) for time_s in (4.0, 5.0, 6.0)] == [None] * 3
    assert place.position_s == 6.0
    assert place.arrive(3.0) == 6.0
    assert place.is_moving
    assert place.position_s == 6.0
    assert place.arrive(5.98) is None
    assert not place.is_moving
    assert place.position_s == 5.98


@pytest.mark.parametrize(("wanted_s", "reached_s"), [(0.0, 2.0), (-5.0, 2.0), (7.0, 7.0), (50.0, 12.0)])
def test_no_place_is_outside_the_file(wanted_s: float, reached_s: float) -> None:
    place = Place()
    assert place.move(FILE, wanted_s) == reached_s
    assert place.position_s == reached_s


def test_an_endless_stream_has_only_a_beginning() -> None:
    assert Place().move(ENDLESS, 1e6) == 1e6


def test_a_loop_is_begun_ended_and_left() -> None:
    place = Place()
    place.arrive(3.0)
    place.mark_loop()
    assert place.loop == (3.0, None)
    place.arrive(4.0)
    place.mark_loop()
    assert place.loop == (3.0, 4.0)
    place.mark_loop()
    assert place.loop == (None, None)


def test_a_loop_that_would_end_before_it_begins_is_left() -> None:
    place = Place()
    place.arrive(3.0)
    place.mark_loop()
    place.arrive(2.0)
    place.mark_loop()
    assert place.loop == (None, None)
