"""Percentiles and columns over a window that moves."""

from __future__ import annotations

import pytest

from bisenet_viewer.gui.numbers.stage_times import Spread, StageTimes


@pytest.mark.parametrize(
    ("values", "p50", "p95"),
    [
        ([7.0], 7, 7),
        ([3, 1, 2], 2, 3),
        (range(1, 101), 50, 95),
        ([5.0] * 19 + [90.0], 5, 5),
        ([5.0] * 9 + [90.0], 5, 90),
    ],
)
def test_percentiles_are_values_that_occurred(values: list[float], p50: float, p95: float) -> None:
    assert Spread.of(list(values)) == Spread(p50, p95)


def test_nothing_has_no_percentiles() -> None:
    with pytest.raises(ValueError, match="expected at least one value"):
        Spread.of([])


def test_stages_are_told_in_their_order_and_others_after_them() -> None:
    times = StageTimes()
    times.add(1.0, {"tracking": 9.0, "post": 3.0, "network": 2.0})
    times.add(1.1, {"display": 4.0})
    times.add(1.2, {"decode": 1.0})
    assert list(times.spreads(1.2)) == ["decode", "network", "post", "display", "tracking"]


def test_what_is_older_than_the_window_is_forgotten() -> None:
    times = StageTimes(window_s=10)
    times.add(0.0, {"network": 100.0})
    times.add(5.0, {"network": 20.0})
    assert times.spreads(10.0)["network"].p95 == 100
    assert times.spreads(10.5)["network"] == Spread(20, 20)
    assert times.spreads(15.5) == {}
    times.add(16.0, {"network": 1.0})
    times.clear()
    assert times.spreads(16.0) == {}


def test_the_newest_are_kept_however_many_come() -> None:
    times = StageTimes(capacity=100)
    for k in range(100_000):
        times.add(k * 1e-6, {"network": float(k)})
    assert times.spreads(0.1)["network"].p50 == 99_949


def test_columns_are_medians_of_their_time_and_empty_where_nothing_came() -> None:
    times = StageTimes(window_s=10)
    for at, ms in ((5.1, 10.0), (5.2, 30.0), (5.3, 20.0), (9.5, 7.0)):
        times.add(at, {"network": ms})
    columns = times.columns(9.9, 10)
    assert len(columns) == 10
    assert columns[5] == {"network": 20.0}
    assert columns[9] == {"network": 7.0}
    assert [place for place, column in enumerate(columns) if column] == [5, 9]


def test_columns_move_as_wholes() -> None:
    times = StageTimes(window_s=10)
    for k in range(100):
        times.add(k / 10, {"network": float(k)})
    assert times.columns(9.91, 10) == times.columns(9.99, 10)
    assert times.columns(10.05, 10)[:9] == times.columns(9.95, 10)[1:]
