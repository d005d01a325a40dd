"""Looping: the whole file, or a span of it."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QWidget

from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.texts import transport as texts
from bisenet_viewer.gui.transport import tips
from bisenet_viewer.gui.transport.buttons import MenuButton


class LoopButton(MenuButton):
    """Its icon tells whether something is looped; its menu, what to do about it."""

    loop_file_wanted = pyqtSignal(bool)
    loop_span_wanted = pyqtSignal()
    """The next of: from here, to here, no more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, texts.LOOP, Action.LOOP_SPAN, Action.LOOP_FILE, parent=parent)
        menu = QMenu(self)
        self.file_action = QAction(f"{texts.LOOP_FILE}\t{tips.keys(Action.LOOP_FILE)}", menu)
        self.file_action.setCheckable(True)
        self.file_action.triggered.connect(self._want_file)
        self.span_action = QAction(menu)
        self.span_action.triggered.connect(self.loop_span_wanted)
        menu.addAction(self.file_action)
        menu.addAction(self.span_action)
        self.set_menu(menu)
        self._span: tuple[float | None, float | None] = (None, None)
        self._show()

    def set_span(self, start_s: float | None, end_s: float | None) -> None:
        """None: not said yet."""
        self._span = (start_s, end_s)
        self._show()

    def set_file(self, loops: bool) -> None:
        """Whether the file begins again at its end."""
        self.file_action.setChecked(loops)
        self._show()

    def _show(self) -> None:
        start_s, end_s = self._span
        loops_file = self.file_action.isChecked()
        text = texts.LOOP_BEGIN if start_s is None else texts.LOOP_END if end_s is None else texts.LOOP_LEAVE
        self.span_action.setText(f"{text}\t{tips.keys(Action.LOOP_SPAN)}")
        name = "loop-file" if loops_file and start_s is None else "loop"
        self.setIcon(icon(name, "accent" if loops_file or start_s is not None else "text"))

    def _want_file(self, loops: bool) -> None:
        # The tick follows what is so, which is told by `set_file`.
        self.file_action.setChecked(not loops)
        self.loop_file_wanted.emit(loops)
