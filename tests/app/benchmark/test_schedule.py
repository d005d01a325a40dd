"""Statistics, and who is measured when."""

from __future__ import annotations

import pytest

from bisenet_viewer.benchmark.schedule import Limits, frames_to_measure, rounds
from bisenet_viewer.benchmark.summary import Summary


def test_percentiles_are_values_that_occurred():
    summary = Summary.of([float(value) for value in range(100, 0, -1)])
    assert (summary.count, summary.median, summary.p95, summary.p99, summary.mean) == (100, 50.5, 95, 99, 50.5)
    few = Summary.of([3.0, 1.0, 2.0])
    assert (few.median, few.p95, few.p99) == (2, 3, 3)
    with pytest.raises(ValueError, match="nothing was measured"):
        Summary.of([])


@pytest.mark.parametrize(
    ("frame_ms", "limits", "frames"),
    [
        (10.0, Limits(30, 12.0), 30),
        (1000.0, Limits(30, 12.0), 12),
        (13_000.0, Limits(30, 12.0), 0),
        (13_000.0, Limits(5, None), 5),
        (10.0, Limits(None, 2.0), 200),
    ],
)
def test_as_many_frames_as_are_wanted_and_fit(frame_ms, limits, frames):
    assert frames_to_measure(frame_ms, limits) == frames


def test_what_is_said_takes_the_place_of_both_defaults():
    assert Limits.wanted(None, None, quick=False) == Limits(30, 12.0)
    assert Limits.wanted(None, None, quick=True) == Limits(10, 4.0)
    assert Limits.wanted(7, None, quick=True) == Limits(7, None)
    assert Limits.wanted(None, 3.0, quick=False) == Limits(None, 3.0)


@pytest.mark.parametrize("counts", [[30, 30], [30, 3, 0], [1], [200, 7], [4, 4, 4]])
def test_rounds_hold_every_frame_once(counts):
    planned = rounds(counts)
    for place, count in enumerate(counts):
        assert sum(frames for turns in planned for who, frames in turns if who == place) == count
    for turns in planned:
        assert len({place for place, _ in turns}) == len(turns)
        assert all(1 <= frames <= 10 for _, frames in turns)


def test_all_have_their_turn_in_each_round_and_not_always_after_the_same():
    planned = rounds([10, 10, 10])
    assert [[place for place, _ in turns] for turns in planned] == [
        [0, 1, 2], [2, 1, 0], [0, 1, 2], [2, 1, 0], [0, 1, 2],
    ]  # fmt: skip


def test_few_frames_are_spread_over_the_whole_time():
    planned = rounds([50, 2])
    assert [number for number, turns in enumerate(planned) if any(place == 1 for place, _ in turns)] == [2, 4]
    assert rounds([0, 0]) == []
