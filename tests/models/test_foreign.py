"""Foreign state_dicts: recognised from their keys, renamed one to one, refused when anything is off."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tests.models.reference import described, filled_state, rows_of
from torch import Tensor

from bisenet.errors import CheckpointError
from bisenet.foreign import KEY_MAPS
from bisenet.foreign.recognise import family_of, recognise
from bisenet.zoo import build

KEYS_ONLY = {
    "torchseg_bisenet_r101": ("bisenetv1-r101", "torchseg"),
    "torchseg_bisenet_r18_speed": ("bisenetv1-r18", "torchseg-speed"),
    "torchseg_bisenet_x39_speed": ("bisenetv1-x39", "torchseg"),
    "mmseg_bisenetv1_r50": ("bisenetv1-r50", "mmseg"),
    "mmseg_bisenetv1_r101_cocostuff171": ("bisenetv1-r101", "mmseg"),
}


def hollow_state(architecture: str, variant: str, num_classes: int = 3) -> dict[str, Tensor]:
    """A foreign state_dict without values: recognising reads keys and shapes."""
    return {key: torch.empty(shape, device="meta") for key, shape, _ in rows_of(architecture, variant, num_classes)}


@pytest.mark.parametrize(("architecture", "variant"), KEY_MAPS)
def test_every_module_with_weights_has_one_place_on_both_sides(architecture: str, variant: str) -> None:
    rows = KEY_MAPS[architecture, variant]
    ours = [ours for ours, _ in rows]
    with torch.device("meta"):
        holders = {key.rpartition(".")[0] for key in build(architecture, 3, variant).state_dict()}
    assert len(set(ours)) == len(ours)
    assert set(ours) == holders
    assert len({theirs for _, theirs in rows}) == len(rows)


@pytest.mark.parametrize(("architecture", "variant"), KEY_MAPS)
def test_each_is_recognised_for_what_it_is(architecture: str, variant: str) -> None:
    state = hollow_state(architecture, variant, 7)
    for family in ("auto", family_of(variant)):
        found = recognise(state, family)
        assert (found.architecture, found.variant, found.num_classes) == (architecture, variant, 7)
        assert found.state.keys() == set(_ours(architecture, variant))


def _ours(architecture: str, variant: str) -> list[str]:
    with torch.device("meta"):
        return list(build(architecture, 7, variant).state_dict())


@pytest.mark.parametrize("fixture", KEYS_ONLY)
def test_published_keys_and_shapes(fixtures: Path, fixture: str) -> None:
    description, state = described(fixtures, fixture)
    found = recognise(state)
    assert (found.architecture, found.variant) == KEYS_ONLY[fixture]
    assert found.num_classes == description["num_classes"]
    network = build(found.architecture, found.num_classes, found.variant)
    network.load_state_dict(found.state, strict=True)
    assert sum(p.numel() for p in network.parameters()) == description["params_total"]


@pytest.mark.parametrize(("architecture", "variant"), KEY_MAPS)
def test_another_family_is_refused_loudly(architecture: str, variant: str) -> None:
    state = hollow_state(architecture, variant)
    for family in {"torchseg", "coincheung", "mmseg"} - {family_of(variant)}:
        with pytest.raises(CheckpointError) as caught:
            recognise(state, family)
        assert str(caught.value) == (
            f"not a {family} checkpoint: these are the keys of {architecture} as {family_of(variant)} has them"
        )


def test_missing_spare_and_misshapen_keys_are_named() -> None:
    state = hollow_state("bisenetv2", "mmseg")
    for key in list(state)[:5]:
        if not key.endswith("num_batches_tracked"):
            del state[key]
    state["backbone.detail.detail_branch.0.0.conv.bias"] = torch.zeros(64)
    state["decode_head.conv_seg.bias"] = torch.zeros(4)
    with pytest.raises(CheckpointError) as caught:
        recognise(state)
    told = str(caught.value)
    assert "the nearest network, bisenetv2 mmseg" in told
    assert "5 keys missing: backbone.detail.detail_branch.0.0.conv.weight, " in told
    assert ", ...; 1 keys to spare: backbone.detail.detail_branch.0.0.conv.bias; " in told
    assert "1 keys of another shape: decode_head.conv_seg.bias [4] instead of [3]" in told


def test_something_else_altogether() -> None:
    with pytest.raises(CheckpointError, match=r"nearest network, .* missing: .*; 2 keys to spare: a\.weight, b\.c"):
        recognise({"a.weight": torch.zeros(1), "b.c": torch.zeros(1)})


def test_counters_that_old_files_lack_start_at_zero() -> None:
    state = filled_state(rows_of("bisenetv1-x39", "torchseg", 2))
    bare = {key: value for key, value in state.items() if not key.endswith("num_batches_tracked")}
    assert len(bare) < len(state)
    network = build("bisenetv1-x39", 2, "torchseg")
    network.load_state_dict(recognise(bare).state, strict=True)
