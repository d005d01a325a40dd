"""An endless, reproducible stream of training samples from one or several data sets.

Sample n of a run is the same whatever the number of workers and however often the run was stopped and resumed, and
(up to rounding) whether it is made on the host, here, or on the device, in `device_stream`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from bisenet.data.augmentation import Augmentation
from bisenet.data.transforms import augment
from bisenet.errors import DataError

Key = tuple[int, int, int]
"""Sample number, data set, index in it."""

_BLOCK = 4096
"""Samples whose data sets are drawn at once."""


class Pictures(Protocol):
    """A data set: `SegmentationFiles`, or anything else that can be read by index."""

    def __len__(self) -> int: ...

    def read(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Picture (H, W, 3) uint8 RGB and labels (H, W) uint8. Raises DataError."""


class Compose(Protocol):
    """Makes one scene of a picture, before it is augmented: `people.PeopleScenes`. Sent to workers, so pickled."""

    def __call__(
        self, rgb: NDArray[np.uint8], labels: NDArray[np.uint8], rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]: ...


def augmentation_rng(seed: int, number: int) -> np.random.Generator:
    """What the changes of sample `number` are drawn from."""
    return np.random.default_rng([seed, 2, number])


class Draws(Sampler[Key]):
    """Which picture each sample is, from sample number `start` on, `count` of them.

    A data set is drawn with its share; within it every picture comes once before any comes again.
    """

    def __init__(self, sizes: Sequence[int], shares: Sequence[float], seed: int, start: int, count: int) -> None:
        self.sizes, self.seed, self.start, self.count = tuple(sizes), seed, start, count
        weights = np.asarray(shares or sizes, np.float64)
        if len(weights) != len(sizes) or weights.min() < 0 or weights.sum() <= 0:
            raise ValueError(f"expected {len(sizes)} shares, none negative, got {list(shares)}")
        self.shares = weights / weights.sum()

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Key]:
        # Counted in blocks up to the start: a run resumed near its end begins at once.
        rng = np.random.default_rng([self.seed, 1])
        bounds = np.cumsum(self.shares)[:-1]
        drawn = np.zeros(len(self.sizes), np.int64)
        orders: dict[int, NDArray[np.int64]] = {}
        for first in range(0, self.start + self.count, _BLOCK):
            block = np.searchsorted(bounds, rng.random(_BLOCK), side="right")
            skipped = min(max(self.start - first, 0), _BLOCK)
            drawn += np.bincount(block[:skipped], minlength=len(self.sizes))
            for number in range(first + skipped, min(first + _BLOCK, self.start + self.count)):
                which = int(block[number - first])
                epoch, position = divmod(int(drawn[which]), self.sizes[which])
                if position == 0 or which not in orders:
                    orders[which] = np.random.default_rng([self.seed, 3, which, epoch]).permutation(self.sizes[which])
                drawn[which] += 1
                yield number, which, int(orders[which][position])


class Samples(Dataset[tuple[Tensor, Tensor]]):
    """Augmented samples by key: picture (3, H, W) uint8 and labels (H, W) uint8."""

    def __init__(
        self,
        datasets: Sequence[Pictures],
        augmentation: Augmentation,
        ignore_id: int,
        seed: int,
        compose: Compose | None = None,
    ) -> None:
        self.datasets, self.augmentation, self.ignore_id, self.seed = datasets, augmentation, ignore_id, seed
        self.compose = compose

    def __getitem__(self, key: Key) -> tuple[Tensor, Tensor]:
        number, which, index = key
        rgb, labels = self.datasets[which].read(index)
        if self.compose:
            rgb, labels = self.compose(rgb, labels, np.random.default_rng([self.seed, 4, number]))
        rgb, labels = augment(rgb, labels, self.augmentation, self.ignore_id, augmentation_rng(self.seed, number))
        return torch.from_numpy(np.ascontiguousarray(rgb)).permute(2, 0, 1), torch.from_numpy(labels)


def _one_thread(worker: int) -> None:
    del worker
    import cv2

    cv2.setNumThreads(1)


def sample_batches(
    samples: Samples, keys: Sampler[Key], batch_size: int, workers: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of pictures (B, 3, H, W) uint8 and labels (B, H, W) uint8; a last one that is not full is left out.

    Closing the iterator ends the workers. Raises DataError naming the damaged file.
    """
    loader = DataLoader(
        samples,
        batch_size,
        sampler=keys,
        num_workers=workers,
        drop_last=True,
        worker_init_fn=_one_thread,
        # Not fork: OpenCV's thread pool does not survive it, and the worker hangs in its first call.
        multiprocessing_context="spawn" if workers else None,
        pin_memory=torch.cuda.is_available(),
    )
    try:
        yield from loader
    except DataError as error:
        if not workers:
            raise
        # A worker's error arrives as the text of its traceback, whose last line is the message.
        raise DataError(str(error).strip().splitlines()[-1].rpartition("DataError: ")[2]) from error
