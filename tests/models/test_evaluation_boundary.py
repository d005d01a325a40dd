"""Boundary F1 of drawn shapes, against answers that can be counted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet.evaluation.boundary import BoundaryTally, boundary_f1

ONE_PIXEL = 1.5 / math.hypot(60, 80)
"""A tolerance that takes direct and diagonal neighbours, in a picture of 80x60."""


def square(left: int, top: int, side: int = 20, label: int = 1) -> NDArray[np.uint8]:
    labels = np.zeros((60, 80), np.uint8)
    labels[top : top + side, left : left + side] = label
    return labels


def test_the_same_square_is_perfect() -> None:
    scores = boundary_f1(square(20, 20), square(20, 20), 3, 0.001)
    assert scores[:2].tolist() == [1.0, 1.0]
    assert math.isnan(scores[2])


def test_a_shift_within_the_tolerance_costs_nothing() -> None:
    assert boundary_f1(square(20, 20), square(21, 20), 2, ONE_PIXEL).tolist() == [1.0, 1.0]


def test_a_shift_beyond_the_tolerance_is_counted() -> None:
    # The ring of a 20x20 square has 76 pixels. Of one that lies 5 further right, near are in the top line the 15
    # columns that both have, the one beside them, and the first pixel of the new left side below it; as many at the
    # bottom. The other way round it is the same.
    assert len(ring(20, 20)) == 76
    assert boundary_f1(square(20, 20), square(25, 20), 2, ONE_PIXEL)[1] == pytest.approx(34 / 76)


def test_the_tolerance_is_a_share_of_the_diagonal_and_not_reached_by_what_lies_on_it() -> None:
    # Diagonal 100; the squares are 3 apart, so that the nearest way between the sides is 3 pixels.
    apart = square(20, 20), square(23, 20)
    assert boundary_f1(*apart, 2, 0.0301)[1] == 1.0
    assert boundary_f1(*apart, 2, 0.03)[1] < 1.0


def test_far_apart_is_zero() -> None:
    assert boundary_f1(square(5, 5), square(50, 35), 2).tolist() == [0.0, 0.0]


def test_a_class_in_one_of_the_two_is_zero() -> None:
    nothing = np.zeros((60, 80), np.uint8)
    assert boundary_f1(square(20, 20), nothing, 3)[1] == 0
    assert boundary_f1(nothing, square(20, 20), 3)[1] == 0
    assert np.isnan(boundary_f1(nothing, nothing, 3)).all()


def test_the_picture_frame_is_no_boundary() -> None:
    truth = square(0, 0, 30)
    wider = square(0, 0, 30)
    wider[:30, 30:60] = 1
    # The true square has 30 + 29 boundary pixels inside the picture; its lower side, 30, is all that is found again
    # but for its right end, which the wider one has inside.
    recall = near(edge_of(truth), edge_of(wider))
    precision = near(edge_of(wider), edge_of(truth))
    assert len(edge_of(truth)) == 59
    assert boundary_f1(truth, wider, 2, ONE_PIXEL)[1] == pytest.approx(f1(precision, recall))


def test_where_nothing_is_labelled_nothing_is_scored() -> None:
    truth, predicted = square(20, 20), square(20, 20)
    predicted[20:40, 36:44] = 1  # wrong, but only in what is unlabelled
    truth[18:42, 34:46] = 255
    assert boundary_f1(truth, predicted, 2, ONE_PIXEL).tolist() == [1.0, 1.0]


def test_each_class_is_measured_by_itself() -> None:
    truth = np.maximum(square(10, 10, 20, 1), square(50, 10, 20, 170))
    predicted = np.maximum(square(10, 10, 20, 1), square(50, 38, 20, 170))
    scores = boundary_f1(truth, predicted, 171)
    assert scores[1] == 1.0
    assert scores[170] < 0.5
    assert np.isnan(scores[2:170]).all()


def test_a_classs_figure_is_the_mean_of_the_pictures_that_have_it() -> None:
    tally = BoundaryTally(3, 0.0075)
    tally.add(square(20, 20), square(20, 20))
    tally.add(square(5, 5), square(50, 35))
    tally.add(np.zeros((60, 80), np.uint8), np.zeros((60, 80), np.uint8))
    assert tally.scores().f1[:2].tolist() == [0.5, 0.5]
    assert math.isnan(tally.scores().f1[2])
    assert tally.scores().tolerance == 0.0075


def test_every_pixel_of_a_random_picture_by_brute_force() -> None:
    rng = np.random.default_rng(3)
    truth, predicted = (np.kron(rng.integers(0, 4, (6, 8)), np.ones((5, 5))).astype(np.uint8) for _ in range(2))
    truth[rng.random(truth.shape) < 0.02] = 255
    scores = boundary_f1(truth, predicted, 4, 2.5 / math.hypot(30, 40))
    for label in range(4):
        true_edge = edge_of(truth, label, truth)
        edge = edge_of(predicted, label, truth)
        assert scores[label] == pytest.approx(f1(near(edge, true_edge, 2.5), near(true_edge, edge, 2.5)))


def test_a_tolerance_must_be_a_share() -> None:
    with pytest.raises(ValueError, match="a share of the diagonal between 0 and 1, got 0"):
        BoundaryTally(3, 0)


def edge_of(labels: NDArray[np.uint8], label: int = 1, truth: NDArray[np.uint8] | None = None) -> list[tuple[int, int]]:
    """Pixels of the label with a neighbour of another, both of them labelled in the truth; one by one."""
    height, width = labels.shape
    known = np.ones(labels.shape, bool) if truth is None else truth != 255
    return [
        (y, x)
        for y, x in np.argwhere((labels == label) & known).tolist()
        if any(
            0 <= v < height and 0 <= u < width and known[v, u] and labels[v, u] != label
            for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1))
        )
    ]


def ring(left: int, top: int) -> list[tuple[int, int]]:
    return edge_of(square(left, top))


def near(line: list[tuple[int, int]], other: list[tuple[int, int]], reach: float = 1.5) -> float:
    return sum(any(math.dist(point, there) < reach for there in other) for point in line) / len(line)


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall)
