"""The icons of the window, drawn as paths: sharp on every screen, in the theme's colours, and no files to lose."""

from __future__ import annotations

from functools import cache
from typing import Literal

from PyQt6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPainterPath, QPen, QPixmap

from bisenet_viewer.gui.common.app_icon import draw_app
from bisenet_viewer.gui.common.icon_path import path_of
from bisenet_viewer.gui.common.icon_shapes import GRID, SHAPES, STROKE
from bisenet_viewer.gui.common.theme import colors

Role = Literal["text", "muted", "accent", "warning", "danger", "good", "faint", "on_accent"]
"""Which of the theme's colours an icon has."""


def icon(name: str, role: Role = "text", on: Role | None = None) -> QIcon:
    """The named icon in a colour of the theme that is on whenever it is painted; `on`: while its button is checked."""
    return QIcon(_Drawing(name, role, on or role))


def pixmap(name: str, size: int, role: Role = "text", *, ratio: float = 1.0) -> QPixmap:
    """The named icon, `size` units wide and high, in a colour of the theme that is on now.

    ratio: pixels of the screen per unit.
    """
    made = QPixmap(round(size * ratio), round(size * ratio))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    draw(painter, QRectF(made.rect()), name, getattr(colors(), role))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def draw(painter: QPainter, rect: QRectF, name: str, color: QColor) -> None:
    """Paint the named icon into a square, where a whole `QIcon` is not needed."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / GRID, rect.height() / GRID)
    if name == "app":
        draw_app(painter)
    else:
        line, fill, solid = _paths(name)
        pen = QPen(color, STROKE)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(line, pen)
        painter.fillPath(fill, color)
        painter.fillPath(solid, color)
        painter.strokePath(solid, pen)
    painter.restore()


@cache
def _paths(name: str) -> tuple[QPainterPath, QPainterPath, QPainterPath]:
    shape = SHAPES[name]
    return path_of(shape.line), path_of(shape.fill), path_of(shape.solid)


class _Drawing(QIconEngine):
    """Draws at the size and in the colours of the moment."""

    def __init__(self, name: str, role: Role, on: Role) -> None:
        super().__init__()
        if name != "app":
            _paths(name)  # a name that does not exist is told where it was written
        self._name, self._role, self._on = name, role, on

    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        if painter is not None:
            role = self._on if state is QIcon.State.On else self._role
            role = "faint" if mode is QIcon.Mode.Disabled else role
            side = min(rect.width(), rect.height())
            square = QRectF(0, 0, side, side)
            square.moveCenter(QRectF(rect).center())
            draw(painter, square, self._name, getattr(colors(), role))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _Drawing(self._name, self._role, self._on)
