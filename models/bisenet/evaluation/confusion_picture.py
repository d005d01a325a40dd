"""The confusion matrix as a picture: each row is a true class, its cells the share that was called each class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bisenet.evaluation.drawing import Rgb, draw_text, text_width
from bisenet.evaluation.metrics import Evaluation

_RIGHT = np.array((21, 101, 78), np.float64)
_WRONG = np.array((178, 34, 34), np.float64)
_NO_ROW = (225, 225, 225)
_LINE = (215, 215, 215)
_MARGIN = 12


def confusion_picture(evaluation: Evaluation, title: str = "") -> Rgb:
    """(H, W, 3) uint8. Percent per row, and beside the rows each class's share of all pixels, and its IoU.

    Right is green, wrong is red; a row without pixels is grey. From 31 classes on cells are smaller and hold whole
    percent. What rounds to 0 is left blank.
    """
    names, classes = evaluation.classes.names, len(evaluation.classes)
    many = classes > 30
    cell, letter = (26, 8) if many else (46, 10)
    widest = max(text_width(name, letter) for name in names)
    left, top = widest + 2 * _MARGIN, widest + 5 * _MARGIN
    extra = text_width("100.0 %", letter) + _MARGIN
    size = classes * cell
    # A title that is longer than a small matrix is wide widens the picture.
    width = max(left + size + 2 * extra + 2 * _MARGIN, text_width(title, 12) + 2 * _MARGIN)
    canvas = np.full((top + size + 3 * _MARGIN, width, 3), 255, np.uint8)
    draw_text(canvas, title, _MARGIN, 2 * _MARGIN, 12)
    draw_text(canvas, "true class in rows, called in columns, percent of the row", left, top + size + _MARGIN, letter)

    shares = _row_shares(evaluation.confusion)
    grid = canvas[top : top + size, left : left + size]
    grid[:] = _colors(shares).repeat(cell, axis=0).repeat(cell, axis=1)
    grid[::cell] = grid[:, ::cell] = _LINE
    canvas[top + size, left : left + size + 1] = canvas[top : top + size, left + size] = _LINE
    for row, column in np.argwhere(shares > (0.005 if many else 0.0005)):
        share = float(shares[row, column])
        ink = (255, 255, 255) if share > 0.55 else (32, 32, 32)
        text = f"{share * 100:.0f}" if many or share == 1 else f"{share * 100:.1f}"
        middle = (int(column) * cell + cell // 2, int(row) * cell + cell // 2)
        draw_text(grid, text, *middle, letter, align="middle", color=ink)

    _draw_names(canvas, names, left, top, cell, letter)
    _draw_figures(canvas, evaluation, left + size, top, cell, letter, extra)
    return canvas


def _row_shares(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """(classes, classes): rows sum to 1; nan in a row without pixels."""
    sums = np.broadcast_to(confusion.sum(1, keepdims=True), confusion.shape)
    shares: NDArray[np.float64] = np.divide(confusion, sums, out=np.full(confusion.shape, np.nan), where=sums > 0)
    return shares


def _colors(shares: NDArray[np.float64]) -> Rgb:
    """(classes, classes, 3): white for 0; a root, so that confusions of a few percent can be seen."""
    depth = np.sqrt(np.nan_to_num(shares))[:, :, None]
    full = np.where(np.eye(len(shares), dtype=bool)[:, :, None], _RIGHT, _WRONG)
    colors = (255 + (full - 255) * depth * 0.9).round().astype(np.uint8)
    colors[np.isnan(shares)] = _NO_ROW
    return colors


def _draw_names(canvas: Rgb, names: tuple[str, ...], left: int, top: int, cell: int, letter: int) -> None:
    # Upright names are written on a canvas that lies on its side.
    upright = np.full((len(names) * cell, top - 4 * _MARGIN, 3), 255, np.uint8)
    for place, name in enumerate(names):
        middle = place * cell + cell // 2
        draw_text(canvas, name, left - _MARGIN // 2, top + middle, letter, align="right")
        draw_text(upright, name, _MARGIN // 2, middle, letter)
    # Turned by 90 degrees anticlockwise, what was on the left is below, and what was above is on the left.
    canvas[4 * _MARGIN : top, left : left + len(upright)] = np.rot90(upright)


def _draw_figures(canvas: Rgb, evaluation: Evaluation, left: int, top: int, cell: int, letter: int, width: int) -> None:
    pixels = evaluation.confusion.sum(1)
    shares = pixels / max(int(pixels.sum()), 1)
    columns = {
        "share": [f"{share * 100:.1f} %" for share in shares],
        "IoU": ["-" if np.isnan(iou) else f"{iou * 100:.1f} %" for iou in evaluation.iou],
    }
    for place, (name, texts) in enumerate(columns.items(), start=1):
        edge = left + place * width
        draw_text(canvas, name, edge, top - _MARGIN, letter, align="right")
        for row, text in enumerate(texts):
            draw_text(canvas, text, edge, top + row * cell + cell // 2, letter, align="right")
