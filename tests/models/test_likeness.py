"""What a trained model takes new classes for, and how their classifier rows begin."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch

import bisenet
from bisenet.classes import load_classes
from bisenet.data import open_dataset
from bisenet.likeness import PICTURES, taken_for
from bisenet.segmenter import Segmenter
from bisenet.starting import start_from
from bisenet.zoo import build

CAMVID = load_classes("camvid11")
ROAD, TREE, CAR = (CAMVID.names.index(name) for name in ("road", "tree", "car"))


def donor_that_sees(segment: object) -> Segmenter:
    return cast("Segmenter", SimpleNamespace(card=SimpleNamespace(classes=CAMVID), segment=segment))


def test_shares_are_of_the_pixels_of_each_class(stripes: Path) -> None:
    def segment(rgb: np.ndarray) -> np.ndarray:
        ids = np.where(rgb[:, :, 0] > 128, ROAD, TREE).astype(np.uint8)
        ids[:34] = CAR  # half of the 60 rows that have a class
        return ids

    shares = taken_for(donor_that_sees(segment), [open_dataset(str(stripes), "train", CAMVID)], 3)
    assert shares.shape == (3, len(CAMVID))
    assert shares[0].nonzero().flatten().tolist() == [TREE, CAR]
    assert shares[1].nonzero().flatten().tolist() == [ROAD, CAR]
    assert shares[0, TREE] == shares[0, CAR] == shares[1, ROAD] == shares[1, CAR] == 0.5
    assert shares[2].sum() == 0, "a class that does not occur says nothing"


def test_few_pictures_of_many_are_looked_at_and_of_all_data_sets() -> None:
    class Many:
        def __init__(self, label: int) -> None:
            self.label, self.read_ones = label, set[int]()

        def __len__(self) -> int:
            return 100

        def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
            self.read_ones.add(index)
            return np.zeros((4, 4, 3), np.uint8), np.full((4, 4), self.label, np.uint8)

    sets = [Many(0), Many(1)]
    donor = donor_that_sees(lambda rgb: np.full(rgb.shape[:2], ROAD, np.uint8))
    shares = taken_for(donor, sets, 2)  # type: ignore[arg-type]
    assert [len(each.read_ones) for each in sets] == [PICTURES // 2, PICTURES // 2]
    assert max(sets[0].read_ones) > 90
    assert shares[:, ROAD].tolist() == [1, 1]


@pytest.fixture(scope="module")
def donor() -> Segmenter:
    return bisenet.load("street-x39")


def test_a_class_of_no_known_name_begins_as_what_it_is_taken_for(donor: Segmenter) -> None:
    network = build("bisenetv1-x39", 3)
    before = network.head.classifier.weight.detach().clone()
    shares = torch.zeros(3, len(CAMVID))
    shares[0, ROAD], shares[0, TREE] = 0.75, 0.25
    shares[1, CAR] = 1  # not asked: it is known by name
    kept = start_from(network, ("Fahrbahn", "road", "dragon"), donor, lambda: shares)
    assert kept == ["Fahrbahn (like road, tree)", "road"]
    for after, rows in (
        (network.head.classifier.weight, donor.network.head.classifier.weight),
        (network.head.classifier.bias, donor.network.head.classifier.bias),
        (network.aux_heads[0].classifier.weight, donor.network.aux_heads[0].classifier.weight),
    ):
        assert torch.allclose(after[0], 0.75 * rows[ROAD] + 0.25 * rows[TREE], atol=1e-6)
        assert torch.equal(after[1], rows[ROAD])
    assert torch.equal(network.head.classifier.weight[2], before[2])


def test_nothing_is_looked_at_when_all_names_are_known(donor: Segmenter) -> None:
    def never() -> torch.Tensor:
        raise AssertionError("asked for")

    assert start_from(build("bisenetv1-x39", 2), ("car", "person"), donor, never) == ["car", "person (of pedestrian)"]
