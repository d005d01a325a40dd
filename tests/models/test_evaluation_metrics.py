"""Figures from one confusion matrix, against what was counted by hand."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from bisenet.classes import ClassSet, load_classes
from bisenet.errors import ConfigError
from bisenet.evaluate import Evaluation, confusion_of
from bisenet.evaluation.boundary import BoundaryScores
from bisenet.evaluation.metrics import parse_only

CLASSES = ClassSet("three", ("a", "b", "c"), ((0, 0, 0), (1, 1, 1), (2, 2, 2)), ignore_id=255)
BY_HAND = np.array([[6, 2, 0], [1, 3, 0], [0, 0, 0]])
"""12 pixels: 8 of a, 4 of b; 7 called a, 5 called b."""


def test_counting_by_hand() -> None:
    truth = np.array([[0, 0, 0, 1], [1, 1, 255, 255]], np.uint8)
    predicted = np.array([[0, 0, 1, 1], [1, 0, 0, 1]], np.uint8)
    assert confusion_of(truth, predicted, 3).tolist() == [[2, 1, 0], [1, 2, 0], [0, 0, 0]]


def test_figures_by_hand() -> None:
    report = Evaluation(CLASSES, BY_HAND, 1)
    assert report.iou[:2].tolist() == [6 / 9, 3 / 6]
    assert report.recall[:2].tolist() == [6 / 8, 3 / 4]
    assert report.precision[:2].tolist() == [6 / 7, 3 / 5]
    assert all(math.isnan(values[2]) for values in (report.iou, report.recall, report.precision))
    assert report.miou == pytest.approx((6 / 9 + 3 / 6) / 2)
    assert report.pixel_accuracy == 9 / 12
    assert report.class_accuracy == 0.75
    assert report.frequency_weighted_iou == pytest.approx((8 * 6 / 9 + 4 * 3 / 6) / 12)
    assert report.boundary_f1 is None


def test_plain_values() -> None:
    plain = Evaluation(CLASSES, BY_HAND, 7).to_dict()
    assert plain == {
        "miou": 0.583333,
        "iou": {"a": 0.666667, "b": 0.5, "c": None},
        "pixel_accuracy": 0.75,
        "class_accuracy": 0.75,
        "frequency_weighted_iou": 0.611111,
        "recall": {"a": 0.75, "b": 0.75, "c": None},
        "precision": {"a": 0.857143, "b": 0.6, "c": None},
        "pictures": 7,
    }
    assert json.loads(json.dumps(plain)) == plain


def test_a_class_that_is_only_predicted_counts_as_zero() -> None:
    truth = np.zeros((2, 2), np.uint8)
    report = Evaluation(CLASSES, confusion_of(truth, np.full((2, 2), 2, np.uint8), 3), 1)
    assert report.iou[0] == 0
    assert report.iou[2] == 0
    # It does not occur, so it has no recall, and the mean of those is over `a` alone.
    assert math.isnan(report.recall[2])
    assert report.class_accuracy == 0


def test_nothing_valid_has_no_figure() -> None:
    report = Evaluation(CLASSES, np.zeros((3, 3), np.int64), 0, boundary=BoundaryScores(np.full(3, np.nan), 0.01))
    for name, value in report.means():
        assert math.isnan(value), name
    plain = report.to_dict()
    assert plain["miou"] is plain["frequency_weighted_iou"] is plain["boundary_f1"]["mean"] is None


def test_means_over_some_classes() -> None:
    # c is not labelled in this data set, but a good model calls it.
    confusion = np.array([[6, 0, 2], [1, 4, 0], [0, 0, 0]])
    everything = Evaluation(CLASSES, confusion, 1)
    some = Evaluation(CLASSES, confusion, 1, only=("a",))
    assert everything.miou == pytest.approx((6 / 9 + 4 / 5 + 0) / 3)
    assert some.iou.tolist() == everything.iou.tolist()
    assert some.miou == pytest.approx(6 / 9)
    assert some.class_accuracy == 6 / 8
    assert some.pixel_accuracy == 6 / 8
    assert some.frequency_weighted_iou == pytest.approx(6 / 9)
    assert some.to_dict()["only"] == ["a"]
    assert "only" not in everything.to_dict()


def test_only_is_read_from_names() -> None:
    assert parse_only("c, a", CLASSES) == ("a", "c")
    camvid = load_classes("camvid11")
    assert parse_only("building,car,pavement,road,sky,tree", camvid) == (
        "sky", "building", "road", "pavement", "tree", "car",
    )  # fmt: skip
    with pytest.raises(ConfigError, match="no class 'raod', did you mean 'road'"):
        parse_only("sky,raod", camvid)
    with pytest.raises(ConfigError, match="no class 'z'; they are a, b, c"):
        parse_only("z", CLASSES)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected a square of 3 classes, got \(2, 2\)"):
        Evaluation(CLASSES, np.zeros((2, 2), np.int64), 1)
    with pytest.raises(ValueError, match="three has no class d"):
        Evaluation(CLASSES, BY_HAND, 1, only=("a", "d"))


def test_sizes_must_agree() -> None:
    with pytest.raises(ValueError, match=r"labels are \(2, 2\), the prediction \(3, 3\)"):
        confusion_of(np.zeros((2, 2), np.uint8), np.zeros((3, 3), np.uint8), 3)


def test_an_id_that_is_no_class() -> None:
    truth = np.array([[0, 3, 200, 255]], np.uint8)
    # In the truth it is left out, whatever was called there; in the prediction it is somebody's bug.
    assert confusion_of(truth, np.array([[0, 9, 9, 9]], np.uint8), 3).sum() == 1
    with pytest.raises(ValueError, match="the prediction holds id 3, but there are 3 classes"):
        confusion_of(truth, np.array([[3, 0, 0, 0]], np.uint8), 3)


def test_171_classes() -> None:
    classes = load_classes("cocostuff171")
    ids = np.arange(171, dtype=np.uint8).reshape(9, 19)
    confusion = confusion_of(ids, ids[::-1], 171)
    assert confusion.sum() == 171
    assert np.trace(confusion) == 19  # the middle row
    assert confusion[0, 152] == 1
    report = Evaluation(classes, confusion, 1)
    assert report.miou == pytest.approx(19 / 171)
    assert len(report.table().splitlines()) == 171 + 4


def test_table_is_aligned_and_says_what_is_missing() -> None:
    boundary = BoundaryScores(np.array([0.25, 0.75, np.nan]), 0.0075)
    lines = Evaluation(CLASSES, BY_HAND, 1, ("a", "c"), boundary).table().splitlines()
    assert lines[0].split() == ["IoU", "bd", "F1"]
    assert [line.split() for line in lines[1:4]] == [
        ["a", "*", "0.6667", "0.2500"],
        ["b", "0.5000", "0.7500"],
        ["c", "*", "-", "-"],
    ]
    assert [line.rsplit(maxsplit=1) for line in lines[4:]] == [
        ["mIoU of 2 classes", "0.6667"],
        ["pixel accuracy", "0.7500"],
        ["class accuracy", "0.7500"],
        ["frequency-weighted IoU", "0.6667"],
        ["boundary F1", "0.2500"],
    ]
    assert len({len(line) for line in lines[:4]}) == 1
