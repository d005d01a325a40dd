"""`auto`: one back end out of those that could run a model, by what was measured on this machine."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np

from bisenet.engines.candidates import EXTRAS, is_installed
from bisenet.engines.choices import Choice, remember, remembered
from bisenet.engines.processor import processor_name
from bisenet.engines.trial import ROUNDS, Candidate, Tried, fastest
from bisenet.errors import EngineError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Picked(Generic[Tried]):
    """A back end, running."""

    candidate: Candidate[Tried]
    runner: Tried
    reason: str
    """Why this one, for people; no full stop."""


def only(candidate: Candidate[Tried]) -> Picked[Tried]:
    """Open the one that there is. Raises EngineError."""
    return Picked(candidate, candidate.open(), f"the only one here for this model{_more()}")


def pick(
    choices: Sequence[Candidate[Tried]],
    *,
    size: tuple[int, int],
    circumstances: object,
    ready: Callable[[], object] = lambda: None,
    rounds: int = ROUNDS,
) -> Picked[Tried]:
    """Open the one that was the fastest before, or hold a trial and remember its outcome.

    size: of the trial's picture, width and height. circumstances: plain values; when they are what they were, so is
    the fastest. ready: called before anything is measured, to wait for other work. rounds: at most, of the trial.
    Raises EngineError.
    """
    key = _key(choices, size, circumstances)
    earlier = remembered(key)
    if earlier is not None:
        for candidate in choices:
            if (candidate.engine, candidate.precision) == (earlier.engine, earlier.precision):
                try:
                    return Picked(candidate, candidate.open(), f"{_figures(earlier, size)} (measured before)")
                except EngineError as error:
                    _log.warning("%s was the fastest before: %s", candidate.name, error)
    picture = np.random.default_rng(0).integers(0, 256, (1, size[1], size[0], 3), np.uint8)
    outcome = fastest(choices, picture, rounds=rounds, ready=ready)
    choice = Choice(outcome.candidate.engine, outcome.candidate.precision, outcome.milliseconds)
    remember(key, choice)
    failed = "".join(f"; {name} failed: {error}" for name, error in outcome.failures.items())
    return Picked(outcome.candidate, outcome.runner, _figures(choice, size) + failed)


def _key(choices: Sequence[Candidate[Tried]], size: tuple[int, int], circumstances: object) -> str:
    told = [processor_name(), [candidate.name for candidate in choices], size, circumstances]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def _figures(choice: Choice, size: tuple[int, int]) -> str:
    """The winner's time and the others'."""
    own = f"{choice.engine} {choice.precision}"
    others = ", ".join(f"{name} {_digits(taken)}" for name, taken in choice.milliseconds.items() if name != own)
    fastest_of = f"{_digits(choice.milliseconds.get(own, 0))} ms at {size[0]}x{size[1]}"
    return f"{fastest_of}; {others}" if others else fastest_of


def _digits(milliseconds: float) -> str:
    """So many that cards can be told apart."""
    return f"{milliseconds:.1f}" if milliseconds >= 10 else f"{milliseconds:.2f}"


def _more() -> str:
    """Which packages could bring another."""
    missing = [f'"bisenet-viewer[{extra}]"' for engine, extra in EXTRAS.items() if not is_installed(engine)]
    return f"; faster ones may come with pip install {' or '.join(missing)}" if missing else ""
