"""A short measured trial: which of several back ends is the fastest here."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from bisenet.errors import EngineError

BUDGET_S = 2.0
ROUNDS = 9
MARGIN = 1.05
"""A later candidate wins by so much or not at all: less is within what a trial this short can tell."""
HOPELESS = 1.5
"""Slower than the fastest by this factor, a candidate is not run again."""


class Contestant(Protocol):
    """What is measured: a `Runner`, or an engine on a card."""

    def run(self, pictures: NDArray[np.uint8]) -> object:
        """(1, H, W, 3) uint8 RGB through the network; returns when all of it is done. Raises EngineError."""
        ...

    def close(self) -> None:
        """Let go of the network; harmless when repeated."""
        ...


Opened = TypeVar("Opened")
Tried = TypeVar("Tried", bound=Contestant)


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Opened]):
    """A back end that could run the model. The order of candidates is that of preference."""

    engine: str
    precision: str
    threads: int | None
    """Of the processor; None on a card."""
    open: Callable[[], Opened]

    @property
    def name(self) -> str:
        return f"{self.engine} {self.precision}"


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Tried]):
    """The winner, running, and what every candidate took."""

    candidate: Candidate[Tried]
    runner: Tried
    milliseconds: dict[str, float]
    """Median of one picture by the candidate's name, fastest first."""
    failures: dict[str, str]
    """Why candidates could not be opened or run."""


def fastest(
    candidates: Sequence[Candidate[Tried]],
    picture: NDArray[np.uint8],
    *,
    clock: Callable[[], float] = time.perf_counter,
    budget_s: float = BUDGET_S,
    rounds: int = ROUNDS,
    ready: Callable[[], object] = lambda: None,
) -> Outcome[Tried]:
    """Run the candidates in turns on a picture (1, H, W, 3), and close all but the winner.

    In turns, so that what else the machine does hits all alike. Each runs once unmeasured and at least once measured;
    the budget is for all measured runs together. ready is called between the two. Raises the first EngineError when
    none can be run.
    """
    opened: dict[str, tuple[Candidate[Tried], Tried]] = {}
    failures: dict[str, str] = {}
    first: EngineError | None = None
    winner: Tried | None = None
    try:
        for candidate in candidates:
            try:
                runner = candidate.open()
                opened[candidate.name] = candidate, runner
                runner.run(picture)  # the first run makes what later ones use
            except EngineError as error:
                first = first or error
                failures[candidate.name] = str(error)
                if candidate.name in opened:
                    opened.pop(candidate.name)[1].close()
        if not opened:
            raise first or EngineError("there is no engine to try")
        ready()
        runners = {name: runner for name, (_, runner) in opened.items()}
        taken = _measured(runners, picture, clock, budget_s, rounds)
        chosen = next(name for name in opened if taken[name] <= MARGIN * min(taken.values()))
        candidate, winner = opened[chosen]
        return Outcome(candidate, winner, dict(sorted(taken.items(), key=lambda item: item[1])), failures)
    finally:
        for _, runner in opened.values():
            if runner is not winner:
                runner.close()


def _measured(
    runners: dict[str, Tried],
    picture: NDArray[np.uint8],
    clock: Callable[[], float],
    budget_s: float,
    rounds: int,
) -> dict[str, float]:
    """Median milliseconds by name."""
    times: dict[str, list[float]] = {name: [] for name in runners}
    end = clock() + budget_s
    racing = list(runners)
    for turn in range(rounds):
        for name in racing:
            if turn and clock() >= end:
                break
            began = clock()
            runners[name].run(picture)
            times[name].append((clock() - began) * 1000)
        # By the shortest times: the first rounds are few, and one may be disturbed.
        best = min(map(min, times.values()))
        racing = [name for name in racing if min(times[name]) <= HOPELESS * best]
    return {name: median(taken) for name, taken in times.items()}
