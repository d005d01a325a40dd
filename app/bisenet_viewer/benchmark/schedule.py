"""Who is measured when: rounds in which every configuration has its turn, so that a noise hits all alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

REPEATS = 30
SECONDS = 12.0
QUICK_REPEATS = 10
QUICK_SECONDS = 4.0

_ROUNDS = 5
_FRAMES_PER_TURN = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """For each configuration; None: no limit of this kind."""

    repeats: int | None = REPEATS
    seconds: float | None = SECONDS

    @classmethod
    def wanted(cls, repeats: int | None, seconds: float | None, *, quick: bool) -> Limits:
        """What was asked for; without a word both limits of the short or the usual run."""
        if repeats is not None or seconds is not None:
            return cls(repeats, seconds)
        return cls(QUICK_REPEATS, QUICK_SECONDS) if quick else cls()


def frames_to_measure(frame_ms: float, limits: Limits) -> int:
    """How many frames of that many milliseconds fit; 0 where not even one does, and its warm-up has to stand for it."""
    fitting = math.inf if limits.seconds is None else math.floor(limits.seconds * 1000 / frame_ms)
    wanted = math.inf if limits.repeats is None else limits.repeats
    count = min(fitting, wanted)
    if math.isinf(count):
        raise ValueError("neither repeats nor seconds are limited")
    return int(count)


def rounds(counts: Sequence[int]) -> list[list[tuple[int, int]]]:
    """Frames per configuration -> rounds of turns (place of the configuration, frames).

    A configuration has at most one turn in a round, of at most ten frames; one with few frames has its turns spread
    over the whole time. Every second round goes backwards, so that none always follows the same other one.
    """
    if not any(counts):
        return []
    number = max(min(_ROUNDS, max(counts)), math.ceil(max(counts) / _FRAMES_PER_TURN))
    planned: list[list[tuple[int, int]]] = []
    for turn in range(number):
        shares = ((place, (turn + 1) * count // number - turn * count // number) for place, count in enumerate(counts))
        present = [(place, frames) for place, frames in shares if frames]
        planned.append(present[::-1] if turn % 2 else present)
    return planned
