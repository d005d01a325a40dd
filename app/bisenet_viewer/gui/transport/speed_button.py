"""The speed of a recording: the button shows it, its menu changes it."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QWidget

from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.texts import transport as texts
from bisenet_viewer.gui.transport import tips
from bisenet_viewer.gui.transport.buttons import MenuButton
from bisenet_viewer.gui.transport.speeds import SPEEDS


class SpeedButton(MenuButton):
    """Says `1×`, in the accent colour where it is something else."""

    speed_wanted = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, texts.SPEED, Action.SLOWER, Action.FASTER, parent=parent)
        menu = QMenu(self)
        self.actions_by_speed: dict[float, QAction] = {}
        for factor in SPEEDS:
            key = f"\t{tips.keys(Action.NORMAL_SPEED)}" if factor == 1 else ""
            action = QAction(texts.speed(factor) + key, menu)
            action.setCheckable(True)
            action.triggered.connect(lambda _checked, factor=factor: self._want(factor))
            menu.addAction(action)
            self.actions_by_speed[factor] = action
        self.set_menu(menu)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(texts.speed(0.25)) + 14)
        self._speed = 1.0
        self.set_speed(1.0, enabled=False)

    def set_speed(self, factor: float, *, enabled: bool) -> None:
        """factor: 1 is real time. enabled: False for what comes at its own speed."""
        self._speed = factor
        self.setText(texts.speed(factor))
        self.set_lit(enabled and factor != 1)
        self.setEnabled(enabled)
        self._tick()

    def _tick(self) -> None:
        for speed, action in self.actions_by_speed.items():
            action.setChecked(speed == self._speed)

    def _want(self, factor: float) -> None:
        # The tick follows the speed there is, which is told by `set_speed`.
        self._tick()
        self.speed_wanted.emit(factor)
