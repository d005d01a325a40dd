"""One icon painted into a square."""

from __future__ import annotations

from functools import cache

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPen

from bisenet_viewer.gui.common.app_icon import draw_app
from bisenet_viewer.gui.common.icon_path import path_of
from bisenet_viewer.gui.common.icon_shapes import GRID, SHAPES, STROKE


def draw_icon(painter: QPainter, rect: QRectF, name: str, color: QColor) -> None:
    """Paint the named icon; `app` has colours of its own. Raises KeyError where there is none of that name."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / GRID, rect.height() / GRID)
    if name == "app":
        draw_app(painter)
    else:
        line, fill, solid = paths(name)
        pen = QPen(color, STROKE)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(line, pen)
        painter.fillPath(fill, color)
        painter.fillPath(solid, color)
        painter.strokePath(solid, pen)
    painter.restore()


@cache
def paths(name: str) -> tuple[QPainterPath, QPainterPath, QPainterPath]:
    """What of an icon is a line, what is filled, and what is both. Raises KeyError."""
    shape = SHAPES[name]
    return path_of(shape.line), path_of(shape.fill), path_of(shape.solid)
