"""Recording: begins and ends with a click, and tells for how long it has been going on."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget

from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.numbers import figures
from bisenet_viewer.gui.texts import transport as texts
from bisenet_viewer.gui.transport.buttons import BarButton


class RecordButton(BarButton):
    """A red dot and the time while it records."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(icon("record"), texts.RECORD, Action.RECORD, parent=parent)
        self._is_on = False

    def set_recording(self, elapsed_s: float | None) -> None:
        """For how long it records; None while it does not."""
        is_on = elapsed_s is not None
        if is_on != self._is_on:
            self._is_on = is_on
            self.setIcon(icon("record", "danger" if is_on else "text"))
            self.say(texts.RECORD_STOP if is_on else texts.RECORD, Action.RECORD)
            beside, alone = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
            self.setToolButtonStyle(beside if is_on else alone)
        text = "" if elapsed_s is None else figures.clock_time(elapsed_s)
        if text != self.text():
            self.setText(text)
