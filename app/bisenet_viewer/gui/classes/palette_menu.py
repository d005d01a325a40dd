"""The menu that the colours of all classes are chosen from."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QMenu, QWidget

from bisenet_viewer.gui.classes.palettes import NAMES
from bisenet_viewer.gui.texts import classes as texts


class PaletteMenu(QMenu):
    """One row for each palette, and one to undo what was changed by hand."""

    wanted = pyqtSignal(str)
    """The name of a palette."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._last = NAMES[0]
        self.choices: dict[str, QAction] = {}
        group = QActionGroup(self)
        for name in NAMES:
            action = QAction(texts.PALETTES[name], group)
            action.setCheckable(True)
            action.triggered.connect(lambda _checked, name=name: self.wanted.emit(name))
            self.addAction(action)
            self.choices[name] = action
        self.addSeparator()
        self.reset = QAction(texts.RESET_COLORS, self)
        self.reset.triggered.connect(lambda: self.wanted.emit(self._last))
        self.addAction(self.reset)
        self.set_palette(self._last)

    def set_palette(self, name: str | None) -> None:
        """The one that is on; None: some of its colours were changed by hand."""
        self._last = name or self._last
        self.choices[self._last].setChecked(True)
        self.reset.setEnabled(name is None)
