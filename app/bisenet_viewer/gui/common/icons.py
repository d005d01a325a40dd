"""The icons of the window, drawn as paths: sharp on every screen, in the theme's colours, and no files to lose."""

from __future__ import annotations

from typing import Literal

from PyQt6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QIcon, QIconEngine, QPainter, QPixmap

from bisenet_viewer.gui.common.icon_drawing import draw_icon, paths
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
    draw_icon(painter, QRectF(made.rect()), name, getattr(colors(), role))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


class _Drawing(QIconEngine):
    """Draws at the size and in the colours of the moment."""

    def __init__(self, name: str, role: Role, on: Role) -> None:
        super().__init__()
        if name != "app":
            paths(name)  # a name that does not exist is told where it was written
        self._name, self._role, self._on = name, role, on

    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        if painter is not None:
            role = self._on if state is QIcon.State.On else self._role
            role = "faint" if mode is QIcon.Mode.Disabled else role
            side = min(rect.width(), rect.height())
            square = QRectF(0, 0, side, side)
            square.moveCenter(QRectF(rect).center())
            draw_icon(painter, square, self._name, getattr(colors(), role))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        if size.isEmpty():
            # A button that has no place yet is painted all the same.
            return made
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _Drawing(self._name, self._role, self._on)
