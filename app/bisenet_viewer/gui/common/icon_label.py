"""An icon that is only looked at. Unlike a label with a picture it follows the theme."""

from __future__ import annotations

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from bisenet_viewer.gui.common.icon_drawing import draw_icon
from bisenet_viewer.gui.common.icons import Role
from bisenet_viewer.gui.common.theme import colors


class IconLabel(QWidget):
    """A square of `size` units."""

    def __init__(self, name: str, size: int = 16, role: Role = "muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._role = name, role
        self.setFixedSize(size, size)

    def set_icon(self, name: str, role: Role) -> None:
        """Show another one."""
        self._name, self._role = name, role
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        draw_icon(painter, QRectF(self.rect()), self._name, getattr(colors(), self._role))
        painter.end()
