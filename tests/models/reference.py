"""The fixtures' rule for weights, and foreign checkpoints made by it."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from bisenet.foreign import KEY_MAPS
from bisenet.zoo import build

Row = tuple[str, list[int], str]
"""Key, shape, dtype."""


def filled_state(rows: Sequence[Row]) -> dict[str, Tensor]:
    """The state_dict by the rule in the fixtures' README."""
    state = {}
    for key, shape, _ in rows:
        if key.endswith("num_batches_tracked"):
            state[key] = torch.zeros(shape, dtype=torch.int64)
            continue
        rng = np.random.Generator(np.random.PCG64(zlib.crc32(key.encode())))
        values = rng.standard_normal(shape, dtype=np.float32).astype(np.float64)
        if key.endswith(".running_mean"):
            values *= 0.1
        elif key.endswith(".running_var"):
            values = np.exp(0.1 * values)
        elif len(shape) >= 2:
            values *= np.sqrt(1.25 / np.prod(shape[1:]))
        elif key.endswith(".weight"):
            values = 1 + 0.1 * values
        else:
            values *= 0.1
        state[key] = torch.from_numpy(values.astype(np.float32))
    return state


def digest(state: dict[str, Tensor]) -> str:
    """As the fixtures' `state_sha256`."""
    sha = hashlib.sha256()
    for key in sorted(state):
        sha.update(key.encode())
        sha.update(state[key].numpy().tobytes())
    return sha.hexdigest()


def described(fixtures: Path, fixture: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """A fixture's description and its state_dict, which is checked."""
    keys_only = fixtures / f"{fixture}.keys.json"
    description = json.loads((keys_only if keys_only.is_file() else fixtures / f"{fixture}.json").read_text())
    state = filled_state(description["state"])
    assert digest(state) == description["state_sha256"], "numpy's stream changed"
    return description, state


def rows_of(architecture: str, variant: str, num_classes: int) -> list[Row]:
    """The rows of a foreign state_dict, from our own network and its key map."""
    theirs = dict(KEY_MAPS[architecture, variant])
    with torch.device("meta"):
        state = build(architecture, num_classes, variant).state_dict()
    rows = []
    for key, value in state.items():
        module, _, leaf = key.rpartition(".")
        rows.append((f"{theirs[module]}.{leaf}", list(value.shape), str(value.dtype)))
    return rows
