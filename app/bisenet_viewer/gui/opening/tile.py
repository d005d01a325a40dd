"""A way to open something, as a card with an icon and a name."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from bisenet_viewer.gui.common.icon_drawing import draw_icon
from bisenet_viewer.gui.common.theme import BODY_PT, colors, sized
from bisenet_viewer.gui.opening.page_button import PageButton

_RADIUS = 8.0


class Tile(PageButton):
    """The icon above the name; beside it where the page is low."""

    def __init__(
        self, name: str, icon: str, tip: str, *, is_first: bool = False, parent: QWidget | None = None
    ) -> None:
        """is_first: what most people want, in the accent colour."""
        super().__init__(parent)
        self._icon, self._is_first = icon, is_first
        self._scale, self._is_low = 1.0, False
        self.setText(name)
        self.setToolTip(tip)
        self.setAccessibleName(name.rstrip("…"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_size(1.0, is_low=False)

    def set_size(self, scale: float, *, is_low: bool) -> None:
        """scale: 1 is what a window of ordinary size has."""
        self._scale, self._is_low = scale, is_low
        self.setFont(sized(self.font(), BODY_PT * scale))
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        text = self.fontMetrics().horizontalAdvance(self.text())
        if self._is_low:
            return QSize(round(text + 50 * self._scale), round(34 * self._scale))
        return QSize(round(max(112 * self._scale, text + 24 * self._scale)), round(84 * self._scale))

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        theme = colors()
        radius = _RADIUS * min(self._scale, 1.25)
        self.paint_frame(painter, radius, is_card=True)
        ink = theme.text
        if self._is_first:
            ink = theme.on_accent
            painter.setPen(QPen(theme.on_accent, 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.accent.darker(112) if self.underMouse() or self.isDown() else theme.accent)
            inset = 2.5 if self.hasFocus() else 0.0
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)
        painter.setPen(ink)
        painter.setFont(self.font())
        picture = theme.on_accent if self._is_first else theme.accent
        if self._is_low:
            side = 17 * self._scale
            draw_icon(painter, QRectF(12 * self._scale, (self.height() - side) / 2, side, side), self._icon, picture)
            room = QRectF(self.rect()).adjusted(37 * self._scale, 0, 0, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        else:
            side = 26 * self._scale
            draw_icon(painter, QRectF((self.width() - side) / 2, 15 * self._scale, side, side), self._icon, picture)
            room = QRectF(self.rect()).adjusted(0, 47 * self._scale, 0, -9 * self._scale)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()
