"""A button of the start page: reached with Tab and arrows, pressed with Space and Enter."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QPainter, QPen
from PyQt6.QtWidgets import QAbstractButton, QWidget

from bisenet_viewer.gui.common.own_keys import claims, is_plain
from bisenet_viewer.gui.common.theme import colors

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_PRESSES = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}


class PageButton(QAbstractButton):
    """While it has the focus, arrows, Space and Enter are its own and not the video's."""

    left_for = pyqtSignal(int, int)
    """An arrow was pressed: steps to the right, and down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def event(self, event: QEvent | None) -> bool:
        return claims(event, lambda key: is_plain(key, {*_ARROWS, *_PRESSES})) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        if event.key() in _ARROWS:
            self.left_for.emit(*_ARROWS[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paint_frame(self, painter: QPainter, radius: float, *, is_card: bool) -> None:
        """What lies behind the text. is_card: also where the pointer is elsewhere."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_hot = self.isEnabled() and (self.underMouse() or self.isDown())
        if is_hot or is_card:
            theme = colors()
            painter.setPen(QPen(theme.line, 1) if is_card else Qt.PenStyle.NoPen)
            painter.setBrush(theme.line if self.isDown() else theme.raised if is_hot else theme.surface)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        if self.hasFocus():
            painter.setPen(QPen(colors().accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
