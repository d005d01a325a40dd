"""Medians, tails and taking turns."""

from __future__ import annotations

import pytest
import torch
from benchmarks.gpu.timing import Times, device_ms, host_ms, in_turns, percentile

CPU = torch.device("cpu")


def test_times() -> None:
    times = Times.of([*(float(k) for k in range(1, 100)), 1000.0])
    assert (times.median, times.p99, times.count) == (50.5, 99.0, 100)
    assert times.tail == pytest.approx(99 / 50.5)
    with pytest.raises(ValueError, match="nothing was timed"):
        Times.of([])


def test_a_percentile_is_a_value_that_occurred() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([7.0], 0.01) == 7.0


def test_calls_are_timed_for_a_while_but_at_least_so_often() -> None:
    calls: list[int] = []
    assert len(host_ms(lambda: calls.append(1), seconds=0, fewest=5)) == 5
    assert len(calls) == 5
    assert len(host_ms(lambda: None, seconds=60, most=30)) == 30


def test_on_the_processor_work_is_timed_by_the_clock_and_what_goes_before_is_not() -> None:
    order: list[str] = []
    times = device_ms(lambda k: order.append(f"call {k}"), CPU, 2, before=lambda k: order.append(f"before {k}"))
    assert order == ["before 0", "call 0", "before 1", "call 1"]
    assert len(times) == 2
    assert all(0 <= taken < 1000 for taken in times)


def test_turns_go_back_and_forth() -> None:
    order: list[str] = []
    ways = {name: lambda name=name: order.append(name) or [float(len(order))] for name in ("a", "b")}
    found = in_turns(ways, 3)  # type: ignore[arg-type]
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert found == {"a": [1.0, 4.0, 5.0], "b": [2.0, 3.0, 6.0]}
