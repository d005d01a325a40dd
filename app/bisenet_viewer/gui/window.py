"""The window: where the widgets are, and what keys, drops and the pointer ask for. It knows no player."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from PyQt6.QtCore import QEvent, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PyQt6.QtWidgets import QAbstractButton, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from bisenet_viewer.gui.banner import Banner
from bisenet_viewer.gui.classes.class_panel import ClassPanel
from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.help.key_card import KeyCard
from bisenet_viewer.gui.help.keys import BINDINGS, Action
from bisenet_viewer.gui.numbers.status_strip import StatusStrip
from bisenet_viewer.gui.opening.message import Message
from bisenet_viewer.gui.picture.video_view import VideoView
from bisenet_viewer.gui.transport.transport_bar import TransportBar

TITLE = "BiSeNet Viewer"
_ARROWS = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}


class Window(QWidget):
    """Video first, classes at the right, transport below the video, figures at the bottom."""

    first_painted = pyqtSignal()
    """The window is on the screen; once."""
    asked = pyqtSignal(Action, int)
    """A key was pressed. The number is the class id for TOGGLE_CLASS and SOLO_CLASS, else 0."""
    file_chosen = pyqtSignal(str)
    """A file was dropped or picked."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.setWindowIcon(icon("app"))
        self.setAcceptDrops(True)
        self.view = VideoView()
        self.banner = Banner()
        self.message = Message()
        self.panel = ClassPanel()
        self.transport = TransportBar()
        self.strip = StatusStrip()
        self._lay_out()
        self.key_card = KeyCard(self)
        self._shortcuts = [
            self._shortcut(key, binding.action, place, repeats=binding.repeats)
            for binding in BINDINGS
            for place, key in enumerate(binding.keys)
        ]
        self._dialog: QFileDialog | None = None
        self._is_painted = False
        self._was_maximized = False
        self.view.setFocus()
        self._resize_to_screen()

    def _lay_out(self) -> None:
        over_video = QVBoxLayout(self.view)
        over_video.setContentsMargins(12, 12, 12, 12)
        over_video.addWidget(self.banner)
        over_video.addStretch(1)
        over_video.addWidget(self.message)
        over_video.addStretch(1)

        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.view, 1)
        left.addWidget(self.transport)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(left, 1)
        middle.addWidget(self.panel)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(middle, 1)
        whole.addWidget(self.strip)

        order: list[QWidget] = [
            self.view,
            self.transport.play_button,
            self.transport.seek_slider,
            self.transport.opacity_slider,
            self.transport.full_screen_button,
            self.panel.all_button,
            self.panel.none_button,
        ]
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def _shortcut(self, key: str, action: Action, place: int, *, repeats: bool) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setAutoRepeat(repeats)
        number = place if action in (Action.TOGGLE_CLASS, Action.SOLO_CLASS) else 0
        # Where the layout puts `?` on Shift, both `?` and `Shift+?` may match; they ask for the same.
        for signal in (shortcut.activated, shortcut.activatedAmbiguously):
            signal.connect(lambda: self.asked.emit(action, number))
        return shortcut

    def _resize_to_screen(self) -> None:
        screen = QGuiApplication.primaryScreen()
        room = None if screen is None else screen.availableSize()
        # Wide enough for the panel, and for a 16:9 picture nearly without bars.
        width, height = (1280, 700) if room is None else (room.width() * 9 // 10, room.height() * 9 // 10)
        self.resize(min(1280, width), min(700, height))

    def set_full_screen(self, wanted: bool) -> None:
        """The video alone on the whole screen, or everything as it was."""
        if wanted == self.isFullScreen():
            return
        for part in (self.panel, self.transport, self.strip):
            part.setHidden(wanted)
        if wanted:
            self._was_maximized = self.isMaximized()
            self.showFullScreen()
        elif self._was_maximized:
            self.showMaximized()
        else:
            self.showNormal()
        self.view.setFocus()

    def ask_for_file(self) -> None:
        """Open a file dialog; the video goes on meanwhile."""
        if self._dialog is None:
            self._dialog = QFileDialog(self, "Open a video")
            self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            self._dialog.setNameFilters(
                ["Videos (*.mp4 *.mkv *.mov *.avi *.webm *.m4v *.mpg *.mpeg *.ts *.wmv *.flv)", "All files (*)"]
            )
            self._dialog.fileSelected.connect(self.file_chosen)
        self._dialog.open()

    def event(self, event: QEvent | None) -> bool:
        # Before a shortcut takes a key, its focused widget is asked whether it wants it; unanswered, the question ends
        # here. Only what was reached with Tab has the focus, so that Space plays and pauses for everybody else.
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self._belongs_to_focus(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def _belongs_to_focus(self, event: QKeyEvent) -> bool:
        focus = self.focusWidget()
        if isinstance(focus, QAbstractButton):
            return event.key() == Qt.Key.Key_Space
        return focus is self.transport.opacity_slider and event.key() in _ARROWS

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.key_card.setGeometry(self.rect())

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        if event is not None and _local_file(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        path = None if event is None else _local_file(event)
        if event is not None and path is not None:
            event.acceptProposedAction()
            self.file_chosen.emit(path)


def _local_file(event: QDropEvent) -> str | None:
    """The first file of what is dragged."""
    data = event.mimeData()
    paths = [url.toLocalFile() for url in data.urls()] if data is not None else []
    return next((path for path in paths if path and Path(path).is_file()), None)
