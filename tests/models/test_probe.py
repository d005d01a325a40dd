"""New classifier rows fitted to a trained network's features."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

import bisenet
from bisenet.card import ModelCard
from bisenet.classes import ClassSet, load_classes
from bisenet.data import open_dataset
from bisenet.data.files import SegmentationFiles
from bisenet.errors import DataError
from bisenet.network import SegmentationNetwork
from bisenet.probe import PICTURES, fit_rows
from bisenet.recipe import Recipe
from bisenet.segmenter import Segmenter
from bisenet.starting import start_from
from bisenet.train import train
from bisenet.zoo import build

CAMVID = load_classes("camvid11")
TWO = ClassSet("two", ("dark", "bright"), ((0, 0, 0), (255, 255, 255)))


@pytest.fixture(scope="module")
def donor() -> Segmenter:
    return bisenet.load("street-x39")


@pytest.fixture
def started(donor: Segmenter) -> tuple[SegmentationNetwork, ModelCard]:
    """A network with the donor's features and two classes that it does not know."""
    torch.manual_seed(0)
    network = build("bisenetv1-x39", 2)
    assert start_from(network, TWO.names, donor) == []
    return network, dataclasses.replace(donor.card, classes=TWO, short_side=128)


def accuracy(network: SegmentationNetwork, card: ModelCard, data: SegmentationFiles) -> float:
    network.eval()
    right = valid = 0
    for index in range(len(data)):
        rgb, labels = data.read(index)
        known = labels < 2
        right += int((Segmenter(network, card).segment(rgb) == labels)[known].sum())
        valid += int(known.sum())
    network.train()
    return right / valid


def test_new_classes_are_told_apart_before_any_training(
    stripes: Path, started: tuple[SegmentationNetwork, ModelCard]
) -> None:
    network, card = started
    val = open_dataset(str(stripes), "val", CAMVID)
    before = accuracy(network, card, val)
    assert fit_rows(network, card, [0, 1], [open_dataset(str(stripes), "train", CAMVID)]) == 6
    assert network.training
    assert accuracy(network, card, val) > max(0.95, before)


def test_rows_that_are_known_and_all_other_weights_stay(
    stripes: Path, started: tuple[SegmentationNetwork, ModelCard]
) -> None:
    network, card = started
    before = {key: value.clone() for key, value in network.state_dict().items()}
    fit_rows(network, card, [1], [open_dataset(str(stripes), "train", CAMVID)])
    for key, value in network.state_dict().items():
        if ".classifier." in key:
            assert torch.equal(value[0], before[key][0]), key
            assert not torch.equal(value[1], before[key][1]), key
        else:
            assert torch.equal(value, before[key]), key


def test_without_pictures_nothing_changes(started: tuple[SegmentationNetwork, ModelCard]) -> None:
    network, card = started
    before = network.head.classifier.weight.detach().clone()
    assert fit_rows(network, card, [0, 1], []) == 0
    assert torch.equal(network.head.classifier.weight, before)


def test_few_pictures_of_many_are_looked_at_and_of_all_data_sets(
    started: tuple[SegmentationNetwork, ModelCard],
) -> None:
    class Many:
        def __init__(self, label: int) -> None:
            self.label, self.looked_at = label, set[int]()

        def __len__(self) -> int:
            return 100

        def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
            self.looked_at.add(index)
            return np.full((32, 32, 3), 200 * self.label, np.uint8), np.full((32, 32), self.label, np.uint8)

    sets = [Many(0), Many(1)]
    network, card = started
    assert fit_rows(network, dataclasses.replace(card, short_side=32), [0, 1], sets) == PICTURES  # type: ignore[arg-type]
    assert [len(each.looked_at) for each in sets] == [PICTURES // 2, PICTURES // 2]
    assert max(sets[0].looked_at) > 90


@pytest.mark.parametrize("architecture", ["bisenetv2", "bisenetv1-r18", "enet", "segnet", "fcn32s-x39"])
def test_any_network_can_be_fitted(architecture: str, stripes: Path, donor: Segmenter) -> None:
    card = dataclasses.replace(donor.card, classes=TWO, short_side=64)
    assert fit_rows(build(architecture, 2), card, [1], [open_dataset(str(stripes), "train", CAMVID)]) == 6


def test_a_damaged_picture_is_named_and_the_network_is_left_as_it_was(
    stripes: Path, started: tuple[SegmentationNetwork, ModelCard]
) -> None:
    network, card = started
    (stripes / "train" / "3.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"3\.png"):
        fit_rows(network, card, [0, 1], [open_dataset(str(stripes), "train", CAMVID)])
    assert network.training
    assert not network.head.classifier._forward_pre_hooks


def test_a_run_fits_what_its_model_does_not_know_once(
    stripes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = "name: two\nclasses: [{name: dusk, color: [0, 0, 0]}, {name: car, color: [9, 9, 9]}]\n"
    for split in ("train", "val"):
        (tmp_path / "own" / "images" / split).mkdir(parents=True)
        (tmp_path / "own" / "masks" / split).mkdir(parents=True)
        for picture in (stripes / split).iterdir():
            (tmp_path / "own/images" / split / picture.name).write_bytes(picture.read_bytes())
            mask = (stripes / f"{split}annot" / picture.name).read_bytes()
            (tmp_path / "own/masks" / split / picture.name).write_bytes(mask)
    (tmp_path / "own/classes.yaml").write_text(listed.replace("classes:", "ignore_id: 11\nclasses:"))
    recipe = Recipe(
        name="tuned", init="street-x39", classes=str(tmp_path / "own/classes.yaml"), crop_width=64, crop_height=64,
        short_side=64, iterations=1, batch_size=2, workers=0, precision="f32", learning_rate=1e-6,
    )  # fmt: skip
    data = [f"folder:{tmp_path / 'own'}"]
    result = train(recipe, data, tmp_path / "run", device="cpu")
    assert "fitted to 6 pictures: dusk\n" in capsys.readouterr().out
    assert result.evaluation is not None
    assert result.evaluation.miou > 0.5
    train(dataclasses.replace(recipe, iterations=2), data, tmp_path / "run", device="cpu", resume=True)
    assert "fitted" not in capsys.readouterr().out
