"""A monkey before the window: random keys, clicks, drags, turns of the wheel and sizes; the same for the same seed."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QPoint, QPointF, Qt, QTimer
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget

from bisenet_viewer.gui.help.keys import BINDINGS, Action
from bisenet_viewer.gui.window import Window

NOT_PRESSED = {Action.QUIT, Action.EXPORT_MASKS}
"""The one would end the play, the other begins a process each time."""
_BUTTONS = (Qt.MouseButton.LeftButton,) * 8 + (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)
_MODIFIERS = (Qt.KeyboardModifier.NoModifier,) * 6 + (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
_PLAIN_KEYS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_A, Qt.Key.Key_7)


class Monkey:
    """Acts on one window. avoid: widgets that it leaves alone, by accessible name."""

    def __init__(self, window: Window, seed: int, avoid: frozenset[str] = frozenset()) -> None:
        self._window = window
        self._random = random.Random(seed)
        self._avoid = avoid
        self.did: Counter[str] = Counter()
        # Some of Qt's own menus and boxes wait for an answer in a loop of their own.
        self._rescue = QTimer(window)
        self._rescue.setSingleShot(True)
        self._rescue.setInterval(300)
        self._rescue.timeout.connect(self._close_what_waits)
        self._acts: tuple[tuple[Callable[[], None], int], ...] = (
            (self._press_binding, 40),
            (self._press_key, 8),
            (self._click, 30),
            (self._drag, 8),
            (self._wheel, 8),
            (self._move, 20),
            (self._resize, 1),
        )

    def act(self) -> None:
        """Do one thing, and let the window answer."""
        acts, weights = zip(*self._acts, strict=True)
        act: Callable[[], None] = self._random.choices(acts, weights)[0]
        self.did[act.__name__.strip("_")] += 1
        self._rescue.start()
        act()
        QApplication.processEvents()
        self._rescue.stop()
        for dialog in self._window.findChildren(QFileDialog):
            # It belongs to Qt: its menus wait for an answer in loops of their own.
            dialog.close()
        # A menu is closed as a person would: it takes all keys while it is open.
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu) and self._random.random() < 0.5:
            popup.close()
        elif popup is not None and self._random.random() < 0.3:
            popup.hide()

    def _close_what_waits(self) -> None:
        for waiting in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
            if waiting is not None:
                waiting.close()
        self._rescue.start()

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self._window.view

    def _press_binding(self) -> None:
        binding = self._random.choice([binding for binding in BINDINGS if binding.action not in NOT_PRESSED])
        QTest.keySequence(self._focus().window(), self._random.choice(binding.keys))

    def _press_key(self) -> None:
        QTest.keyClick(self._focus(), self._random.choice(_PLAIN_KEYS))

    def _target(self) -> QWidget:
        widgets = [
            widget
            for widget in self._window.findChildren(QWidget)
            if widget.isVisible()
            and not widget.size().isEmpty()
            and widget.accessibleName() not in self._avoid
            and not isinstance(widget.window(), QFileDialog)
        ]
        return self._random.choice(widgets) if widgets else self._window

    def _place(self, widget: QWidget) -> QPoint:
        return QPoint(self._random.randrange(widget.width()), self._random.randrange(widget.height()))

    def _click(self) -> None:
        widget = self._target()
        kind = QTest.mouseDClick if self._random.random() < 0.1 else QTest.mouseClick
        kind(widget, self._random.choice(_BUTTONS), self._random.choice(_MODIFIERS), self._place(widget))

    def _drag(self) -> None:
        widget = self._target()
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self._place(widget))
        for _ in range(self._random.randint(1, 6)):
            QTest.mouseMove(widget, self._place(widget))
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self._place(widget))

    def _move(self) -> None:
        widget = self._target()
        QTest.mouseMove(widget, self._place(widget))

    def _wheel(self) -> None:
        widget = self._target()
        place = QPointF(self._place(widget))
        event = QWheelEvent(
            place,
            QPointF(widget.mapToGlobal(place.toPoint())),
            QPoint(),
            QPoint(0, self._random.choice((-240, -120, 120, 240))),
            Qt.MouseButton.NoButton,
            self._random.choice(_MODIFIERS),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def _resize(self) -> None:
        self._window.resize(self._random.randint(500, 1800), self._random.randint(350, 1100))


def resident_mb() -> float:
    """Memory of this process that is in use."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
