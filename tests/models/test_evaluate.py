"""mIoU from one confusion matrix, against figures counted by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from bisenet.classes import ClassSet
from bisenet.data.camvid import camvid
from bisenet.evaluate import Evaluation, confusion_of, evaluate

CLASSES = ClassSet("three", ("a", "b", "c"), ((0, 0, 0), (1, 1, 1), (2, 2, 2)), ignore_id=255)


def test_figures_by_hand() -> None:
    truth = np.array([[0, 0, 0, 1], [1, 1, 255, 255]], np.uint8)
    predicted = np.array([[0, 0, 1, 1], [1, 0, 0, 1]], np.uint8)
    report = Evaluation(CLASSES, confusion_of(truth, predicted, 3), 1)
    assert report.confusion.tolist() == [[2, 1, 0], [1, 2, 0], [0, 0, 0]]
    assert report.iou[:2].tolist() == [0.5, 0.5]
    assert math.isnan(report.iou[2])
    assert report.miou == 0.5
    assert report.pixel_accuracy == pytest.approx(4 / 6)
    assert report.to_dict() == {
        "miou": 0.5,
        "iou": {"a": 0.5, "b": 0.5, "c": None},
        "pixel_accuracy": pytest.approx(4 / 6, abs=1e-6),
        "pictures": 1,
    }


def test_a_class_that_is_only_predicted_counts_as_zero() -> None:
    truth = np.zeros((2, 2), np.uint8)
    report = Evaluation(CLASSES, confusion_of(truth, np.full((2, 2), 2, np.uint8), 3), 1)
    assert report.iou[0] == 0
    assert report.iou[2] == 0


def test_nothing_valid_has_no_figure() -> None:
    report = Evaluation(CLASSES, np.zeros((3, 3), np.int64), 0)
    assert math.isnan(report.miou)
    assert report.to_dict()["miou"] is None


def test_sizes_must_agree() -> None:
    with pytest.raises(ValueError, match=r"labels are \(2, 2\), the prediction \(3, 3\)"):
        confusion_of(np.zeros((2, 2), np.uint8), np.zeros((3, 3), np.uint8), 3)


def test_the_whole_split_is_one_matrix(stripes: Path) -> None:
    seen: list[int] = []

    def progress(numbers: Iterable[int]) -> Iterable[int]:
        for number in numbers:
            seen.append(number)
            yield number

    def threshold(rgb: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        return (rgb.mean(axis=2) > 128).astype(np.uint8)

    report = evaluate(threshold, ClassSet("two", ("a", "b"), ((0, 0, 0),) * 2), camvid(stripes, "val"), progress)
    assert seen == [0, 1]
    assert report.miou == 1.0
    assert report.confusion.sum() == 2 * 60 * 96
