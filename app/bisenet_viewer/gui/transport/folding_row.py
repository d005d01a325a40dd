"""`FoldingRow`: controls in a row, of which the least important go where there is no room for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PyQt6.QtCore import QEvent, QRect, QSize
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

GAP = 4


class Shortened(Protocol):
    """What can do with less room."""

    def width_when(self, *, short: bool) -> int: ...

    def set_short(self, short: bool) -> None: ...


@dataclass(slots=True)
class _Item:
    widget: QWidget
    importance: int
    gap: int
    """Before it, in pixels."""
    wanted: bool = True
    shortened: Shortened | None = None
    """The widget, if it can do with less room."""
    full: int = 0
    """How important it is that it has all of its room."""

    def width(self, at: int) -> int:
        """In pixels, when all that is up to `at` important is gone."""
        if self.shortened is not None:
            return self.shortened.width_when(short=at >= self.full)
        return _size(self.widget).width()


class FoldingRow(QWidget):
    """Some at the left end, some at the right. None is ever cut off, and none overlaps another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._left: list[_Item] = []
        self._right: list[_Item] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def add_left(self, widget: QWidget, importance: int, *, gap: int = GAP) -> None:
        """importance: from 0 on. The more important of two stays longer; of two that are equally so, both go."""
        self._add(self._left, widget, importance, gap)

    def add_right(self, widget: QWidget, importance: int, *, gap: int = GAP) -> None:
        """In reading order: the last is at the right end."""
        self._add(self._right, widget, importance, gap)

    def _add(self, side: list[_Item], widget: QWidget, importance: int, gap: int) -> None:
        widget.setParent(self)
        side.append(_Item(widget, importance, gap))
        self.updateGeometry()

    def shorten(self, widget: Shortened, importance: int) -> None:
        """Where there is no room for what is so important, this widget of the row does with less."""
        same: object = widget
        item = next(item for item in self._items if item.widget is same)
        item.shortened, item.full = widget, importance

    def set_wanted(self, widget: QWidget, wanted: bool) -> None:
        """Whether it is to be seen at all, where there is room."""
        item = next(item for item in self._items if item.widget is widget)
        if item.wanted != wanted:
            item.wanted = wanted
            self._fold()

    @property
    def _items(self) -> list[_Item]:
        return self._left + self._right

    def sizeHint(self) -> QSize:
        return QSize(self._room(-1), self._height())

    def minimumSizeHint(self) -> QSize:
        steps = self._steps()
        return QSize(self._room(steps[-2] if len(steps) > 1 else -1), self._height())

    def _height(self) -> int:
        return max((_size(item.widget).height() for item in self._items), default=0)

    def _steps(self) -> list[int]:
        """What is given up, one after the other."""
        important = {item.importance for item in self._items}
        return sorted(important | {item.full for item in self._items if item.shortened is not None})

    def _room(self, at: int) -> int:
        """How much it takes when all that is up to `at` important is gone."""
        return sum(item.width(at) + item.gap for item in self._items if item.wanted and item.importance > at)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fold()

    def event(self, event: QEvent | None) -> bool:
        # Sent where there is no QLayout when a child's text, and with it its size, has changed.
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self._fold()
        return super().event(event)

    def _fold(self) -> None:
        """Show what there is room for, and put it in its place."""
        at = next((step for step in (-1, *self._steps()) if self._room(step) <= self.width()), -1)
        for item in self._items:
            if item.shortened is not None:
                item.shortened.set_short(at >= item.full)
            item.widget.setVisible(item.wanted and item.importance > at)
        x = 0
        for item in self._left:
            x = self._place(item, x)
        x = self.width() - sum(item.widget.isVisibleTo(self) * (item.width(at) + item.gap) for item in self._right)
        for item in self._right:
            x = self._place(item, x)

    def _place(self, item: _Item, x: int) -> int:
        """Returns where the next one begins."""
        if not item.widget.isVisibleTo(self):
            return x
        size = _size(item.widget)
        top = (self.height() - size.height()) // 2
        item.widget.setGeometry(QRect(x + item.gap, top, size.width(), size.height()))
        return x + item.gap + size.width()


def _size(widget: QWidget) -> QSize:
    return widget.sizeHint().expandedTo(widget.minimumSize()).boundedTo(widget.maximumSize())
