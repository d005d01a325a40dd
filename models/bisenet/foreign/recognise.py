"""From a foreign state_dict to the network that it belongs to, and to our keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from bisenet.errors import CheckpointError
from bisenet.foreign import KEY_MAPS
from bisenet.zoo import build

_COUNTER = ".num_batches_tracked"
"""Of batches seen in training, kept by each normalisation. Files older than torch 0.4.1 have none."""
_NAMED = 3
"""How many keys an error names."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a state_dict is, and its tensors under our keys."""

    architecture: str
    variant: str
    num_classes: int
    state: dict[str, Tensor]


def family_of(variant: str) -> str:
    """`torchseg` of `torchseg-speed`."""
    return variant.partition("-")[0]


def recognise(state: Mapping[str, Tensor], family: str = "auto") -> Recognised:
    """Find the network whose keys and shapes are exactly these, and rename them.

    family: `torchseg`, `coincheung`, `mmseg`, or `auto` for any. The keys decide; shapes do so only between variants of
    one family that have the same keys. Raises CheckpointError when nothing fits, naming the first keys that the nearest
    network misses, does not know, or has in another shape.
    """
    modules = {key.rpartition(".")[0] for key in state}
    distance = {names: len(modules ^ {theirs for _, theirs in rows}) for names, rows in KEY_MAPS.items()}
    allowed = [names for names in KEY_MAPS if family in ("auto", family_of(names[1]))]
    least = min(distance[names] for names in allowed)
    faults = []
    for architecture, variant in (names for names in allowed if distance[names] == least):
        fit = _fit(state, architecture, variant)
        if isinstance(fit, Recognised):
            return fit
        faults.append(fit)
    true = next((names for names, each in distance.items() if each == 0), None)
    if true is not None and least > 0:
        raise CheckpointError(
            f"not a {family} checkpoint: these are the keys of {true[0]} as {family_of(true[1])} has them"
        )
    raise CheckpointError(faults[0])


def _fit(state: Mapping[str, Tensor], architecture: str, variant: str) -> Recognised | str:
    """The state under our keys, or what keeps it from fitting."""
    theirs_of = dict(KEY_MAPS[architecture, variant])
    classifier = state.get(f"{theirs_of['head.classifier']}.weight")
    num_classes = classifier.shape[0] if classifier is not None and classifier.ndim == 4 else 1
    if num_classes > 255:
        return f"{num_classes} classes: no more than 255 are possible"
    with torch.device("meta"):
        expected = build(architecture, num_classes, variant).state_dict()
    renamed: dict[str, Tensor] = {}
    missing, misshapen, known = [], [], set()
    for key, value in expected.items():
        module, _, leaf = key.rpartition(".")
        theirs = f"{theirs_of[module]}.{leaf}"
        known.add(theirs)
        if theirs in state:
            if state[theirs].shape != value.shape:
                misshapen.append(f"{theirs} {list(state[theirs].shape)} instead of {list(value.shape)}")
            renamed[key] = state[theirs]
        elif key.endswith(_COUNTER):
            renamed[key] = torch.zeros((), dtype=torch.int64)
        else:
            missing.append(theirs)
    spare = [key for key in state if key not in known]
    faults = [(missing, "missing"), (spare, "to spare"), (misshapen, "of another shape")]
    if any(keys for keys, _ in faults):
        told = "; ".join(f"{len(keys)} keys {what}: {_first(keys)}" for keys, what in faults if keys)
        return f"does not fit the nearest network, {architecture} {variant}: {told}"
    return Recognised(architecture, variant, num_classes, renamed)


def _first(keys: Sequence[str]) -> str:
    return ", ".join(keys[:_NAMED]) + (", ..." if len(keys) > _NAMED else "")
