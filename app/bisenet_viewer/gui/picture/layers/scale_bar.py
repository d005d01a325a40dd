"""What the colours of the confidence mean: a small bar in the corner."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QLinearGradient, QPainter

from bisenet_viewer.gui.picture.geometry import Box
from bisenet_viewer.gui.picture.layers.heat import heat_colors
from bisenet_viewer.gui.picture.layers.plate import lay_ground, write
from bisenet_viewer.gui.texts import picture as texts

_WIDTH, _HEIGHT, _BAR = 188.0, 40.0, 8.0
_INSET, _MARGIN = 10.0, 12.0


def paint_scale_bar(painter: QPainter, spot: Box, unit: float) -> None:
    """In the lower right corner of a picture; nothing where there is no room."""
    width, height, margin = _WIDTH * unit, _HEIGHT * unit, _MARGIN * unit
    if spot.width < width + 2 * margin or spot.height < height + 2 * margin:
        return
    place = QRectF(
        round(spot.left + spot.width - width - margin), round(spot.top + spot.height - height - margin), width, height
    )
    painter.save()
    lay_ground(painter, place, unit)
    inner = place.adjusted(_INSET * unit, 4 * unit, -_INSET * unit, -8 * unit)
    bar = QRectF(inner.left(), inner.bottom() - _BAR * unit, inner.width(), _BAR * unit)
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    colors = heat_colors()
    for level in range(0, 256, 15):
        gradient.setColorAt(level / 255, QColor.fromRgba(colors[level]))
    painter.fillRect(bar, gradient)
    words = QRectF(inner.topLeft(), QPointF(inner.right(), bar.top()))
    write(painter, words, texts.UNSURE, unit)
    write(painter, words, texts.SURE, unit, Qt.AlignmentFlag.AlignRight)
    painter.restore()
