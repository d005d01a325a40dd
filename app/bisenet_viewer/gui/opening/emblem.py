"""The picture above the words of the start page: something falls into a frame."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from bisenet_viewer.gui.common.theme import colors

_WIDTH, _HEIGHT = 116.0, 72.0


class Emblem(QWidget):
    """A dashed frame and an arrow into it. Says nothing that the words do not say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_scale(1.0)

    def set_scale(self, scale: float) -> None:
        """1 is what a window of ordinary size has."""
        self._scale = scale
        self.setFixedSize(round(_WIDTH * scale), round(_HEIGHT * scale))

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        paint_emblem(painter, QRectF(self.rect()), self._scale)
        painter.end()


def paint_emblem(painter: QPainter, room: QRectF, scale: float) -> None:
    """Draw it into a rectangle of its own shape; pens are as wide as the scale says."""
    theme = colors()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = room.adjusted(scale, scale, -scale, -scale)
    dashes = QPen(theme.faint, 1.6 * scale)
    dashes.setDashPattern([4.0, 3.0])
    dashes.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(dashes)
    painter.setBrush(theme.surface)
    painter.drawRoundedRect(frame, 10 * scale, 10 * scale)
    pen = QPen(theme.accent, 2.6 * scale)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    x, y = frame.center().x(), frame.center().y()
    painter.drawLine(QPointF(x, y - 17 * scale), QPointF(x, y + 8 * scale))
    head = [QPointF(x + dx * scale, y + dy * scale) for dx, dy in ((-9, -1), (0, 8), (9, -1))]
    painter.drawPolyline(QPolygonF(head))
    tray = [QPointF(x + dx * scale, y + dy * scale) for dx, dy in ((-17, 10), (-17, 17), (17, 17), (17, 10))]
    painter.drawPolyline(QPolygonF(tray))
    painter.restore()
