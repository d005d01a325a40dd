"""The rows of the classes, under one another: those that are looked for, in the order that is wanted."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QPoint, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QResizeEvent
from PyQt6.QtWidgets import QScrollArea, QWidget

from bisenet_viewer.gui.classes import row_painting
from bisenet_viewer.gui.classes.class_row import ClassRow

COMPACT_FROM = 14
"""From so many classes on the rows are lower."""
_SORT_EVERY = 4
"""Shares come four times a second; rows that changed places as often could not be clicked."""


class ClassList(QWidget):
    """Places its rows itself: a layout would take its time for 171 of them."""

    toggled = pyqtSignal(int)
    solo_wanted = pyqtSignal(int)
    swatch_clicked = pyqtSignal(int, QPoint)
    menu_wanted = pyqtSignal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[ClassRow] = []
        """By class id."""
        self._order: list[ClassRow] = []
        self._filter = ""
        self._sorts = False
        self._shares_seen = 0

    def set_classes(self, names: Sequence[str], colors: Sequence[QColor]) -> None:
        """Rows for these classes, all of them on, with no share yet."""
        # Out of sight: each row by itself would be shown, laid out and painted.
        self.hide()
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self._order = []
        self.rows = [
            self._row(class_id, name, color) for class_id, (name, color) in enumerate(zip(names, colors, strict=True))
        ]
        self._filter = ""
        self._arrange()
        self.show()

    def _row(self, class_id: int, name: str, color: QColor) -> ClassRow:
        row = ClassRow(class_id, name, color, self)
        row.clicked.connect(lambda: self.toggled.emit(class_id))
        row.solo_wanted.connect(lambda: self.solo_wanted.emit(class_id))
        row.color_wanted.connect(lambda place: self.swatch_clicked.emit(class_id, place))
        row.menu_wanted.connect(lambda place: self.menu_wanted.emit(class_id, place))
        row.stepped.connect(lambda step: self._step(row, step))
        return row

    def set_shares(self, shares: Sequence[float]) -> None:
        """Part of the picture, 0 to 1, by class id."""
        for row, share in zip(self.rows, shares, strict=True):
            if share != row.share:  # of 171 classes most are nowhere
                row.set_share(share)
        self._shares_seen += 1
        if self._sorts and self._shares_seen % _SORT_EVERY == 0:
            self._arrange()

    def set_sorted(self, sorts: bool) -> None:
        """The largest share first, or in the order of the class ids."""
        self._sorts = sorts
        self._arrange()

    def set_filter(self, text: str) -> int:
        """Show only classes with this in their names; how many there are."""
        self._filter = text.strip().casefold()
        self._arrange()
        return len(self._order)

    def _arrange(self) -> None:
        rows = [row for row in self.rows if self._filter in row.text().casefold()]
        if self._sorts:
            # In whole percents: small changes leave the rows where they are.
            rows.sort(key=lambda row: (-round(row.share, 2), row.class_id))
        for row in set(self._order) - set(rows):
            row.hide()
        self._order = rows
        self._place()
        for row in rows:
            row.show()
        self._leave_one_tab_stop()

    def _place(self) -> None:
        is_compact = len(self.rows) >= COMPACT_FROM
        height = row_painting.height(compact=is_compact)
        for line, row in enumerate(self._order):
            row.is_compact = is_compact
            row.setGeometry(QRect(0, line * height, self.width(), height))
        self.setMinimumHeight(len(self._order) * height + 8)

    def _leave_one_tab_stop(self) -> None:
        """Tab comes to one row, the arrows go on from there: 171 stops would be a barrier."""
        focused = next((row for row in self._order if row.hasFocus()), None)
        stop = focused or next(iter(self._order), None)
        for row in self.rows:
            row.setFocusPolicy(Qt.FocusPolicy.TabFocus if row is stop else Qt.FocusPolicy.NoFocus)

    def _step(self, row: ClassRow, step: int) -> None:
        place = min(max(0, self._order.index(row) + step), len(self._order) - 1)
        target = self._order[place]
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        self._leave_one_tab_stop()
        self._scroll_to(target)

    def _scroll_to(self, row: ClassRow) -> None:
        viewport = self.parentWidget()
        area = None if viewport is None else viewport.parentWidget()
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(row, 0, row.height())

    def sizeHint(self) -> QSize:
        return QSize(220, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._place()
