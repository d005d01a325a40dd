"""The card that lists the keys."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from bisenet_viewer.gui.common.theme import BODY_PT, SMALL_PT, sized
from bisenet_viewer.gui.common.veil import Veil
from bisenet_viewer.gui.help.groups import Group, bindings_of
from bisenet_viewer.gui.texts import help as texts

_COLUMN = 246
_GAP = 20
_AROUND = 70
"""Beside the columns: the card's margins and the scroll bar."""
_ARRANGEMENTS = (
    ((Group.PLAYING,), (Group.CLASSES, Group.VIEW), (Group.WORK, Group.WINDOW)),
    ((Group.PLAYING, Group.CLASSES), (Group.VIEW, Group.WORK, Group.WINDOW)),
    ((Group.PLAYING, Group.CLASSES, Group.VIEW, Group.WORK, Group.WINDOW),),
)
"""The columns, as many as there is room for."""
_SCROLLS = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class KeyCard(Veil):
    """In columns by what the keys are for; scrolls where the window is small."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, texts.KEYS)
        heading = QLabel(texts.KEYS)
        heading.setFont(sized(self.font(), BODY_PT + 3, heading.font().Weight.DemiBold))
        hint = QLabel(texts.KEYS_HINT)
        hint.setObjectName("muted")
        hint.setFont(sized(self.font(), SMALL_PT))
        hint.setWordWrap(True)
        self._groups = {group: _group_table(group) for group in Group}
        self._columns = QHBoxLayout()
        self._columns.setSpacing(_GAP)
        self._columns.setContentsMargins(0, 0, 12, 0)
        self._inside = QWidget()
        self._inside.setLayout(self._columns)
        self.area = QScrollArea()
        self.area.setWidget(self._inside)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self.card)
        layout.setContentsMargins(28, 20, 16, 20)
        layout.setSpacing(4)
        layout.addWidget(heading)
        layout.addWidget(hint)
        layout.addSpacing(10)
        layout.addWidget(self.area, 1)
        self._shown_columns = 0

    @property
    def columns(self) -> int:
        """How many there are side by side."""
        return self._shown_columns

    def arrange(self) -> None:
        room = self.room()
        count = max(1, min(3, (room.width() - _AROUND + _GAP) // (_COLUMN + _GAP)))
        if count != self._shown_columns:
            self._flow(count)
        wanted = self._inside.sizeHint() + QSize(_AROUND, 114)
        self.card.resize(wanted.boundedTo(room))
        self.card.move((self.width() - self.card.width()) // 2, (self.height() - self.card.height()) // 2)

    def _flow(self, count: int) -> None:
        """Put the groups into so many columns."""
        self._shown_columns = count
        while (item := self._columns.takeAt(0)) is not None:
            column = item.layout()
            while column is not None and column.takeAt(0) is not None:
                pass
        for groups in _ARRANGEMENTS[3 - count]:
            column = QVBoxLayout()
            column.setSpacing(16)
            for group in groups:
                column.addWidget(self._groups[group])
            column.addStretch()
            self._columns.addLayout(column)

    def event(self, event: QEvent | None) -> bool:
        # Before the window's shortcuts: here the arrows scroll, where there is something to scroll.
        if isinstance(event, QKeyEvent) and event.key() in _SCROLLS and self._can_scroll():
            if event.type() is QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress:
                self._scroll(Qt.Key(event.key()))
                return True
        return super().event(event)

    def _can_scroll(self) -> bool:
        bar = self.area.verticalScrollBar()
        return bar is not None and bar.maximum() > 0

    def _scroll(self, key: Qt.Key) -> None:
        bar = self.area.verticalScrollBar()
        if bar is not None:
            step = 40 if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) else bar.pageStep()
            bar.setValue(bar.value() + (step if key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown) else -step))


def _group_table(group: Group) -> QWidget:
    """A heading and, below it, keys and what they do."""
    table = QWidget()
    table.setFixedWidth(_COLUMN)
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(5)
    grid.setColumnMinimumWidth(0, 64)
    grid.setColumnStretch(1, 1)
    heading = QLabel(texts.GROUPS[group.value])
    heading.setObjectName("section")
    heading.setFont(sized(heading.font(), SMALL_PT, heading.font().Weight.DemiBold))
    grid.addWidget(heading, 0, 0, 1, 2)
    for row, binding in enumerate(bindings_of(group), start=1):
        cap = QLabel(binding.shown)
        cap.setObjectName("keycap")
        cap.setFont(sized(cap.font(), SMALL_PT))
        cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text = QLabel(binding.text)
        text.setWordWrap(True)
        text.setFont(sized(text.font(), SMALL_PT + 0.5))
        grid.addWidget(cap, row, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text, row, 1)
    return table
