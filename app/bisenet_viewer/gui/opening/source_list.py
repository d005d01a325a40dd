"""A heading and the sources under it."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QFont
from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

from bisenet_viewer.gui.common.theme import SMALL_PT, sized
from bisenet_viewer.gui.opening.source_row import Entry, SourceRow


class SourceList(QWidget):
    """Rows keep their focus while others come and go."""

    chosen = pyqtSignal(str)
    """The source of the row that was clicked."""
    left_for = pyqtSignal(int, int)
    """An arrow was pressed in a row: steps to the right, and down."""

    def __init__(self, heading: str, empty: str, parent: QWidget | None = None) -> None:
        """empty: what stands there while there is no row."""
        super().__init__(parent)
        self.rows: list[SourceRow] = []
        self._scale = 1.0
        self.setAccessibleName(heading)
        self._heading = QLabel(heading)
        self._heading.setObjectName("muted")
        self._empty = QLabel(empty)
        self._empty.setObjectName("muted")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._layout.addWidget(self._heading)
        self._layout.addWidget(self._empty)
        self._layout.addStretch(1)
        self.set_scale(1.0)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these; a row whose source is still there stays the same row."""
        old = {row.entry.source: row for row in self.rows}
        rows = []
        for place, entry in enumerate(entries):
            row = old.pop(entry.source, None)
            if row is None:
                row = self._made(entry)
            elif row.entry != entry:
                row.set_entry(entry)
            rows.append(row)
            # After the heading and the empty line.
            if self._layout.indexOf(row) != place + 2:
                self._layout.insertWidget(place + 2, row)
                # Now and not with the next event, so that Tab finds it.
                row.show()
        for row in old.values():
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = rows
        self._empty.setVisible(not rows)

    @property
    def empty_text(self) -> str:
        """What stands there while there is no row."""
        return self._empty.text()

    def set_empty_text(self, text: str) -> None:
        self._empty.setText(text)

    def set_centered(self, is_centered: bool) -> None:
        """Where the words are while there is no row."""
        side = Qt.AlignmentFlag.AlignHCenter if is_centered else Qt.AlignmentFlag.AlignLeft
        for label in (self._heading, self._empty):
            label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self._heading.setVisible(not is_centered)

    def set_scale(self, scale: float) -> None:
        """1 is what a window of ordinary size has."""
        self._scale = scale
        self._heading.setFont(sized(self.font(), SMALL_PT * scale, QFont.Weight.DemiBold))
        self._empty.setFont(sized(self.font(), SMALL_PT * scale))
        # As far in as the icons of the rows.
        self._heading.setContentsMargins(round(10 * scale), 0, 0, 4)
        self._empty.setContentsMargins(round(10 * scale), 4, 0, 4)
        for row in self.rows:
            row.set_scale(scale)

    def _made(self, entry: Entry) -> SourceRow:
        row = SourceRow(entry)
        row.set_scale(self._scale)
        row.clicked.connect(lambda: self.chosen.emit(row.entry.source))
        row.left_for.connect(self.left_for)
        return row
