"""Weights on disk: a safetensors file whose header holds the model card. Nothing is ever unpickled to read one."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from bisenet.card import ModelCard
from bisenet.errors import CheckpointError, ConfigError
from bisenet.network import SegmentationNetwork
from bisenet.resources import assets_dir
from bisenet.zoo import build

_CARD_KEY = "bisenet"


def save_checkpoint(path: Path, network: SegmentationNetwork, card: ModelCard, *, half: bool = True) -> None:
    """Write weights and card, whole or not at all; half: convolution weights as float16. Raises OSError.

    Normalisation keeps float32: running variances of early layers can be beyond float16, and they are few.
    """
    state = {
        key: (value.half() if half and value.ndim == 4 else value).contiguous().cpu()
        for key, value in network.state_dict().items()
    }
    temporary = path.with_name(path.name + ".partial")
    try:
        # Not save_file: it makes files that only their owner can read.
        temporary.write_bytes(save(state, metadata={_CARD_KEY: json.dumps(card.to_dict())}))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_checkpoint(path: Path) -> tuple[SegmentationNetwork, ModelCard]:
    """The network in eval mode and float32, and its card. Raises CheckpointError saying in one line what is wrong."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            if _CARD_KEY not in metadata:
                raise CheckpointError(f"{path} has no model card: it was not written by bisenet")
            state = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a dict)
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} is not a bisenet checkpoint, or is damaged: {error}") from error
    try:
        card = ModelCard.from_dict(json.loads(metadata[_CARD_KEY]))
        network = build(card.architecture, len(card.classes), card.variant)
        network.load_state_dict(
            {key: value.float() if value.is_floating_point() else value for key, value in state.items()}
        )
    except (json.JSONDecodeError, CheckpointError, ConfigError) as error:
        raise CheckpointError(f"{path}: {error}") from error
    except RuntimeError as error:  # load_state_dict's only complaint, many lines long
        raise CheckpointError(f"{path}: the weights do not fit {card.architecture}: {_brief(error)}") from error
    for key, value in network.state_dict().items():
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise CheckpointError(f"{path}: {key} holds numbers that are not finite")
    return network.eval(), card


def _brief(error: RuntimeError) -> str:
    lines = str(error).splitlines()
    return " ".join(line.strip() for line in lines[1:2] or lines[:1])[:200]


def find_checkpoint(name_or_path: str) -> Path:
    """The file of a bundled model by name, or of a path. Raises CheckpointError naming the bundled ones."""
    path = Path(name_or_path)
    if path.suffix == ".safetensors":
        if not path.is_file():
            raise CheckpointError(f"no model file {path}")
        return path
    bundled = {file.stem: file for file in sorted((assets_dir() / "weights").glob("*.safetensors"))}
    if name_or_path in bundled:
        return bundled[name_or_path]
    if path.exists():
        raise CheckpointError(f"{path} is not a .safetensors file: only those are read, since nothing in them is code")
    raise CheckpointError(f"unknown model {name_or_path!r}: give a .safetensors file, or one of {', '.join(bundled)}")
