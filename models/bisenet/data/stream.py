"""An endless, reproducible stream of training samples from one or several data sets.

Sample n of a run is the same whatever the number of workers and however often the run was stopped and resumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from bisenet.data.camvid import SegmentationFiles
from bisenet.data.transforms import Augmentation, augment

Key = tuple[int, int, int]
"""Sample number, data set, index in it."""


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
        rng = np.random.default_rng([self.seed, 1])
        waiting: list[list[int]] = [[] for _ in self.sizes]
        for number in range(self.start + self.count):
            which = int(rng.choice(len(self.sizes), p=self.shares))
            if not waiting[which]:
                waiting[which] = rng.permutation(self.sizes[which]).tolist()
            index = waiting[which].pop()
            if number >= self.start:
                yield number, which, index


class Samples(Dataset[tuple[Tensor, Tensor]]):
    """Augmented samples by key: picture (3, H, W) uint8 and labels (H, W) uint8."""

    def __init__(
        self, datasets: Sequence[SegmentationFiles], augmentation: Augmentation, ignore_id: int, seed: int
    ) -> None:
        self.datasets, self.augmentation, self.ignore_id, self.seed = datasets, augmentation, ignore_id, seed

    def __getitem__(self, key: Key) -> tuple[Tensor, Tensor]:
        number, which, index = key
        rgb, labels = self.datasets[which].read(index)
        rng = np.random.default_rng([self.seed, 2, number])
        rgb, labels = augment(rgb, labels, self.augmentation, self.ignore_id, rng)
        return torch.from_numpy(np.ascontiguousarray(rgb)).permute(2, 0, 1), torch.from_numpy(labels)


def _one_thread(worker: int) -> None:
    del worker
    import cv2

    cv2.setNumThreads(1)


def sample_batches(samples: Samples, draws: Draws, batch_size: int, workers: int) -> DataLoader[tuple[Tensor, Tensor]]:
    """Batches of pictures (B, 3, H, W) uint8 and labels (B, H, W) uint8."""
    return DataLoader(
        samples,
        batch_size,
        sampler=draws,
        num_workers=workers,
        drop_last=True,
        worker_init_fn=_one_thread,
        # Not fork: OpenCV's thread pool does not survive it, and the worker hangs in its first call.
        multiprocessing_context="spawn" if workers else None,
        pin_memory=torch.cuda.is_available(),
    )
