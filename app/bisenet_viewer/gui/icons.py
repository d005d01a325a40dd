"""The few icons of the window, drawn as paths: sharp on every screen, and no files to lose."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from bisenet_viewer.gui.theme import ACCENT, BACKDROP, MUTED, TEXT

GRID = 24
"""Icons are drawn on a square of this many units."""


def _play(painter: QPainter) -> None:
    painter.drawPolygon(QPolygonF([QPointF(8, 5.5), QPointF(18.5, 12), QPointF(8, 18.5)]))


def _pause(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(7, 5.5, 3.6, 13), 1, 1)
    painter.drawRoundedRect(QRectF(13.4, 5.5, 3.6, 13), 1, 1)


def _replay(painter: QPainter) -> None:
    _outline(painter)
    painter.drawArc(QRectF(6, 6.5, 12, 12), 130 * 16, -310 * 16)
    _fill(painter)
    painter.drawPolygon(QPolygonF([QPointF(5.2, 4.6), QPointF(11.4, 6.6), QPointF(6.4, 10.8)]))


def _full_screen(painter: QPainter) -> None:
    _outline(painter)
    for x, y in ((5.5, 6.5), (18.5, 6.5), (5.5, 17.5), (18.5, 17.5)):
        inward_x = 4 if x < 12 else -4
        inward_y = 4 if y < 12 else -4
        painter.drawPolyline(QPolygonF([QPointF(x + inward_x, y), QPointF(x, y), QPointF(x, y + inward_y)]))


def _opacity(painter: QPainter) -> None:
    _outline(painter)
    painter.drawEllipse(QRectF(5.5, 5.5, 13, 13))
    _fill(painter)
    half = QPainterPath(QPointF(12, 5.5))
    half.arcTo(QRectF(5.5, 5.5, 13, 13), 90, -180)
    painter.drawPath(half)


def _close(painter: QPainter) -> None:
    _outline(painter)
    painter.drawLine(QPointF(7, 7), QPointF(17, 17))
    painter.drawLine(QPointF(17, 7), QPointF(7, 17))


def _app(painter: QPainter) -> None:
    painter.setBrush(BACKDROP)
    painter.drawRoundedRect(QRectF(1, 1, 22, 22), 5, 5)
    painter.setBrush(QColor(70, 130, 180))
    painter.drawPolygon(QPolygonF([QPointF(4, 5), QPointF(20, 5), QPointF(20, 11), QPointF(4, 11)]))
    painter.setBrush(QColor(128, 64, 128))
    painter.drawPolygon(QPolygonF([QPointF(10, 11), QPointF(14, 11), QPointF(20, 20), QPointF(4, 20)]))
    painter.setBrush(ACCENT)
    painter.drawRect(QRectF(11.5, 14, 1, 4))


_DRAWINGS: dict[str, Callable[[QPainter], None]] = {
    "play": _play,
    "pause": _pause,
    "replay": _replay,
    "full-screen": _full_screen,
    "opacity": _opacity,
    "close": _close,
    "app": _app,
}


def icon(name: str, color: QColor = TEXT) -> QIcon:
    """The named icon in a colour, with the pixels for screens of density 1 to 3."""
    made = QIcon()
    for size in (16, 20, 24, 40, 48, 72, 128):
        made.addPixmap(pixmap(name, size, color))
    made.addPixmap(pixmap(name, 24, MUTED), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, size: int, color: QColor = TEXT) -> QPixmap:
    """The named icon, `size` pixels wide and high."""
    made = QPixmap(size, size)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / GRID, size / GRID)
    painter.setPen(QPen(color))
    _fill(painter)
    _DRAWINGS[name](painter)
    painter.end()
    return made


def _fill(painter: QPainter) -> None:
    painter.setBrush(painter.pen().color())
    painter.setPen(QPen(painter.pen().color(), 0.01))


def _outline(painter: QPainter) -> None:
    pen = QPen(painter.pen().color(), 1.8)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
