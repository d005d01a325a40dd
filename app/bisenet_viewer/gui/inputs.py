"""`Inputs`: everything in the window by which a person says what to open, brought to one signal."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QGuiApplication

from bisenet_viewer.gui.opening.dropping import source_in_clipboard
from bisenet_viewer.gui.opening.file_queue import FileQueue
from bisenet_viewer.gui.opening.kinds import Kind, kind_of
from bisenet_viewer.gui.window import Window

_CLOSE_S = 2.0


class Inputs(QObject):
    """Owns the list of files that is gone through, and shows it."""

    wanted = pyqtSignal(str)
    """Open this now."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.queue = FileQueue(self)
        self.queue.source_wanted.connect(self.wanted)
        self.queue.changed.connect(self._show_files)
        window.sources_dropped.connect(self.queue.open)
        window.dialogs.chosen.connect(self.open)
        window.dialogs.several_chosen.connect(self.queue.open)
        window.address.chosen.connect(self.open)
        window.address.closed.connect(window.view.setFocus)
        window.start.source_chosen.connect(self.open)
        window.start.file_wanted.connect(window.dialogs.ask_for_file)
        window.start.folder_wanted.connect(window.dialogs.ask_for_folder)
        window.start.address_wanted.connect(self._ask_for_address)
        window.playlist.chosen.connect(self.queue.go)
        window.transport.previous_wanted.connect(self.queue.previous)
        window.transport.next_wanted.connect(self.queue.next)

    def open(self, source: str) -> None:
        """A source of any kind; of a file its neighbours are listed."""
        self.queue.open((source,))

    def open_copied(self) -> None:
        """What was copied, where that can be opened; else ask."""
        source = _copied()
        if source is None:
            self._window.address.ask()
        else:
            self.open(source)

    def note_opened(self, source: str) -> None:
        """It plays: the dialogs begin in its folder from now on."""
        if kind_of(source) is Kind.FILE:
            self._window.dialogs.set_folder(str(Path(source).expanduser().absolute().parent))

    def close(self) -> None:
        """End what looks things up, within bounds."""
        self.queue.close(_CLOSE_S)
        for part in (self._window.start, self._window.address, self._window.playlist):
            part.close_threads(_CLOSE_S)

    def _ask_for_address(self) -> None:
        self._window.address.ask(_copied() or "")

    def _show_files(self) -> None:
        """The list of files, or which of it is open, is another."""
        files = self.queue.files
        self._window.playlist.set_files(files)
        self._window.transport.set_playlist(
            has_previous=files is not None and files.previous is not None,
            has_next=files is not None and files.next is not None,
        )


def _copied() -> str | None:
    """What the clipboard has that can be opened."""
    clipboard = QGuiApplication.clipboard()
    data = None if clipboard is None else clipboard.mimeData()
    return None if data is None else source_in_clipboard(data)
