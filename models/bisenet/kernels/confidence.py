"""The winner's softmax probability at every pixel of bilinearly interpolated logits.

Blocks of pixels between two rows of cells are worked on at a time. A class whose logits lie so far below another's at
all cells around a block that it cannot matter there is left out; inside objects hardly a class is left.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from bisenet.kernels.compiled import FLOAT32, INT64, NOTHING, UINT8, compiled, read, written

_BLOCK = 64
"""Pixels; a constant, so that the loops over them are vectorised without remainders. Four cells at 16 times."""
_LEFT_OUT = 0.001
"""The most that all classes left out may add to the sum of e^(logit - winner's): a quarter of a step of the result."""
_ZERO, _HALF, _ONE, _FULL = np.float32(0), np.float32(0.5), np.float32(1), np.float32(255)
_SIXTH, _SIXTEENTH, _TWENTY_FOURTH = np.float32(1 / 6), np.float32(1 / 16), np.float32(1 / 24)


@compiled(INT64, read(FLOAT32, 3), INT64, INT64, INT64, INT64, INT64, written(INT64, 1))
def _find_relevant(
    logits: NDArray[np.float32], upper: int, lower: int, first: int, last: int, winner: int, relevant: NDArray[np.int64]
) -> int:
    """Write the classes that matter between rows upper and lower, columns first to last, to relevant (C,); count them.

    winner: a class to measure the others by, best one that wins there.
    """
    count = 0
    allowance = _LEFT_OUT
    for c in range(logits.shape[0]):
        nearest = logits[c, upper, first] - logits[winner, upper, first]
        for i in range(first, last + 1):
            nearest = max(nearest, logits[c, upper, i] - logits[winner, upper, i])
            nearest = max(nearest, logits[c, lower, i] - logits[winner, lower, i])
        at_most = math.exp(min(nearest, _ONE))
        if at_most <= allowance:
            allowance -= at_most
        else:
            relevant[count] = c
            count += 1
    return count


@compiled(
    NOTHING, read(FLOAT32, 2), read(FLOAT32, 2), INT64, FLOAT32, written(FLOAT32, 2), written(FLOAT32, 1),
    written(FLOAT32, 1), written(UINT8, 1), fused=True,
)  # fmt: skip
def _write_row(
    upper: NDArray[np.float32],
    lower: NDArray[np.float32],
    count: int,
    share: np.float32,
    values: NDArray[np.float32],
    highest: NDArray[np.float32],
    total: NDArray[np.float32],
    pixels: NDArray[np.uint8],
) -> None:
    """One row of a block. upper, lower (C, _BLOCK): the first `count` are the logits / 16 of the classes that matter.

    values (C, _BLOCK), highest, total (_BLOCK,): room to work in. pixels: the result, at most _BLOCK.
    """
    for x in range(_BLOCK):
        values[0, x] = upper[0, x] + share * (lower[0, x] - upper[0, x])
        highest[x] = values[0, x]
        total[x] = _ZERO
    for k in range(1, count):
        for x in range(_BLOCK):
            value = upper[k, x] + share * (lower[k, x] - upper[k, x])
            values[k, x] = value
            # Without the sum this would become a masked store, which some processors are very slow at.
            highest[x] = max(value, highest[x]) + _ZERO
    for k in range(count):
        for x in range(_BLOCK):
            # e^z as the 16th power of the exponential series in z / 16, for z from -16 to 0: off by at most 4e-6.
            z = values[k, x] - highest[x]
            z = z if z > -_ONE else -_ONE
            power = _ONE + z * (_ONE + z * (_HALF + z * (_SIXTH + z * _TWENTY_FOURTH)))
            power *= power
            power *= power
            power *= power
            power *= power
            total[x] += power
    for x in range(pixels.size):
        pixels[x] = np.uint8(_FULL / total[x] + _HALF)


@compiled(
    NOTHING, read(FLOAT32, 3), read(INT64, 1), read(FLOAT32, 1), read(INT64, 1), read(FLOAT32, 1), written(UINT8, 2)
)
def write_confidence(
    logits: NDArray[np.float32],
    row_first: NDArray[np.int64],
    row_share: NDArray[np.float32],
    column_cell: NDArray[np.int64],
    column_share: NDArray[np.float32],
    confidence: NDArray[np.uint8],
) -> None:
    """(C, h, w) logits -> confidence (H, W), 255 is certain; first, cell and share of the axes: see `Sampling`."""
    classes, height, width = logits.shape
    columns = confidence.shape[1]
    relevant = np.empty(classes, np.int64)
    upper = np.empty((classes, _BLOCK), np.float32)
    lower = np.empty((classes, _BLOCK), np.float32)
    values = np.empty((classes, _BLOCK), np.float32)
    highest = np.empty(_BLOCK, np.float32)
    total = np.empty(_BLOCK, np.float32)
    for j in range(height):
        below = min(j + 1, height - 1)
        if row_first[j] == row_first[j + 1]:
            continue
        for begin in range(0, columns, _BLOCK):
            end = min(columns, begin + _BLOCK)
            first, last = column_cell[begin], min(column_cell[end - 1] + 1, width - 1)
            winner = 0
            for c in range(1, classes):
                if logits[c, j, first] > logits[winner, j, first]:
                    winner = c
            count = _find_relevant(logits, j, below, first, last, winner, relevant)
            for k in range(count):
                on, under = logits[relevant[k], j], logits[relevant[k], below]
                for x in range(_BLOCK):
                    pixel = min(begin + x, columns - 1)
                    left, share = column_cell[pixel], column_share[pixel]
                    right = min(left + 1, width - 1)
                    upper[k, x] = (on[left] + share * (on[right] - on[left])) * _SIXTEENTH
                    lower[k, x] = (under[left] + share * (under[right] - under[left])) * _SIXTEENTH
            for y in range(row_first[j], row_first[j + 1]):
                _write_row(upper, lower, count, row_share[y], values, highest, total, confidence[y, begin:end])
