"""Boundary F1: how well the outlines agree (Csurka, Larlus and Perronnin, BMVC 2013, section 3).

Per picture and class: precision is the share of the predicted boundary's pixels that lie nearer than a tolerance to
the true boundary, recall the share of the true boundary's that lie nearer than it to the predicted one, and F1 their
harmonic mean. A class's figure is its mean over the pictures in which it has a boundary, true or predicted; with only
one of the two, F1 is 0. Where it has neither, the picture is left out for that class.

A boundary pixel belongs to the class and has one of its four neighbours in another class. The picture's frame is no
boundary. The paper does not treat pixels without a label. Here they are taken out of the prediction too, and what
borders on them is no boundary: where the true outline is unknown, neither side can be right or wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

TOLERANCE = 0.0075
"""Of the picture's diagonal: the paper's choice."""


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryScores:
    """Per class over a whole split."""

    f1: NDArray[np.float64]
    """(classes,) 0 to 1; nan where a class has no boundary in any picture."""
    tolerance: float
    """As a share of each picture's diagonal."""


class BoundaryTally:
    """Collects pictures into `BoundaryScores`. Raises ValueError unless the tolerance lies between 0 and 1."""

    def __init__(self, classes: int, tolerance: float) -> None:
        if not 0 < tolerance < 1:
            raise ValueError(f"the boundary tolerance is a share of the diagonal between 0 and 1, got {tolerance}")
        self._tolerance = tolerance
        self._sum = np.zeros(classes)
        self._pictures = np.zeros(classes, np.int64)

    def add(self, truth: NDArray[np.uint8], predicted: NDArray[np.uint8]) -> None:
        """Count one picture's (H, W) ids."""
        scores = boundary_f1(truth, predicted, len(self._sum), self._tolerance)
        known = ~np.isnan(scores)
        self._sum[known] += scores[known]
        self._pictures += known

    def scores(self) -> BoundaryScores:
        """Of the pictures so far."""
        mean = np.divide(self._sum, self._pictures, out=np.full(len(self._sum), np.nan), where=self._pictures > 0)
        return BoundaryScores(mean, self._tolerance)


def boundary_f1(
    truth: NDArray[np.uint8], predicted: NDArray[np.uint8], classes: int, tolerance: float = TOLERANCE
) -> NDArray[np.float64]:
    """(classes,) F1 of one picture, nan for a class without any boundary; ids are (H, W), those >= classes ignored."""
    reach = tolerance * math.hypot(*truth.shape)
    unknown = truth >= classes
    true_edge = _boundary(truth, unknown)
    edge = _boundary(predicted, unknown)
    # One class at a time, in the rectangle that its boundaries span: a distance transform of all of it costs most.
    scores = np.full(classes, np.nan)
    for label, span in _spans((truth, true_edge), (predicted, edge)):
        true_line = true_edge[span] & (truth[span] == label)
        line = edge[span] & (predicted[span] == label)
        precision, recall = _near(line, true_line, reach), _near(true_line, line, reach)
        scores[label] = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return scores


def _boundary(labels: NDArray[np.uint8], unknown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(H, W) known pixels with a known neighbour of another class."""
    edge = np.zeros(labels.shape, np.bool_)
    for one, other in (
        ((slice(None, -1), slice(None)), (slice(1, None), slice(None))),
        ((slice(None), slice(None, -1)), (slice(None), slice(1, None))),
    ):
        differ = (labels[one] != labels[other]) & ~unknown[one] & ~unknown[other]
        edge[one] |= differ
        edge[other] |= differ
    return edge


def _spans(*lines: tuple[NDArray[np.uint8], NDArray[np.bool_]]) -> Iterator[tuple[int, tuple[slice, slice]]]:
    """Each class that has a boundary in any of the (labels, boundary) pairs, and the rectangle of all it has."""
    ids = np.concatenate([labels[edge] for labels, edge in lines])
    rows, columns = np.concatenate([np.argwhere(edge) for _, edge in lines]).T
    for label in np.unique(ids):
        here = ids == label
        yield int(label), (_span(rows[here]), _span(columns[here]))


def _span(places: NDArray[np.int64]) -> slice:
    return slice(int(places.min()), int(places.max()) + 1)


def _near(line: NDArray[np.bool_], other: NDArray[np.bool_], reach: float) -> float:
    """Share of a line's pixels nearer than reach to another; 0 when either is empty."""
    if not line.any() or not other.any():
        return 0.0
    distance = cv2.distanceTransform((~other).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return float((distance[line] < reach).mean())
