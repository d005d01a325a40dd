"""The line one types an address into."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QStringListModel, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QCompleter, QLineEdit, QWidget

from bisenet_viewer.gui.common.own_keys import claims
from bisenet_viewer.gui.texts import opening as texts

_MOST_SHOWN = 8


class AddressField(QLineEdit):
    """While it has the focus the window's keys are letters, except those with Ctrl and the function keys."""

    left = pyqtSignal()
    """Esc was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(texts.ADDRESS)
        self.setAccessibleName(texts.ADDRESS)
        self.setToolTip(texts.ADDRESS_HINT)
        self._recent = QStringListModel(self)
        completer = QCompleter(self._recent, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(_MOST_SHOWN)
        self.setCompleter(completer)

    def set_recent(self, sources: list[str]) -> None:
        """What is offered while one types, newest first."""
        self._recent.setStringList(sources)

    def event(self, event: QEvent | None) -> bool:
        return claims(event, _is_for_text) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)


def _is_for_text(event: QKeyEvent) -> bool:
    has_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return not has_control and not Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
