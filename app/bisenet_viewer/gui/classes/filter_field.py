"""Where one looks for a class by its name."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QRectF, Qt
from PyQt6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QLineEdit, QToolButton, QWidget

from bisenet_viewer.gui.common.icon_drawing import draw_icon
from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.common.own_keys import claims
from bisenet_viewer.gui.common.theme import colors
from bisenet_viewer.gui.texts import classes as texts

_ICON = 15
_LEAVES = {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}


class FilterField(QLineEdit):
    """Esc empties it; Esc and Enter give the keys back to the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(texts.FILTER)
        self.setAccessibleName(texts.FILTER)
        self.setToolTip(texts.FILTER_TIP)
        self.setTextMargins(_ICON + 8, 0, 0, 0)
        self._clear = QAction(icon("close", "muted"), texts.CLEAR_FILTER, self)
        self._clear.triggered.connect(self.clear)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        for button in self.findChildren(QToolButton):
            button.setAccessibleName(texts.CLEAR_FILTER)
        self._clear.setVisible(False)
        self.textChanged.connect(lambda text: self._clear.setVisible(bool(text)))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        square = QRectF(9, (self.height() - _ICON) / 2, _ICON, _ICON)
        draw_icon(painter, square, "search", colors().muted)
        painter.end()

    def event(self, event: QEvent | None) -> bool:
        return claims(event, lambda key: key.key() in _LEAVES) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() in _LEAVES:
            if event.key() == Qt.Key.Key_Escape:
                self.clear()
            self.clearFocus()
        else:
            super().keyPressEvent(event)
