"""The winning class of every pixel of interpolated logits, exactly, without interpolating the pixels.

Along a line between two neighbouring cells each class's logit is a straight line. If one class wins at both ends it
wins everywhere between. If not, the winners between are the upper envelope of a few lines: what is computed is where it
turns from one class to the next. Bilinear interpolation is this twice: down the columns of cells, which gives the
winners at the height of each row of pixels, then along the rows. The work grows with the borders between the classes,
not with the pixels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bisenet.kernels.compiled import FLOAT32, INT64, NOTHING, UINT8, compiled, read, written

_ZERO, _ONE = np.float32(0), np.float32(1)


@compiled(INT64, read(FLOAT32, 1), read(FLOAT32, 1), FLOAT32)
def _winner(left: NDArray[np.float32], right: NDArray[np.float32], share: np.float32) -> int:
    """The lowest of the classes whose line is highest at `share` of the way from left to right, both (C,)."""
    winner = 0
    highest = left[0] + share * (right[0] - left[0])
    for c in range(1, left.size):
        value = left[c] + share * (right[c] - left[c])
        if value > highest:
            highest = value
            winner = c
    return winner


@compiled(
    NOTHING, read(FLOAT32, 2), read(UINT8, 1, strided=True), read(INT64, 1), read(FLOAT32, 1), written(INT64, 1),
    written(UINT8, 1),
)  # fmt: skip
def _paint_line(
    points: NDArray[np.float32],
    winners: NDArray[np.uint8],
    first: NDArray[np.int64],
    share: NDArray[np.float32],
    waiting: NDArray[np.int64],
    pixels: NDArray[np.uint8],
) -> None:
    """Write the winner of every pixel on a line of cells with logits points (n, C), whose own winners (n,) are known.

    first (n + 1,), share: see `Sampling`. waiting (C + 1,): room to work in. pixels: the result.
    """
    painted = 0
    current = np.int64(winners[0])
    for i in range(winners.size - 1):
        if winners[i] == winners[i + 1]:
            continue
        left, right = points[i], points[i + 1]
        begin, end = first[i], first[i + 1]
        # From the current winner to the one at the right end, by way of those found to rise above both between.
        waiting[0] = winners[i + 1]
        depth = 1
        while depth > 0:
            target = waiting[depth - 1]
            slope = right[current] - left[current]
            target_slope = right[target] - left[target]
            behind = left[current] - left[target]
            # Where the two cross. Written so that also infinities end up between 0 and 1.
            turn = _ZERO
            if behind > _ZERO:
                turn = behind / (target_slope - slope) if target_slope - slope > behind else _ONE
            level = max(left[current] + turn * slope, left[target] + turn * target_slope)
            above = 0
            for c in range(left.size):  # apart from the next loop, for this one is vectorised, and mostly finds none
                above += left[c] + turn * (right[c] - left[c]) > level
            if above > 0:
                between = -1
                for c in range(left.size):
                    value = left[c] + turn * (right[c] - left[c])
                    # What wins between two others has a slope between theirs; this also makes the search end.
                    if value > level and slope < right[c] - left[c] and right[c] - left[c] < target_slope:
                        level = value
                        between = c
                if between >= 0:
                    waiting[depth] = between
                    depth += 1
                    continue
            # The first pixel past the turn: a guess, then the shares themselves, whatever the rounding.
            x = begin + int(turn * np.float32(end - begin))
            while x < end and share[x] <= turn:
                x += 1
            while x > begin and share[x - 1] > turn:
                x -= 1
            if x > painted:
                run = pixels[painted:x]  # of known bounds, which makes this a memset
                for k in range(run.size):
                    run[k] = current
                painted = x
            if x > begin and share[x - 1] == turn:
                pixels[x - 1] = _winner(left, right, turn)
            current = target
            depth -= 1
    run = pixels[painted:]
    for k in range(run.size):
        run[k] = current


@compiled(
    NOTHING, read(FLOAT32, 3, strided=True), read(INT64, 1), read(FLOAT32, 1), read(INT64, 1), read(FLOAT32, 1),
    written(UINT8, 2),
)  # fmt: skip
def write_argmax(
    logits: NDArray[np.float32],
    row_first: NDArray[np.int64],
    row_share: NDArray[np.float32],
    column_first: NDArray[np.int64],
    column_share: NDArray[np.float32],
    labels: NDArray[np.uint8],
) -> None:
    """(C, h, w) logits -> labels (H, W); first and share of both axes: see `Sampling`."""
    classes, height, width = logits.shape
    cells = np.empty((height, width, classes), np.float32)
    winners = np.empty((height, width), np.uint8)
    for j in range(height):
        for c in range(classes):
            for i in range(width):
                cells[j, i, c] = logits[c, j, i]
        for i in range(width):
            winners[j, i] = _winner(cells[j, i], cells[j, i], _ZERO)

    waiting = np.empty(classes + 1, np.int64)
    on_columns = np.empty((width, labels.shape[0]), np.uint8)
    column = np.empty((height, classes), np.float32)
    for i in range(width):
        for j in range(height):
            for c in range(classes):
                column[j, c] = cells[j, i, c]
        _paint_line(column, winners[:, i], row_first, row_share, waiting, on_columns[i])

    row = np.empty((width, classes), np.float32)
    values = row.reshape(-1)
    for j in range(height):
        upper = cells[j].reshape(-1)
        lower = cells[min(j + 1, height - 1)].reshape(-1)
        for y in range(row_first[j], row_first[j + 1]):
            for k in range(values.size):
                values[k] = upper[k] + row_share[y] * (lower[k] - upper[k])
            _paint_line(row, on_columns[:, y], column_first, column_share, waiting, labels[y])
