"""The window: where the widgets are, and what keys, drops and the pointer ask for. It knows no player."""

from __future__ import annotations

from itertools import pairwise

from PyQt6.QtCore import QEvent, QRect, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QShortcut,
)
from PyQt6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from bisenet_viewer.gui.banner import Banner
from bisenet_viewer.gui.classes.class_panel import ClassPanel
from bisenet_viewer.gui.common.app_icon import app_icon
from bisenet_viewer.gui.common.own_keys import claims
from bisenet_viewer.gui.help.keys import BINDINGS, Action
from bisenet_viewer.gui.help.menu import MainMenu
from bisenet_viewer.gui.numbers.status_strip import StatusStrip
from bisenet_viewer.gui.opening.address_bar import AddressBar
from bisenet_viewer.gui.opening.dialogs import FileDialogs
from bisenet_viewer.gui.opening.drop_overlay import DropOverlay
from bisenet_viewer.gui.opening.dropping import sources_dropped
from bisenet_viewer.gui.opening.message import Message
from bisenet_viewer.gui.opening.playlist_panel import PlaylistPanel
from bisenet_viewer.gui.opening.start_page import StartPage
from bisenet_viewer.gui.picture.video_view import VideoView
from bisenet_viewer.gui.texts import window as texts
from bisenet_viewer.gui.transport.transport_bar import TransportBar

_ARROWS = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}
_NUMBERED = (Action.TOGGLE_CLASS, Action.SOLO_CLASS)
_WIDTH, _HEIGHT = 1280, 760
"""Wide enough for the panel, and for a 16:9 picture nearly without bars."""


class Window(QWidget):
    """Video first, classes at the right, transport below the video, figures at the bottom."""

    first_painted = pyqtSignal()
    """The window is on the screen; once."""
    asked = pyqtSignal(Action, int)
    """A key was pressed, or an entry of the menu chosen. The number is a class id for what is about one, else 0."""
    sources_dropped = pyqtSignal(tuple)
    """Files, folders or an address were dropped."""
    closing = pyqtSignal()
    """The window is about to go; its geometry is still there."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(texts.TITLE)
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self.view = VideoView()
        self.start = StartPage(self.view)
        self.address = AddressBar()
        self.banner = Banner()
        self.message = Message()
        self.panel = ClassPanel()
        self.playlist = PlaylistPanel()
        self.transport = TransportBar()
        self.strip = StatusStrip()
        self._lay_out()
        self.drop_overlay = DropOverlay(self)
        self.dialogs = FileDialogs(self)
        self.menu = MainMenu(self, lambda action: self.asked.emit(action, 0))
        self.transport.menu_button.set_menu(self.menu)
        self._shortcuts = [
            self._shortcut(key, binding.action, place, repeats=binding.repeats)
            for binding in BINDINGS
            for place, key in enumerate(binding.keys)
        ]
        self._is_painted = False
        self._was_maximized = False
        self._beside: tuple[QWidget, ...] = ()
        """What full screen has hidden."""
        self.view.setFocus()
        self._resize_to_screen()

    def _lay_out(self) -> None:
        over_video = QVBoxLayout(self.view)
        over_video.setContentsMargins(12, 12, 12, 12)
        over_video.addWidget(self.address, 0, Qt.AlignmentFlag.AlignTop)
        over_video.addWidget(self.banner)
        over_video.addStretch(1)
        over_video.addWidget(self.message)
        over_video.addStretch(1)

        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.view, 1)
        left.addWidget(self.transport)
        side = QVBoxLayout()
        side.setSpacing(0)
        side.addWidget(self.panel, 3)
        side.addWidget(self.playlist, 2)
        self.playlist.setFixedWidth(self.panel.width())
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(left, 1)
        middle.addLayout(side)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(middle, 1)
        whole.addWidget(self.strip)

        order: list[QWidget] = [self.view, *self.transport.tab_order(), self.panel.all_button, self.panel.none_button]
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)
        self.start.lower()
        self.view.installEventFilter(self)

    def _shortcut(self, key: str, action: Action, place: int, *, repeats: bool) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setAutoRepeat(repeats)
        number = place if action in _NUMBERED else 0
        # Where the layout puts `?` on Shift, both `?` and `Shift+?` may match; they ask for the same.
        for signal in (shortcut.activated, shortcut.activatedAmbiguously):
            signal.connect(lambda: self.asked.emit(action, number))
        return shortcut

    def _resize_to_screen(self) -> None:
        screen = QGuiApplication.primaryScreen()
        room = None if screen is None else screen.availableSize()
        width, height = (_WIDTH, _HEIGHT) if room is None else (room.width() * 9 // 10, room.height() * 9 // 10)
        self.resize(min(_WIDTH, width), min(_HEIGHT, height))

    def restore(self, place: QRect, *, maximized: bool) -> None:
        """Be where the window was the last time, as far as a screen is still there."""
        screen = QGuiApplication.screenAt(place.center())
        if screen is not None:
            room = screen.availableGeometry()
            self.setGeometry(place.intersected(room) if not room.contains(place) else place)
        if maximized:
            self.setWindowState(self.windowState() | Qt.WindowState.WindowMaximized)

    def set_full_screen(self, wanted: bool) -> None:
        """The video alone on the whole screen, or everything as it was."""
        if wanted == self.isFullScreen():
            return
        if wanted:
            parts = (self.panel, self.playlist, self.transport, self.strip)
            self._beside = tuple(part for part in parts if not part.isHidden())
            self._was_maximized = self.isMaximized()
            self.showFullScreen()
        elif self._was_maximized:
            self.showMaximized()
        else:
            self.showNormal()
        for part in self._beside:
            part.setHidden(wanted)
        self.view.setFocus()

    def event(self, event: QEvent | None) -> bool:
        # What the focused widget leaves unanswered ends here. Only what was reached with Tab has the focus, so that
        # Space plays and pauses for everybody else.
        return claims(event, self._belongs_to_focus) or super().event(event)

    def _belongs_to_focus(self, event: QKeyEvent) -> bool:
        focus = self.focusWidget()
        if isinstance(focus, QAbstractButton):
            return event.key() == Qt.Key.Key_Space
        return focus is self.transport.opacity_slider and event.key() in _ARROWS

    def eventFilter(self, watched: object, event: QEvent | None) -> bool:
        if watched is self.view and event is not None and event.type() == QEvent.Type.Resize:
            self.start.setGeometry(self.view.rect())
        return False

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self.closing.emit()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        data = None if event is None else event.mimeData()
        sources = () if data is None else sources_dropped(data)
        if event is not None and sources:
            event.acceptProposedAction()
            self.drop_overlay.show_for(sources)

    def dragLeaveEvent(self, event: QDragLeaveEvent | None) -> None:
        super().dragLeaveEvent(event)
        self.drop_overlay.hide()

    def dropEvent(self, event: QDropEvent | None) -> None:
        self.drop_overlay.hide()
        data = None if event is None else event.mimeData()
        sources = () if data is None else sources_dropped(data)
        if event is not None and sources:
            event.acceptProposedAction()
            self.sources_dropped.emit(sources)
