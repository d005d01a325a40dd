"""The few icons of the window, drawn as paths: sharp on every screen, and no files to lose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from bisenet_viewer.gui.common.theme import colors

Role = Literal["text", "muted", "accent", "warning", "faint"]
"""Which of the theme's colours an icon has."""

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
    painter.setBrush(colors().backdrop)
    painter.drawRoundedRect(QRectF(1, 1, 22, 22), 5, 5)
    painter.setBrush(QColor(70, 130, 180))
    painter.drawPolygon(QPolygonF([QPointF(4, 5), QPointF(20, 5), QPointF(20, 11), QPointF(4, 11)]))
    painter.setBrush(QColor(128, 64, 128))
    painter.drawPolygon(QPolygonF([QPointF(10, 11), QPointF(14, 11), QPointF(20, 20), QPointF(4, 20)]))
    painter.setBrush(colors().accent)
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


def icon(name: str, role: Role = "text") -> QIcon:
    """The named icon in a colour of the theme that is on whenever it is painted."""
    return QIcon(_Drawing(name, role))


def pixmap(name: str, size: int, role: Role = "text") -> QPixmap:
    """The named icon, `size` pixels wide and high, in a colour of the theme that is on now."""
    made = QPixmap(size, size)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    _draw(painter, QRectF(0, 0, size, size), name, getattr(colors(), role))
    painter.end()
    return made


class _Drawing(QIconEngine):
    """Draws at the size and in the colours of the moment."""

    def __init__(self, name: str, role: Role) -> None:
        super().__init__()
        self._name, self._role = name, role

    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        if painter is not None:
            role = "faint" if mode is QIcon.Mode.Disabled else self._role
            _draw(painter, QRectF(rect), self._name, getattr(colors(), role))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _Drawing(self._name, self._role)


def _draw(painter: QPainter, rect: QRectF, name: str, color: QColor) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / GRID, rect.height() / GRID)
    painter.setPen(QPen(color))
    _fill(painter)
    _DRAWINGS[name](painter)
    painter.restore()


def _fill(painter: QPainter) -> None:
    painter.setBrush(painter.pen().color())
    painter.setPen(QPen(painter.pen().color(), 0.01))


def _outline(painter: QPainter) -> None:
    pen = QPen(painter.pen().color(), 1.8)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
