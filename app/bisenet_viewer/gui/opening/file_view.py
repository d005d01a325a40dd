"""The rows of the list of files, with the keys that are theirs."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from bisenet_viewer.gui.common.own_keys import claims, is_plain
from bisenet_viewer.gui.opening.playlist_model import PlaylistModel
from bisenet_viewer.gui.opening.playlist_row import PlaylistRow
from bisenet_viewer.gui.texts import opening as texts

_PRESSES = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}
_OWN_KEYS = _PRESSES | {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End}
"""Page up and down are the window's: they open the previous and the next file."""


class FileView(QListView):
    """A click, Enter or Space chooses; arrows only go there."""

    row_chosen = pyqtSignal(int)

    def __init__(self, model: PlaylistModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(PlaylistRow(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("files")
        self.setStyleSheet("#files { background: transparent; border: none; }")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(texts.FILES)
        self.clicked.connect(self._choose)

    def visible_rows(self) -> range:
        """Those of which something can be seen."""
        model, port = self.model(), self.viewport()
        if model is None or port is None or model.rowCount() == 0:
            return range(0)
        first = self.indexAt(port.rect().topLeft())
        last = self.indexAt(port.rect().bottomLeft())
        return range(max(0, first.row()), (last.row() if last.isValid() else model.rowCount() - 1) + 1)

    def event(self, event: QEvent | None) -> bool:
        return claims(event, lambda key: is_plain(key, _OWN_KEYS)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        if event.key() in _PRESSES:
            self._choose(self.currentIndex())
        elif event.key() in _OWN_KEYS:
            super().keyPressEvent(event)
        else:
            # Letters are the window's, not a search for a row that begins so.
            event.ignore()

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.row_chosen.emit(index.row())
