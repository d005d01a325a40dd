"""A list to choose one thing from; what cannot be chosen stands there greyed, with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QStandardItem, QStandardItemModel, QWheelEvent
from PyQt6.QtWidgets import QComboBox, QWidget

from bisenet_viewer.gui.common.own_keys import claims, is_plain
from bisenet_viewer.gui.switching.options import Option

_OWN_KEYS = {
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Space,
}
"""That are not the window's while the list has the focus."""


class Chooser(QComboBox):
    """`chosen` tells what a person chose; setting the options in code is silent."""

    chosen = pyqtSignal(object)
    """The option's value."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self._options: list[Option] = []
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.activated.connect(self._tell)

    def set_options(self, options: Sequence[Option], value: object) -> None:
        """Show these, and the one of that value as chosen. Nothing happens where all is so already."""
        place = next((place for place, option in enumerate(options) if option.value == value), -1)
        if list(options) != self._options:
            self._options = list(options)
            self._items.clear()
            for option in options:
                self._items.appendRow(_item(option))
        self.setCurrentIndex(place)

    @property
    def options(self) -> tuple[Option, ...]:
        return tuple(self._options)

    def place_of(self, value: object) -> int:
        """The line of a value; -1 where there is none."""
        return next((place for place, option in enumerate(self._options) if option.value == value), -1)

    def _tell(self, place: int) -> None:
        self.chosen.emit(self._options[place].value)

    def event(self, event: QEvent | None) -> bool:
        return claims(event, lambda key: is_plain(key, _OWN_KEYS)) or super().event(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        # Turned over a card that lies on the video, the wheel would load one model after another.
        if event is not None:
            event.ignore()


def _item(option: Option) -> QStandardItem:
    item = QStandardItem(f"{option.text}   ({option.why_not})" if option.why_not else option.text)
    item.setEnabled(not option.why_not)
    if option.tip:
        item.setToolTip(option.tip)
    return item
