"""`Evaluation`: the figures of a model on a data set, all from one confusion matrix over the whole split."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet.errors import ConfigError
from bisenet.evaluation.boundary import BoundaryScores

Figures = NDArray[np.float64]
"""One figure per class; nan where there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What was counted: confusion[i, j] pixels of true class i that were called j."""

    classes: ClassSet
    confusion: NDArray[np.int64]
    pictures: int
    only: tuple[str, ...] = ()
    """Classes that the means are over; empty: all. For data sets in which only some are labelled."""
    boundary: BoundaryScores | None = None
    """Boundary F1, where it was measured."""

    def __post_init__(self) -> None:
        if self.confusion.shape != (len(self.classes),) * 2:
            raise ValueError(f"expected a square of {len(self.classes)} classes, got {self.confusion.shape}")
        unknown = [name for name in self.only if name not in self.classes.names]
        if unknown:
            raise ValueError(f"{self.classes.name} has no class {', '.join(unknown)}")

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """(classes,) which ones the means are over."""
        return np.array([not self.only or name in self.only for name in self.classes.names])

    @property
    def iou(self) -> Figures:
        """Intersection over union per class; nan for a class that neither occurs nor is predicted."""
        return _ratio(self._hits, self.confusion.sum(0) + self.confusion.sum(1) - self._hits)

    @property
    def recall(self) -> Figures:
        """Share of each class's pixels that were found; nan for a class that does not occur."""
        return _ratio(self._hits, self.confusion.sum(1))

    @property
    def precision(self) -> Figures:
        """Share of the pixels called so that are; nan for a class that is never predicted."""
        return _ratio(self._hits, self.confusion.sum(0))

    @property
    def miou(self) -> float:
        """Mean over the classes that have an IoU; nan when none has."""
        return _mean(self.iou[self.chosen])

    @property
    def class_accuracy(self) -> float:
        """Mean recall over the classes that occur ("mean accuracy", mAcc); nan when none does."""
        return _mean(self.recall[self.chosen])

    @property
    def pixel_accuracy(self) -> float:
        """Share of the valid pixels (with `only`: of those truly of its classes) that are right; nan without any."""
        return _share(self._hits[self.chosen].sum(), self.confusion[self.chosen].sum())

    @property
    def frequency_weighted_iou(self) -> float:
        """Mean of the IoU, each class weighted by its share of the true pixels; nan when there are none."""
        pixels = self.confusion.sum(1) * self.chosen
        return _share(np.nansum(self.iou * pixels), pixels.sum())

    @property
    def boundary_f1(self) -> float | None:
        """Mean over the classes that have a boundary F1 (nan when none has); None where it was not measured."""
        return _mean(self.boundary.f1[self.chosen]) if self.boundary else None

    @property
    def _hits(self) -> NDArray[np.int64]:
        return np.diagonal(self.confusion)

    def to_dict(self) -> dict[str, Any]:
        """Means, then figures by class name, as plain values; null where there is no figure.

        `only` is in it where the means are over some classes, `boundary_f1` where it was measured.
        """
        plain: dict[str, Any] = {
            "miou": _number(self.miou),
            "iou": self._by_name(self.iou),
            "pixel_accuracy": _number(self.pixel_accuracy),
            "class_accuracy": _number(self.class_accuracy),
            "frequency_weighted_iou": _number(self.frequency_weighted_iou),
            "recall": self._by_name(self.recall),
            "precision": self._by_name(self.precision),
            "pictures": self.pictures,
        }
        if self.boundary and self.boundary_f1 is not None:
            plain["boundary_f1"] = {
                "mean": _number(self.boundary_f1),
                "tolerance": self.boundary.tolerance,
                "classes": self._by_name(self.boundary.f1),
            }
        return plain | ({"only": list(self.only)} if self.only else {})

    def means(self) -> list[tuple[str, float]]:
        """What the means are called, and the means."""
        rows = [
            ("mIoU" + (f" of {int(self.chosen.sum())} classes" if self.only else ""), self.miou),
            ("pixel accuracy", self.pixel_accuracy),
            ("class accuracy", self.class_accuracy),
            ("frequency-weighted IoU", self.frequency_weighted_iou),
        ]
        return [*rows, ("boundary F1", self.boundary_f1)] if self.boundary_f1 is not None else rows

    def table(self) -> str:
        """One line a class with its IoU (and boundary F1 where measured), then the means. A * marks those of `only`."""
        marked = [f"{name} *" if self.only and name in self.only else name for name in self.classes.names]
        wide = max(len(text) for text in (*marked, *(name for name, _ in self.means())))
        columns = [self.iou] + ([self.boundary.f1] if self.boundary else [])
        rows = [
            name.ljust(wide) + "".join(figure(value).rjust(8) for value in values)
            for name, *values in zip(marked, *columns, strict=True)
        ]
        if self.boundary:
            rows.insert(0, " " * wide + "     IoU   bd F1")
        return "\n".join([*rows, *(name.ljust(wide) + figure(value).rjust(8) for name, value in self.means())])

    def _by_name(self, values: Figures) -> dict[str, float | None]:
        return {name: _number(value) for name, value in zip(self.classes.names, values, strict=True)}


def confusion_of(truth: NDArray[np.uint8], predicted: NDArray[np.uint8], classes: int) -> NDArray[np.int64]:
    """(classes, classes) counts; pixels whose true id is no class are left out.

    Raises ValueError on unequal sizes, and when a counted pixel's predicted id is no class.
    """
    if truth.shape != predicted.shape:
        raise ValueError(f"labels are {truth.shape}, the prediction {predicted.shape}")
    valid = truth < classes
    called = predicted[valid]
    if called.size and int(called.max()) >= classes:
        raise ValueError(f"the prediction holds id {int(called.max())}, but there are {classes} classes")
    pairs = truth[valid].astype(np.int64) * classes + called
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def parse_only(text: str, classes: ClassSet) -> tuple[str, ...]:
    """`road, car` -> class names, in the class list's order. Raises ConfigError for one that is not in it."""
    wanted = [name.strip() for name in text.split(",")]
    for name in wanted:
        if name not in classes.names:
            near = difflib.get_close_matches(name, classes.names, 1)
            hint = f", did you mean {near[0]!r}?" if near else f"; they are {', '.join(classes.names)}"
            raise ConfigError(f"--only: {classes.name} has no class {name!r}{hint}")
    return tuple(name for name in classes.names if name in wanted)


def figure(value: float) -> str:
    """Four digits, or a dash where there is no figure."""
    return "-" if np.isnan(value) else f"{value:.4f}"


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> Figures:
    ratio: Figures = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return ratio


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else float("nan")


def _mean(values: Figures) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)
