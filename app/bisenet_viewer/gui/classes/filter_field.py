"""Where one looks for a class by its name."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QLineEdit, QWidget

from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.texts import classes as texts

_LEAVES = {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}


class FilterField(QLineEdit):
    """Esc empties it; Esc and Enter give the keys back to the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(texts.FILTER)
        self.setAccessibleName(texts.FILTER)
        self.setToolTip(texts.FILTER_TIP)
        self.setClearButtonEnabled(True)
        self.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride and event.key() in _LEAVES:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() in _LEAVES:
            if event.key() == Qt.Key.Key_Escape:
                self.clear()
            self.clearFocus()
        else:
            super().keyPressEvent(event)
