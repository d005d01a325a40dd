"""mIoU and pixel accuracy of a model on a data set, from one confusion matrix over the whole split."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet.data.camvid import SegmentationFiles

Segment = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
"""(H, W, 3) uint8 RGB -> (H, W) uint8 class ids."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was counted: confusion[i, j] pixels of true class i that were called j."""

    classes: ClassSet
    confusion: NDArray[np.int64]
    pictures: int

    @property
    def iou(self) -> NDArray[np.float64]:
        """Intersection over union per class; nan for a class that neither occurs nor is predicted."""
        hits = np.diag(self.confusion).astype(np.float64)
        union = self.confusion.sum(0) + self.confusion.sum(1) - hits
        iou: NDArray[np.float64] = np.divide(hits, union, out=np.full(len(hits), np.nan), where=union > 0)
        return iou

    @property
    def miou(self) -> float:
        """Mean over the classes that have an IoU; nan when none has."""
        known = self.iou[~np.isnan(self.iou)]
        return float(known.mean()) if known.size else float("nan")

    @property
    def pixel_accuracy(self) -> float:
        """Share of the valid pixels that are right; nan when there are none."""
        total = int(self.confusion.sum())
        return float(np.trace(self.confusion)) / total if total else float("nan")

    def to_dict(self) -> dict[str, Any]:
        """`miou`, `iou` by class name, `pixel_accuracy`, `pictures`; null where there is no figure."""
        return {
            "miou": _number(self.miou),
            "iou": {name: _number(value) for name, value in zip(self.classes.names, self.iou, strict=True)},
            "pixel_accuracy": _number(self.pixel_accuracy),
            "pictures": self.pictures,
        }

    def table(self) -> str:
        """One line a class, then the means."""
        rows = [
            f"{name:<16}{'-' if np.isnan(value) else format(value, '.4f'):>8}"
            for name, value in zip(self.classes.names, self.iou, strict=True)
        ]
        rows += [f"{'mIoU':<16}{self.miou:>8.4f}", f"{'pixel accuracy':<16}{self.pixel_accuracy:>8.4f}"]
        return "\n".join(rows)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)


def confusion_of(truth: NDArray[np.uint8], predicted: NDArray[np.uint8], classes: int) -> NDArray[np.int64]:
    """(classes, classes) counts; pixels whose true id is no class are left out. Raises ValueError on unequal sizes."""
    if truth.shape != predicted.shape:
        raise ValueError(f"labels are {truth.shape}, the prediction {predicted.shape}")
    valid = truth < classes
    pairs = truth[valid].astype(np.int64) * classes + np.minimum(predicted[valid], classes - 1)
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def evaluate(
    segment: Segment, classes: ClassSet, data: SegmentationFiles, progress: Callable[[Iterable[int]], Iterable[int]]
) -> Evaluation:
    """Segment every picture whole and count against its labels, at the labels' own size.

    progress wraps the picture numbers, as `tqdm.tqdm` does. Raises DataError for a damaged file.
    """
    confusion = np.zeros((len(classes), len(classes)), np.int64)
    for index in progress(range(len(data))):
        rgb, labels = data.read(index)
        confusion += confusion_of(labels, segment(rgb), len(classes))
    return Evaluation(classes, confusion, len(data))
