"""The classes' patterns, laid over the mask: the same ones as in the class list, and of one size whatever the zoom."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PyQt6.QtGui import QBrush, QColor, QImage, QPainter

from bisenet_viewer.gui.common.hatching import hatch_tile, mark_color
from bisenet_viewer.gui.picture.qimage import argb_image, argb_pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bisenet_viewer.overlay import OverlayStyle

_BAND = 64
"""Rows that are done at once, near the processor."""


def paint_marks(painter: QPainter, labels: NDArray[np.uint8], style: OverlayStyle, unit: float) -> None:
    """Paint the marks of the visible classes over an area as large as the labels.

    Each pixel looks its colour up by its class and its place in the tile: one pass, however many classes there are.
    """
    import cv2
    import numpy as np

    table, first = _tiles(style, unit)
    side = table.shape[1]
    rows, columns = (np.arange(length, dtype=np.int32) % side for length in labels.shape)
    for top in range(0, labels.shape[0], _BAND):
        band = slice(top, top + _BAND)
        places = cv2.LUT(labels[band], first) + (rows[band, np.newaxis] * side + columns)
        painter.drawImage(0, top, argb_image(table.reshape(-1).take(places, mode="clip")))


@lru_cache(maxsize=4)
def _tiles(style: OverlayStyle, unit: float) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Tiles of one side, (count, side, side) premultiplied, the first one empty; and where each id's tile begins."""
    import numpy as np

    visible = sorted(style.visible)
    made = [hatch_tile(class_id, mark_color(QColor(*style.colors[class_id])).rgba()) for class_id in visible]
    side = max((round(tile.width() * unit) for tile in made), default=1)
    table = np.zeros((len(made) + 1, side, side), np.uint32)
    first = np.zeros(256, np.int32)
    for place, (class_id, tile) in enumerate(zip(visible, made, strict=True), 1):
        first[class_id] = place * side * side
        table[place] = argb_pixels(_filled(tile, side, unit))
    return table, first


def _filled(tile: QImage, side: int, unit: float) -> QImage:
    """A square filled with a tile of the size that it has on this screen."""
    filled = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    filled.fill(0)
    painter = QPainter(filled)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    times = max(1, round(side / (tile.width() * unit)))
    painter.scale(side / (tile.width() * times), side / (tile.height() * times))
    painter.fillRect(0, 0, tile.width() * times, tile.height() * times, QBrush(tile))
    painter.end()
    return filled
