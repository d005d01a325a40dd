"""`FileQueue`: goes through the files of a folder or a set, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PyQt6.QtCore import QObject, pyqtSignal

from bisenet_viewer.gui.opening.folder import FileList, alone, file_list
from bisenet_viewer.gui.opening.kinds import Kind, file_kind, kind_of
from bisenet_viewer.gui.opening.lookup import Lookup


class FileQueue(QObject):
    """Says what to open; knows what lies before and after it. Folders are read in the background."""

    source_wanted = pyqtSignal(str)
    """Open this now."""
    changed = pyqtSignal()
    """`files` is another list, or another of it is open."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.files: FileList | None = None
        """None before anything was opened."""
        self._lookup = Lookup("folder", self)

    def open(self, sources: Sequence[str]) -> None:
        """One source of any kind, or several files and folders. A file is opened first, its neighbours are found later.

        Raises ValueError for none.
        """
        if not sources:
            raise ValueError("expected a source, got none")
        wanted = tuple(sources)
        if len(wanted) > 1:
            self._lookup.ask(partial(file_list, wanted), self._open_list)
        elif kind_of(wanted[0]) is not Kind.FILE:
            self._lookup.withdraw()
            self._open_list(alone(wanted[0]))
        else:
            self._lookup.ask(partial(file_kind, wanted[0]), partial(self._open_one, wanted[0]))

    def go(self, index: int) -> None:
        """Open another of the list; nothing where there is none of that index."""
        if self.files is not None and 0 <= index < len(self.files.sources):
            self._open_list(self.files.at(index))

    def next(self) -> bool:
        """Open the one after; False at the end."""
        return self._go_if(None if self.files is None else self.files.next)

    def previous(self) -> bool:
        """Open the one before; False at the beginning."""
        return self._go_if(None if self.files is None else self.files.previous)

    def play_on(self) -> bool:
        """The current one has ended: open the next, where several were asked for. False where that was the last."""
        return self._go_if(None if self.files is None else self.files.after_end(self.files.index))

    def close(self, timeout_s: float = 0.0) -> bool:
        """Look nothing up any more; True where the thread has ended."""
        return self._lookup.close(timeout_s)

    def _go_if(self, index: int | None) -> bool:
        if index is None:
            return False
        self.go(index)
        return True

    def _open_one(self, source: str, kind: Kind | None) -> None:
        if kind is Kind.FOLDER:
            self._lookup.ask(partial(file_list, (source,)), self._open_list)
            return
        self._open_list(alone(source))
        self._lookup.ask(partial(file_list, (source,)), self._take)

    def _open_list(self, files: FileList) -> None:
        self._take(files)
        self.source_wanted.emit(files.current)

    def _take(self, files: FileList) -> None:
        self.files = files
        self.changed.emit()
