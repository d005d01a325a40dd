"""The files that are gone through, as a list view wants them."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from bisenet_viewer.gui.numbers import figures
from bisenet_viewer.gui.opening.folder import FileList
from bisenet_viewer.gui.opening.naming import source_name
from bisenet_viewer.gui.texts import opening as texts

_Role = Qt.ItemDataRole


class PlaylistModel(QAbstractListModel):
    """A row for each source; which is open, and how long those are that were looked at."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.files: FileList | None = None
        self._lengths: dict[str, float | None] = {}
        """Seconds; None where a file does not tell."""

    def set_files(self, files: FileList | None) -> None:
        """Show this list, or another of it as open."""
        if files is not None and self.files is not None and files.sources == self.files.sources:
            self.files = files
            self.dataChanged.emit(self.index(0), self.index(len(files.sources) - 1))
            return
        self.beginResetModel()
        self.files = files
        self.endResetModel()

    def set_length(self, source: str, seconds: float | None) -> None:
        """How long a source is."""
        self._lengths[source] = seconds
        if self.files is not None and source in self.files.sources:
            place = self.index(self.files.sources.index(source))
            self.dataChanged.emit(place, place)

    def needs_length(self, row: int) -> bool:
        """Whether nobody looked yet how long this one is."""
        return self.files is not None and self.files.sources[row] not in self._lengths

    def length_text(self, row: int) -> str:
        """Empty where it is not known."""
        seconds = None if self.files is None else self._lengths.get(self.files.sources[row])
        return "" if seconds is None else figures.clock_time(seconds)

    def is_open(self, row: int) -> bool:
        return self.files is not None and row == self.files.index

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        is_below = parent is not None and parent.isValid()
        return 0 if self.files is None or is_below else len(self.files.sources)

    def data(self, index: QModelIndex, role: int = _Role.DisplayRole) -> Any:
        if self.files is None or not index.isValid():
            return None
        source = self.files.sources[index.row()]
        name, length = source_name(source), self.length_text(index.row())
        match role:
            case _Role.DisplayRole:
                return name
            case _Role.ToolTipRole:
                return source
            case _Role.AccessibleTextRole:
                return ", ".join(
                    part for part in (name, length, texts.NOW_OPEN if self.is_open(index.row()) else "") if part
                )
        return None
