"""Times: medians and percentiles, of what a host waits for and of what a card does."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of calls."""

    median: float
    p99: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Times:
        """Raises ValueError for none."""
        if not values:
            raise ValueError("nothing was timed")
        return cls(statistics.median(values), percentile(values, 0.99), len(values))

    @property
    def tail(self) -> float:
        """How many times the median the slowest hundredth takes."""
        return self.p99 / self.median


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest rank: a value that really occurred."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def synchronize(device: torch.device) -> None:
    """Wait for all that the device was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def host_ms(call: Callable[[], object], *, seconds: float, fewest: int = 20, most: int = 100_000) -> list[float]:
    """Milliseconds of each call, one after the other, by the host's clock; the call waits for its own end."""
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while len(taken) < fewest or (time.perf_counter() < end and len(taken) < most):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def device_ms(
    call: Callable[[int], object],
    device: torch.device,
    calls: int,
    before: Callable[[int], object] = lambda _: None,
) -> list[float]:
    """Milliseconds of each call on the device's current stream; call(number) only launches.

    The calls are queued without waiting, so that the card never waits for the host; one synchronisation ends them.
    before(number) goes before each and is not counted.
    """
    if device.type != "cuda":
        taken = []
        for number in range(calls):
            before(number)
            began = time.perf_counter()
            call(number)
            taken.append((time.perf_counter() - began) * 1000)
        return taken
    begins, ends = ([_event() for _ in range(calls)] for _ in range(2))
    synchronize(device)
    for number in range(calls):
        before(number)
        begins[number].record()
        call(number)
        ends[number].record()
    synchronize(device)
    return [float(begin.elapsed_time(end)) for begin, end in zip(begins, ends, strict=True)]


def in_turns(ways: Mapping[str, Callable[[], Sequence[float]]], rounds: int) -> dict[str, list[float]]:
    """What each way gives, over all rounds; they take turns, every second round backwards.

    What disturbs the machine for a moment, a clock that falls say, then hits all alike.
    """
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        names = list(ways)
        for name in names if number % 2 == 0 else names[::-1]:
            found[name] += ways[name]()
    return found


def _event() -> torch.cuda.Event:
    return torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
