"""From a model and wishes to an engine on a card."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from bisenet.engine_names import ON_PROCESSOR
from bisenet.engines import EngineInfo
from bisenet.engines.candidates import Given, fitting
from bisenet.engines.cuda.candidates import card_candidates, is_built
from bisenet.engines.cuda.card import Card, open_card
from bisenet.engines.cuda.engine import CudaEngine
from bisenet.engines.cuda.network import CardNetwork
from bisenet.engines.cuda.onnxruntime_network import has_cuda
from bisenet.engines.device import capability, device_name, driver_version, resolve_device
from bisenet.engines.networks import package_version
from bisenet.engines.picking import pick
from bisenet.engines.trial import Candidate
from bisenet.errors import EngineError
from bisenet.pictures import input_size

if TYPE_CHECKING:
    from bisenet.engines.opening import Wishes

OLDEST = (7, 5)
"""Compute capability; of Turing."""
_ROUNDS = 100
"""Of a trial: a picture takes a millisecond or two, and cards need some of them to run at their full clock."""
_PACKAGES = ("bisenet-viewer", "torch", "triton", "onnxruntime-gpu", "onnxruntime", "tensorrt")
"""Another version of one of them, and the trial is held again."""


def open_on_card(given: Given, wishes: Wishes, say: Callable[[str], None]) -> CudaEngine | None:
    """An engine as wished; None: a card was not asked for, and what is installed here does not run this on one.

    say: takes a line on what was chosen and why, and lines on what is built or compiled. Raises EngineError,
    CheckpointError.
    """
    card = open_card(resolve_device(wishes.device))
    device = card.device
    if wishes.device == "auto" and wishes.engine == "onnxruntime" and not has_cuda():
        return None
    if capability(device) < OLDEST:
        if wishes.device == "auto" and wishes.engine in ("auto", *ON_PROCESSOR):
            return None
        raise EngineError(f"{device_name(device)} is older than Turing, whose cards are the first: use --device cpu")
    imgsz = fitting(given, wishes.imgsz)
    choices = card_candidates(given, wishes.engine, wishes.precision, imgsz, device, say)
    if not choices and wishes.device == "auto":
        return None
    if not choices:
        raise EngineError(f"nothing here runs {given.card.name} on a card{_more(given, imgsz, device)}")
    with ExitStack() as done, ExitStack() as failed:
        done.callback(given.release)
        if len(choices) == 1:
            candidate, network = choices[0], choices[0].open()
            reason = f"the only one here for this model{_more(given, imgsz, device)}"
        else:
            candidate, network, reason = _fastest(given, choices, imgsz, card)
            if find_spec("tensorrt") is not None:
                reason += _more(given, imgsz, device)
        failed.callback(network.close)
        if wishes.engine == "auto":
            say(f"engine: {candidate.name}: {reason}")
        else:
            reason = "asked for"
        engine = CudaEngine(network, given.card, _info(given, candidate, network, device, reason), imgsz, card)
        failed.pop_all()
        return engine


class _Contestant:
    """A network within an engine, which captures what can be captured: bare ones would be compared by other things."""

    def __init__(
        self, candidate: Candidate[CardNetwork], given: Given, imgsz: tuple[int, int] | None, card: Card
    ) -> None:
        self.network = candidate.open()
        info = _info(given, candidate, self.network, card.device, "on trial")
        self._engine = CudaEngine(self.network, given.card, info, imgsz, card)

    def run(self, pictures: NDArray[np.uint8]) -> None:
        """See `Contestant.run`: the classes are on the host when this ends."""
        self._engine.infer(pictures[0])

    def close(self) -> None:
        """Free the network."""
        self._engine.close()


def _fastest(
    given: Given, choices: list[Candidate[CardNetwork]], imgsz: tuple[int, int] | None, card: Card
) -> tuple[Candidate[CardNetwork], CardNetwork, str]:
    """The candidate, its network, and why it is this one. Raises EngineError."""
    device = card.device
    on_trial = [
        Candidate(choice.engine, choice.precision, None, partial(_Contestant, choice, given, imgsz, card))
        for choice in choices
    ]
    circumstances = [
        device_name(device), capability(device), torch.version.cuda, driver_version(), given.digest, imgsz,
        [package_version(name) for name in _PACKAGES],
    ]  # fmt: skip
    size = imgsz or input_size(16, 9, given.card.short_side)
    picked = pick(on_trial, size=size, circumstances=circumstances, rounds=_ROUNDS)
    candidate = next(choice for choice in choices if choice.name == picked.candidate.name)
    return candidate, picked.runner.network, picked.reason


def _info(
    given: Given, candidate: Candidate[CardNetwork], network: CardNetwork, device: torch.device, reason: str
) -> EngineInfo:
    return EngineInfo(
        engine=candidate.engine,
        model=given.card.name,
        device=str(device),
        device_name=device_name(device),
        precision=network.precision,
        reason=reason,
    )


def _more(given: Given, imgsz: tuple[int, int] | None, device: torch.device) -> str:
    """What could run it too, and may be faster, where somebody takes the minutes."""
    if not given.card_precisions("tensorrt") or is_built(given, imgsz, device):
        return ""
    if find_spec("tensorrt") is None:
        return '; TensorRT, which may be faster, comes with pip install "bisenet-viewer[tensorrt]"'
    with_size = "with --imgsz, " if imgsz is None else ""
    return f"; {with_size}--engine tensorrt builds what may be faster, in minutes"
