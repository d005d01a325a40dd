"""Data sets on disk, augmentation, and the reproducible stream of samples."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from bisenet.data import has_split, open_dataset
from bisenet.data.camvid import camvid
from bisenet.data.check import check
from bisenet.data.stream import Draws, Samples, sample_batches
from bisenet.data.transforms import Augmentation, augment
from bisenet.errors import DataError


def test_pairs_are_read_as_rgb_and_ids(stripes: Path) -> None:
    data = camvid(stripes, "train")
    assert len(data) == 6
    rgb, labels = data.read(0)
    assert rgb.shape == (64, 96, 3)
    assert set(np.unique(labels)) == {0, 1, 11}
    assert rgb[labels == 1].mean() > 180 > 80 > rgb[labels == 0].mean()


def test_colour_order_is_rgb(stripes: Path) -> None:
    bgr = np.zeros((64, 96, 3), np.uint8)
    bgr[:, :, 0] = 255
    cv2.imwrite(str(stripes / "train" / "0.png"), bgr)
    assert camvid(stripes, "train").read(0)[0][0, 0].tolist() == [0, 0, 255]


def test_specs(stripes: Path) -> None:
    assert len(open_dataset(f"camvid:{stripes}", "val")) == 2
    assert len(open_dataset(str(stripes), "val")) == 2
    assert has_split(str(stripes), "val")
    assert not has_split(str(stripes), "test")
    with pytest.raises(DataError, match="unknown data layout 'voc': choose one of camvid"):
        open_dataset(f"voc:{stripes}", "val")


def test_a_slice_is_a_part_of_a_split(stripes: Path) -> None:
    whole = open_dataset(str(stripes), "train").pairs
    assert open_dataset(f"{stripes}[:-2]", "train").pairs == whole[:-2]
    held_out = open_dataset(f"camvid:{stripes}[-2:]", "train")
    assert held_out.pairs == whole[-2:]
    assert held_out.name.endswith("/train[-2:]")
    assert has_split(f"{stripes}[1:]", "val")
    with pytest.raises(DataError, match=r"no pictures in the train split of .*\[99:\]"):
        open_dataset(f"{stripes}[99:]", "train")
    with pytest.raises(DataError, match="a data set is checked as a whole"):
        check(f"{stripes}[1:]")


def test_missing_and_damaged_files_are_named(stripes: Path) -> None:
    with pytest.raises(DataError, match=r"no folder .*test: the SegNet layout has test/ and testannot/"):
        camvid(stripes, "test")
    data = camvid(stripes, "train")
    (stripes / "trainannot" / "1.png").write_bytes(b"\x89PNG")
    with pytest.raises(DataError, match=r"1\.png is not a picture that can be read"):
        data.read(1)
    cv2.imwrite(str(stripes / "trainannot" / "2.png"), np.zeros((10, 10), np.uint8))
    with pytest.raises(DataError, match=r"2\.png and its labels differ in size"):
        data.read(2)
    cv2.imwrite(str(stripes / "trainannot" / "3.png"), np.zeros((64, 96, 3), np.uint8))
    with pytest.raises(DataError, match="labels are one 8-bit channel"):
        data.read(3)
    (stripes / "trainannot" / "0.png").unlink()
    with pytest.raises(DataError, match=r"1 of 6 pictures of .* have no labels, the first .*0\.png: expected .*0\.png"):
        open_dataset(str(stripes), "train")


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_crop_keeps_picture_and_labels_together(scale: float) -> None:
    labels = np.zeros((60, 90), np.uint8)
    labels[20:40, 30:60] = 1
    rgb = np.repeat((labels * 200)[:, :, None], 3, axis=2)
    options = Augmentation(64, 48, scale, scale, rotation_deg=10)
    for seed in range(20):
        picture, ids = augment(rgb, labels, options, 11, np.random.default_rng(seed))
        assert picture.shape == (48, 64, 3)
        assert ids.shape == (48, 64)
        inside = ids != 11
        agree = (picture[:, :, 0] > 100) == (ids == 1)
        assert agree[inside].mean() > 0.97
        assert not picture[ids == 11].any() or scale >= 1


def test_flip_happens_half_of_the_time() -> None:
    labels = np.zeros((64, 64), np.uint8)
    labels[:, :32] = 1
    rgb = np.zeros((64, 64, 3), np.uint8)
    options = Augmentation(64, 64, 1.0, 1.0)
    left = [augment(rgb, labels, options, 11, np.random.default_rng(seed))[1][32, 5] for seed in range(200)]
    assert 70 < sum(left) < 130


def test_photometric_changes_colours_and_no_labels() -> None:
    rng = np.random.default_rng(0)
    rgb = rng.integers(0, 255, (64, 64, 3), np.uint8)
    labels = rng.integers(0, 11, (64, 64), np.uint8)
    plain = augment(rgb, labels, Augmentation(64, 64, 1.0, 1.0), 11, np.random.default_rng(1))
    strong = augment(rgb, labels, Augmentation(64, 64, 1.0, 1.0, photometric=1.0), 11, np.random.default_rng(1))
    assert np.array_equal(plain[1], strong[1])
    assert np.abs(plain[0].astype(int) - strong[0]).mean() > 2


def test_draws_take_every_picture_once_before_any_again() -> None:
    keys = list(Draws([5], (), seed=3, start=0, count=20))
    for first in range(0, 20, 5):
        assert sorted(index for _, _, index in keys[first : first + 5]) == [0, 1, 2, 3, 4]
    assert [number for number, _, _ in keys] == list(range(20))


def test_draws_follow_the_shares_and_can_start_anywhere() -> None:
    whole = list(Draws([10, 10], (3, 1), seed=3, start=0, count=400))
    assert 260 < sum(which == 0 for _, which, _ in whole) < 340
    assert list(Draws([10, 10], (3, 1), seed=3, start=150, count=250)) == whole[150:]
    with pytest.raises(ValueError, match="expected 2 shares"):
        Draws([10, 10], (1.0,), seed=0, start=0, count=1)


@pytest.mark.parametrize("workers", [0, 1])
def test_samples_do_not_depend_on_workers(stripes: Path, workers: int) -> None:
    samples = Samples([camvid(stripes, "train")], Augmentation(64, 48, photometric=1.0), 11, seed=4)
    batches = list(sample_batches(samples, Draws([6], (), 4, 0, 4), 2, workers))
    alone = [samples[key] for key in Draws([6], (), 4, 0, 4)]
    assert len(batches) == 2
    assert batches[0][0].shape == (2, 3, 48, 64)
    assert torch.equal(torch.cat([pictures for pictures, _ in batches]), torch.stack([rgb for rgb, _ in alone]))
    assert torch.equal(torch.cat([labels for _, labels in batches]), torch.stack([ids for _, ids in alone]))
