"""What stands in the video's place while nothing is open: what can be opened, and how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PyQt6.QtCore import QPoint, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from bisenet_viewer.gui.common.theme import colors
from bisenet_viewer.gui.opening.cameras import Camera, find_cameras
from bisenet_viewer.gui.opening.kinds import Kind, file_kind, kind_of
from bisenet_viewer.gui.opening.lookup import Lookup
from bisenet_viewer.gui.opening.naming import DEMO, SCREEN, source_place, source_title
from bisenet_viewer.gui.opening.page_button import PageButton
from bisenet_viewer.gui.opening.source_row import Entry
from bisenet_viewer.gui.opening.start_layout import StartLayout
from bisenet_viewer.gui.opening.steering import neighbour
from bisenet_viewer.gui.texts import opening as texts

MOST_RECENT = 8
LOOK_AGAIN_MS = 4000
"""How often cameras and missing files are looked for, while the page is shown."""


class StartPage(QWidget):
    """Says what is wanted; opens nothing. While it is shown it looks for cameras, and whether the files are there."""

    source_chosen = pyqtSignal(str)
    """A camera by its name, a recent source, `screen` or `demo://`."""
    file_wanted = pyqtSignal()
    folder_wanted = pyqtSignal()
    address_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None, *, find: Callable[[], Sequence[Camera]] = find_cameras) -> None:
        """find: the cameras there are; called on a thread."""
        super().__init__(parent)
        self._find = find
        self._recent: tuple[str, ...] = ()
        self._kinds: dict[str, Kind | None] = {}
        """Of the recent files, as last seen; None for those that are missing."""
        self.setAccessibleName(texts.START_PAGE)
        self._page = QWidget()
        self.parts = StartLayout(self._page)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        self._connect()
        self._camera_lookup, self._file_lookup = Lookup("cameras", self), Lookup("recent files", self)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_AGAIN_MS)
        self._timer.timeout.connect(self._look)
        self.set_recent(())

    def _connect(self) -> None:
        parts = self.parts
        parts.open_file.clicked.connect(self.file_wanted)
        parts.open_folder.clicked.connect(self.folder_wanted)
        parts.paste_address.clicked.connect(self.address_wanted)
        parts.screen.clicked.connect(lambda: self.source_chosen.emit(SCREEN))
        parts.demo.clicked.connect(lambda: self.source_chosen.emit(DEMO))
        for sources in (parts.recent, parts.cameras):
            sources.chosen.connect(self.source_chosen)
        for each in (*parts.tiles, parts.recent, parts.cameras):
            each.left_for.connect(self._move_focus)

    def set_recent(self, sources: Sequence[str]) -> None:
        """Newest first; the first eight are shown."""
        self._recent = tuple(sources[:MOST_RECENT])
        self._show_recent()
        if self.isVisible():
            self._look_at_files()

    def focus_first(self) -> None:
        """Let the keys be for the page."""
        self.parts.open_file.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_threads(self, timeout_s: float = 0.0) -> bool:
        """Look for nothing any more; True where no thread is left."""
        self._timer.stop()
        ended = [lookup.close(timeout_s) for lookup in (self._camera_lookup, self._file_lookup)]
        return all(ended)

    def _look(self) -> None:
        # A driver or a disk that takes long is not asked again meanwhile.
        if not self._camera_lookup.is_busy:
            self._camera_lookup.ask(self._find, self._show_cameras)
        if not self._file_lookup.is_busy:
            self._look_at_files()

    def _look_at_files(self) -> None:
        files = [source for source in self._recent if kind_of(source) is Kind.FILE]
        if files:
            self._file_lookup.ask(partial(_kinds_of, files), self._take_kinds)

    def _take_kinds(self, kinds: dict[str, Kind | None]) -> None:
        if kinds != self._kinds:
            self._kinds = kinds
            self._show_recent()

    def _show_recent(self) -> None:
        self.parts.recent.set_entries([self._entry(source) for source in self._recent])
        self._fit()

    def _entry(self, source: str) -> Entry:
        kind = self._kinds.get(source, Kind.FILE) if kind_of(source) is Kind.FILE else kind_of(source)
        return Entry(source, source_title(source), kind or Kind.FILE, source_place(source), is_missing=kind is None)

    def _show_cameras(self, cameras: Sequence[Camera]) -> None:
        self.parts.cameras.set_empty_text(texts.NO_CAMERAS)
        self.parts.cameras.set_entries([Entry(camera.source, camera.name, Kind.CAMERA) for camera in cameras])
        self._fit()

    def _move_focus(self, right: int, down: int) -> None:
        """To the nearest button in that direction; where there is none the focus stays."""
        now, page = self.focusWidget(), self._page
        if not isinstance(now, PageButton):
            return
        others = [
            button
            for button in page.findChildren(PageButton)
            if button is not now and button.isEnabled() and button.isVisibleTo(page)
        ]
        places = [_place(button, page) for button in others]
        index = neighbour(_place(now, page), places, (right, down))
        if index is not None:
            others[index].setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(others[index])

    def _fit(self) -> None:
        self.parts.fit((self.width(), self.height()))

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._look()
        self._timer.start()

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self._camera_lookup.withdraw()
        self._file_lookup.withdraw()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colors().backdrop)
        painter.end()


def _kinds_of(files: Sequence[str]) -> dict[str, Kind | None]:
    return {source: file_kind(source) for source in files}


def _place(button: QWidget, page: QWidget) -> tuple[float, float, float, float]:
    corner = button.mapTo(page, QPoint(0, 0))
    return corner.x(), corner.y(), button.width(), button.height()
