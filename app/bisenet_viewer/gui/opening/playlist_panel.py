"""The list at the side: the files that are gone through."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QFont, QHideEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from bisenet_viewer.gui.common.elided_label import ElidedLabel
from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.common.theme import BODY_PT, SMALL_PT, sized
from bisenet_viewer.gui.opening.file_view import FileView
from bisenet_viewer.gui.opening.folder import FileList
from bisenet_viewer.gui.opening.length import length_s
from bisenet_viewer.gui.opening.lookup import Lookup
from bisenet_viewer.gui.opening.playlist_model import PlaylistModel
from bisenet_viewer.gui.texts import opening as texts


class PlaylistPanel(QFrame):
    """Says which file is wanted; opens nothing. How long files are is looked up for those that can be seen."""

    chosen = pyqtSignal(int)
    """The index of the file to open."""
    closed = pyqtSignal()
    """The list was closed with its button."""

    def __init__(self, parent: QWidget | None = None, *, measure: Callable[[str], float | None] = length_s) -> None:
        """measure: the seconds of a source; called on a thread."""
        super().__init__(parent)
        self._measure = measure
        self.setObjectName("panel")
        self.setAccessibleName(texts.FILES)
        self.setMinimumWidth(180)
        self._name, self._count = ElidedLabel(), ElidedLabel()
        self._name.setFont(sized(self.font(), BODY_PT, QFont.Weight.DemiBold))
        self._count.setFont(sized(self.font(), SMALL_PT))
        self._count.setObjectName("muted")
        self.close_button = QToolButton()
        self.close_button.setIcon(icon("close", "muted"))
        self.close_button.setIconSize(QSize(14, 14))
        self.close_button.setToolTip(texts.CLOSE_LIST_TIP)
        self.close_button.setAccessibleName(texts.CLOSE_LIST_TIP)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.clicked.connect(self._close)
        self.model = PlaylistModel(self)
        self.view = FileView(self.model)
        self.view.row_chosen.connect(self.chosen)
        self._lookup = Lookup("file lengths", self)
        # Once the rows lie where they will lie.
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.timeout.connect(self._measure_next)
        bar = self.view.verticalScrollBar()
        if bar is not None:
            bar.valueChanged.connect(lambda: self._settled.start())
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._name)
        words.addWidget(self._count)
        head = QHBoxLayout()
        head.setContentsMargins(14, 10, 8, 8)
        head.addLayout(words, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)

    def set_files(self, files: FileList | None) -> None:
        """Show these, and which is open. The panel appears with a list that was asked for, and goes with a single file.

        The neighbours of a single file do not make it appear: `show` does, when a person wants them.
        """
        before = self.model.files
        self.model.set_files(files)
        if files is None or len(files.sources) < 2:
            self.hide()
            return
        self._name.setText(files.name)
        self._name.setToolTip(files.name)
        self._count.setText(texts.position(files.index, len(files.sources)))
        current = self.model.index(files.index)
        self.view.setCurrentIndex(current)
        self.view.scrollTo(current)
        if before is None or (before.sources, before.goes_on) != (files.sources, files.goes_on):
            self.setVisible(files.goes_on)
        self._settled.start()

    def close_threads(self, timeout_s: float = 0.0) -> bool:
        """Look nothing up any more; True where no thread is left."""
        self._settled.stop()
        return self._lookup.close(timeout_s)

    def sizeHint(self) -> QSize:
        return QSize(240, 320)

    def _close(self) -> None:
        self.hide()
        self.closed.emit()

    def _measure_next(self) -> None:
        """One at a time, of what can be seen: so the player has the disk nearly for itself."""
        files = self.model.files
        if files is None or not self.isVisible() or self._lookup.is_busy:
            return
        row = next((row for row in self.view.visible_rows() if self.model.needs_length(row)), None)
        if row is not None:
            source = files.sources[row]
            self._lookup.ask(partial(self._measure, source), partial(self._take_length, source))

    def _take_length(self, source: str, seconds: float | None) -> None:
        self.model.set_length(source, seconds)
        self._settled.start()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._settled.start()

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._lookup.withdraw()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._settled.start()
