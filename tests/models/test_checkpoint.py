"""Checkpoints: written whole, read back exactly, refused when damaged or hostile."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

import bisenet
from bisenet.card import ModelCard
from bisenet.checkpoint import read_card, read_checkpoint, save_checkpoint
from bisenet.classes import ClassSet
from bisenet.errors import CheckpointError
from bisenet.zoo import build

CLASSES = ClassSet("two", ("a", "b"), ((1, 2, 3), (4, 5, 6)))
CARD = ModelCard("tiny", "bisenetv1-x39", "torchseg", CLASSES, 64, licence="none", training={"iterations": 3})


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.safetensors"
    save_checkpoint(path, build("bisenetv1-x39", 2), CARD)
    return path


def test_half_precision_round_trip(tmp_path: Path) -> None:
    network = build("bisenetv1-x39", 2)
    path = tmp_path / "tiny.safetensors"
    save_checkpoint(path, network, CARD)
    loaded, card = read_checkpoint(path)
    assert card == CARD == read_card(path)
    assert not loaded.training
    for key, value in network.state_dict().items():
        expected = value.half().float() if value.ndim == 4 else value
        assert torch.equal(loaded.state_dict()[key], expected), key
    assert [file.name for file in tmp_path.iterdir()] == ["tiny.safetensors"]


def test_statistics_beyond_half_precision_survive(tmp_path: Path) -> None:
    network = build("bisenetv1-x39", 2)
    bn = network.head.conv.bn
    assert isinstance(bn, torch.nn.BatchNorm2d)
    assert bn.running_var is not None
    bn.running_var.fill_(1e6)
    save_checkpoint(tmp_path / "tiny.safetensors", network, CARD)
    assert read_checkpoint(tmp_path / "tiny.safetensors")[0].state_dict()["head.conv.bn.running_var"][0] == 1e6


def test_load_and_segment_any_size(saved: Path) -> None:
    model = bisenet.load(str(saved))
    labels = model.segment(np.zeros((70, 90, 3), np.uint8))
    assert labels.shape == (70, 90)
    assert labels.dtype == np.uint8
    assert labels.max() < 2


@pytest.mark.parametrize("keep", [0, 4, 100, 5000, -1])
def test_truncated_files_are_refused(saved: Path, keep: int) -> None:
    saved.write_bytes(saved.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match="is damaged") as caught:
        bisenet.load(str(saved))
    assert "\n" not in str(caught.value)


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (tmp_path / "exploded",))  # type: ignore[return-value]

    for name in ("hostile.pt", "hostile.safetensors"):
        path = tmp_path / name
        path.write_bytes(pickle.dumps(Bomb()))
        with pytest.raises(CheckpointError):
            bisenet.load(str(path))
    assert not (tmp_path / "exploded").exists()


def _rewrite(path: Path, card: dict[str, object], state: dict[str, torch.Tensor] | None = None) -> None:
    save_file(state or read_checkpoint(path)[0].state_dict(), path, metadata={"bisenet": json.dumps(card)})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"architecture": "bisenetv9"}, "unknown architecture 'bisenetv9'"),
        ({"short_side": 0}, "card is damaged"),
        ({"std": [0, 0, 0]}, "card is damaged"),
        ({"classes": {"name": "x"}}, "card is damaged"),
        ({"architecture": "bisenetv2", "variant": "mmseg"}, "do not fit bisenetv2"),
        (
            {"classes": ClassSet("three", ("a", "b", "c"), ((0, 0, 0),) * 3).to_dict()},
            "do not fit bisenetv1-x39: size mismatch",
        ),
    ],
)
def test_cards_that_do_not_fit(saved: Path, change: dict[str, object], message: str) -> None:
    _rewrite(saved, {**CARD.to_dict(), **change})
    with pytest.raises(CheckpointError, match=message) as caught:
        bisenet.load(str(saved))
    assert "\n" not in str(caught.value)


def test_missing_weights_and_wild_numbers(saved: Path) -> None:
    network, _ = read_checkpoint(saved)
    state = network.state_dict()
    _rewrite(saved, CARD.to_dict(), {**state, "head.classifier.bias": torch.tensor([float("nan"), 0.0])})
    with pytest.raises(CheckpointError, match=r"head\.classifier\.bias holds numbers that are not finite"):
        bisenet.load(str(saved))
    del state["head.classifier.bias"]
    _rewrite(saved, CARD.to_dict(), state)
    with pytest.raises(CheckpointError, match=r"do not fit .*Missing key.*head\.classifier\.bias"):
        bisenet.load(str(saved))


def test_a_file_without_a_card(tmp_path: Path) -> None:
    path = tmp_path / "plain.safetensors"
    save_file({"a": torch.zeros(1)}, path)
    with pytest.raises(CheckpointError, match="has no model card"):
        bisenet.load(str(path))
