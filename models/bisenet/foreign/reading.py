"""Reading a foreign checkpoint file: tensors only, wherever its training code put them."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from bisenet.errors import CheckpointError

_STATE_KEYS = ("state_dict", "model", "model_state_dict")
"""Where mmsegmentation, TorchSeg and others put the weights beside optimiser state and notes."""


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """What a checkpoint file holds."""

    state: dict[str, Tensor]
    class_names: tuple[str, ...] = ()
    """As the file notes them; empty when it does not."""
    palette: tuple[tuple[int, int, int], ...] = ()


def read_foreign(path: Path) -> ForeignFile:
    """Read a `.pth` (or any file of torch.save) or `.safetensors` file. Raises CheckpointError saying what to do.

    Only tensors and plain data are unpickled: a file with anything else is refused before any of it runs.
    """
    content = _load(path)
    state: Any = content
    meta: Any = {}
    if isinstance(content, Mapping):
        meta = content.get("meta", {})
        state = next((content[key] for key in _STATE_KEYS if isinstance(content.get(key), Mapping)), content)
    if not isinstance(state, Mapping) or not state:
        raise CheckpointError(f"{path} holds no weights: expected a state_dict, bare or under {', '.join(_STATE_KEYS)}")
    strange = [str(key) for key, value in state.items() if not isinstance(key, str) or not isinstance(value, Tensor)]
    if strange:
        raise CheckpointError(f"{path} is not a state_dict: {', '.join(strange[:3])} hold no tensors")
    names, palette = _classes(meta if isinstance(meta, Mapping) else {})
    return ForeignFile(_without_wrapper(state), names, palette)


def _load(path: Path) -> object:
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise CheckpointError(f"no file {path}") from error
    except pickle.UnpicklingError as error:
        raise CheckpointError(
            f"{path} is not a checkpoint of tensors and plain data ({_brief(error)}): it is refused, since loading it "
            "could run code; where it was made, save model.state_dict() alone"
        ) from error
    except (OSError, EOFError, RuntimeError, SafetensorError, ValueError, KeyError, AttributeError) as error:
        raise CheckpointError(f"{path} is not a checkpoint, or is damaged ({_brief(error)})") from error


def _brief(error: Exception) -> str:
    """What torch says, without its advice to load the file in spite of it."""
    lines = [line.strip() for line in str(error).splitlines()]
    told = next((line for line in lines if "GLOBAL" in line or "Unsupported" in line), lines[0] if lines else "")
    return told[:120] or type(error).__name__


def _without_wrapper(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without the `module.` that DataParallel puts before every key."""
    if all(key.startswith("module.") for key in state):
        return {key.removeprefix("module."): value for key, value in state.items()}
    return dict(state)


def _classes(meta: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[tuple[int, int, int], ...]]:
    """Names and colours from mmsegmentation's notes; nothing when they are not there or not whole."""
    notes = meta.get("dataset_meta", meta)
    if not isinstance(notes, Mapping):
        return (), ()
    names = notes.get("classes", notes.get("CLASSES")) or ()
    palette = notes.get("palette", notes.get("PALETTE")) or ()
    try:
        colors = tuple((int(red), int(green), int(blue)) for red, green, blue in palette)
    except (TypeError, ValueError):
        colors = ()
    return tuple(str(name) for name in names), colors
