"""Weights on disk: a safetensors file whose header holds the model card. Nothing is ever unpickled to read one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from bisenet.card import ModelCard
from bisenet.errors import CheckpointError, ConfigError
from bisenet.network import SegmentationNetwork
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


def read_card(path: Path) -> ModelCard:
    """The card alone, from the file's header. Raises CheckpointError as `read_checkpoint` does."""
    with _opened(path) as (card, _):
        return card


def read_checkpoint(path: Path) -> tuple[SegmentationNetwork, ModelCard]:
    """The network in eval mode and float32, and its card. Raises CheckpointError saying in one line what is wrong."""
    with _opened(path) as (card, file):
        state = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a dict)
        try:
            network = network_of(card.architecture, len(card.classes), card.variant, state)
        except RuntimeError as error:  # load_state_dict's only complaint, many lines long
            raise CheckpointError(f"the weights do not fit {card.architecture}: {_brief(error)}") from error
    return network, card


def network_of(architecture: str, num_classes: int, variant: str, state: Mapping[str, Tensor]) -> SegmentationNetwork:
    """A network around weights of ours, in eval mode and float32.

    Raises RuntimeError, as load_state_dict does, when they do not fit exactly, and CheckpointError naming the first
    one that is not finite.
    """
    with torch.device("meta"):  # fresh weights would only cost time
        network = build(architecture, num_classes, variant)
    # Copies: tensors of safetensors are views of the mapped file, which would keep it from being replaced on Windows.
    floats = {
        key: value.to(torch.float32 if value.is_floating_point() else value.dtype, copy=True)
        for key, value in state.items()
    }
    network.load_state_dict(floats, assign=True)
    for key, value in floats.items():
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise CheckpointError(f"{key} holds numbers that are not finite")
    return network.eval()


@contextmanager
def _opened(path: Path) -> Iterator[tuple[ModelCard, Any]]:
    """The card and the open file; faults are told with the file's name."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            if _CARD_KEY not in metadata:
                raise CheckpointError(
                    "has no model card: it was not written by bisenet (see `bisenet convert` for weights of others)"
                )
            yield ModelCard.from_dict(json.loads(metadata[_CARD_KEY])), file
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} is not a bisenet checkpoint, or is damaged: {error}") from error
    except (json.JSONDecodeError, CheckpointError, ConfigError) as error:
        raise CheckpointError(f"{path}: {error}") from error


def _brief(error: RuntimeError) -> str:
    lines = str(error).splitlines()
    return " ".join(line.strip() for line in lines[1:2] or lines[:1])[:200]
