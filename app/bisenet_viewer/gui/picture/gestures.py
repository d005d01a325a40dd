"""`Gestures`: tells a click, a drag and a double click apart."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QPointF, QTimer, pyqtSignal
from PyQt6.QtWidgets import QApplication


class Gestures(QObject):
    """Of one button, by where it goes down and up; a double click is no click, and neither is a drag."""

    clicked = pyqtSignal(QPointF)
    """As soon as it cannot become a double click any more."""
    double_clicked = pyqtSignal()
    drag_began = pyqtSignal()
    dragged = pyqtSignal(QPointF)
    """How far from where the button went down."""
    drag_ended = pyqtSignal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pressed_at: QPointF | None = None
        self._click_at = QPointF()
        self._is_drag = False
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.timeout.connect(lambda: self.clicked.emit(self._click_at))

    def press(self, at: QPointF) -> None:
        self._pressed_at, self._is_drag = at, False

    def move(self, at: QPointF) -> None:
        if self._pressed_at is None:
            return
        way = at - self._pressed_at
        if not self._is_drag and way.manhattanLength() >= QApplication.startDragDistance():
            self._is_drag = True
            self.drag_began.emit()
        if self._is_drag:
            self.dragged.emit(way)

    def release(self) -> None:
        if self._pressed_at is not None and not self._is_drag:
            self._click_at = self._pressed_at
            self._waiting.start(QApplication.doubleClickInterval())
        self._end()

    def double_click(self) -> None:
        """The second press of two."""
        self._waiting.stop()
        self._end()
        self.double_clicked.emit()

    def cancel(self) -> None:
        """What was there to be clicked is gone."""
        self._waiting.stop()
        self._end()

    def _end(self) -> None:
        was_drag, self._pressed_at, self._is_drag = self._is_drag, None, False
        if was_drag:
            self.drag_ended.emit()
