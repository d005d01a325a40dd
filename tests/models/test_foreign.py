"""Key maps are complete, one to one, and refuse what they do not know."""

from __future__ import annotations

import pytest
import torch

from bisenet.errors import CheckpointError
from bisenet.foreign import KEY_MAPS, convert_state
from bisenet.zoo import build


@pytest.mark.parametrize(("architecture", "variant"), KEY_MAPS)
def test_every_module_with_weights_has_one_place_on_both_sides(architecture: str, variant: str) -> None:
    rows = KEY_MAPS[architecture, variant]
    ours = [ours for ours, _ in rows]
    network = build(architecture, 3, variant)
    holders = {key.rpartition(".")[0] for key in network.state_dict()}
    assert len(set(ours)) == len(ours)
    assert set(ours) == holders
    assert len({theirs for _, theirs in rows}) == len(rows)


def test_unknown_keys_are_named() -> None:
    with pytest.raises(CheckpointError, match=r"2 unknown keys, first backbone\.a\.weight, b\.c"):
        convert_state({"backbone.a.weight": torch.zeros(1), "b.c": torch.zeros(1)}, "bisenetv2", "mmseg")


def test_another_familys_keys_do_not_pass() -> None:
    theirs = {f"{row}.weight": torch.zeros(1) for _, row in KEY_MAPS["bisenetv1-r18", "mmseg"]}
    with pytest.raises(CheckpointError, match="not a coincheung checkpoint of bisenetv1-r18"):
        convert_state(theirs, "bisenetv1-r18", "coincheung")
