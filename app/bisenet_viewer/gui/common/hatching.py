"""Patterns that tell classes apart where colours do not: in the picture and in the class list, the same ones."""

from __future__ import annotations

from functools import lru_cache

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QImage, QPainter, QPen

from bisenet_viewer.gui.common.icon_path import path_of

TILE = 12
"""Pixels of a pattern's sides; it goes on without a seam."""
PLAIN_COUNT = 12
"""So many classes have a pattern of their own; those after them have two at once, then larger ones."""

_PEN = 1.5
_LINES = (
    "M-2 14 L14 -2",
    "M0 3 H12 M0 9 H12",
    "M3 0 V12 M9 0 V12",
    "M-2 -2 L14 14",
    "",
    "M0 6 H12 M6 0 V12",
    "M-2 14 L14 -2 M-2 -2 L14 14",
    "M0 4 L6 0 L12 4 M0 10 L6 6 L12 10",
    "",
    "O6 6 3.6",
    "M0 0.5 H12 M0 6.5 H12 M3 0.5 V6.5 M9 6.5 V12.5",
    "M6 0 V7 M0 6 V13",
)
_FILLS = {4: "O3 3 1.7 O9 9 1.7", 8: "R0 0 6 6 0 R6 6 6 6 0"}
_ALIKE = ((0, 3), (0, 6), (3, 6), (3, 8), (4, 8), (6, 8))
"""Pairs that look like another pair, or like one pattern: the one hides the other or completes it."""
_PAIRS = tuple(
    pair
    for step in range(1, PLAIN_COUNT)
    for first in range(PLAIN_COUNT - step)
    if (pair := (first, first + step)) not in _ALIKE
)


def hatch_brush(class_id: int, color: QColor) -> QBrush:
    """The class's pattern in this colour, on nothing: what is painted already shows between its marks.

    Over an area in the class's colour, `mark_color` of that colour is what can be seen.
    """
    return QBrush(hatch_tile(class_id, color.rgba()))


def mark_color(color: QColor) -> QColor:
    """Black or white, half transparent: whichever stands out from a colour."""
    luma = 0.299 * color.red() + 0.587 * color.green() + 0.114 * color.blue()
    return QColor(0, 0, 0, 150) if luma > 110 else QColor(255, 255, 255, 165)


@lru_cache(maxsize=600)
def hatch_tile(class_id: int, rgba: int) -> QImage:
    """One tile of the pattern, TILE pixels wide and high, or twice that; rgba: as `QColor.rgba` gives it.

    Raises ValueError for a class id that no label image can have.
    """
    if not 0 <= class_id <= 255:
        raise ValueError(f"expected a class id from 0 to 255, got {class_id}")
    scale = 1 + class_id // (PLAIN_COUNT + len(_PAIRS))
    made = QImage(TILE * scale, TILE * scale, QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    _paint(painter, patterns(class_id), QColor.fromRgba(rgba))
    painter.end()
    return made


def patterns(class_id: int) -> tuple[int, ...]:
    """Which one, or which two, of the plain patterns a class has."""
    place = class_id % (PLAIN_COUNT + len(_PAIRS))
    return (place,) if place < PLAIN_COUNT else _PAIRS[place - PLAIN_COUNT]


def _paint(painter: QPainter, wanted: tuple[int, ...], color: QColor) -> None:
    pen = QPen(QColor("black"), _PEN)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    for pattern in wanted:
        line, fill = path_of(_LINES[pattern]), path_of(_FILLS.get(pattern, ""))
        # What reaches over an edge comes in again at the other.
        for x in (-TILE, 0, TILE):
            for y in (-TILE, 0, TILE):
                painter.strokePath(line.translated(QPointF(x, y)), pen)
                painter.fillPath(fill.translated(QPointF(x, y)), pen.color())
    # The colour at the end, at once: where marks cross, a transparent one is not laid on twice.
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(QRectF(0, 0, TILE, TILE), color)
