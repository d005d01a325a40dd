"""The reproducible stream of samples: which ones are drawn, and that workers and composing do not change them."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bisenet.data import open_dataset
from bisenet.data.augmentation import Augmentation
from bisenet.data.stream import Draws, Samples, sample_batches
from bisenet.errors import DataError


def test_draws_can_start_anywhere() -> None:
    # Past a block's end, with epochs that end in the middle of it.
    whole = list(Draws([7, 300, 2], (), seed=3, start=0, count=10000))
    for start in (0, 1, 4095, 4096, 4097, 9990):
        assert list(Draws([7, 300, 2], (), seed=3, start=start, count=10)) == whole[start : start + 10]


def test_each_data_set_is_drawn_whole_before_again_and_in_another_order() -> None:
    keys = list(Draws([40, 9], (1, 1), seed=0, start=0, count=200))
    first = [index for _, which, index in keys if which == 0]
    assert sorted(first[:40]) == sorted(first[40:80]) == list(range(40))
    assert first[:40] != first[40:80]
    assert list(Draws([40, 9], (1, 1), seed=1, start=0, count=200)) != keys


def test_a_share_of_zero_is_never_drawn() -> None:
    assert {which for _, which, _ in Draws([5, 5, 5], (1, 0, 2), seed=0, start=0, count=300)} == {0, 2}


def test_processes_together_have_the_batches_of_one(stripes: Path) -> None:
    samples = Samples([open_dataset(str(stripes), "train")], Augmentation(64, 48, photometric=1.0), 11, seed=4)
    draws = Draws([6], (), 4, 0, 8)
    alone = [pictures for pictures, _ in sample_batches(samples, draws, 4, 0)]

    class Every(Draws):
        rank = 0

        def __iter__(self):  # type: ignore[no-untyped-def]
            return islice(super().__iter__(), self.rank, None, 2)

    ranks = []
    for rank in (0, 1):
        keys = Every([6], (), 4, 0, 8)
        keys.rank = rank
        ranks.append([pictures for pictures, _ in sample_batches(samples, keys, 2, 0)])
    for whole, left, right in zip(alone, *ranks, strict=True):
        assert torch.equal(whole[0::2], left)
        assert torch.equal(whole[1::2], right)


class Brighter:
    """Composes by adding a drawn amount."""

    def __call__(
        self, rgb: NDArray[np.uint8], labels: NDArray[np.uint8], rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        return np.full_like(rgb, rng.integers(1, 255)), labels


def test_composing_is_reproducible_and_leaves_the_crop_as_it_was(stripes: Path) -> None:
    data, options = [open_dataset(str(stripes), "train")], Augmentation(64, 48)
    plain, composed = (Samples(data, options, 11, 4, compose) for compose in (None, Brighter()))
    levels = []
    for key in Draws([6], (), 4, 0, 6):
        assert torch.equal(composed[key][0], composed[key][0])
        assert torch.equal(composed[key][1], plain[key][1])
        levels.append(int(composed[key][0].max()))
    assert len(set(levels)) > 3


@pytest.mark.parametrize("workers", [0, 1])
def test_a_damaged_file_is_one_line(stripes: Path, workers: int) -> None:
    for path in (stripes / "train").iterdir():
        path.write_bytes(b"no picture")
    samples = Samples([open_dataset(str(stripes), "train")], Augmentation(64, 48), 11, seed=4)
    with pytest.raises(DataError) as caught:
        next(sample_batches(samples, Draws([6], (), 4, 0, 4), 2, workers))
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(stripes / "train"))
