"""A slider whose handle goes where one clicks."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSlider, QStyle, QWidget

from bisenet_viewer.gui.common.theme import colors

_RADIUS = 6.0
_GROOVE = 4.0


class JumpSlider(QSlider):
    """Horizontal. `chosen` tells what a person did; setting the value in code is silent."""

    chosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.actionTriggered.connect(self._tell_position)

    def value_at(self, x: float) -> int:
        """The value under a place of the widget."""
        room = max(1, round(self.width() - 2 * _RADIUS))
        return QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), round(x - _RADIUS), room)

    def place_of(self, value: int) -> QPointF:
        """Where the middle of the handle is at a value."""
        span = max(1, self.maximum() - self.minimum())
        part = (value - self.minimum()) / span
        return QPointF(_RADIUS + part * (self.width() - 2 * _RADIUS), self.height() / 2)

    def sizeHint(self) -> QSize:
        return QSize(120, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 20)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._choose(self.value_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self.isSliderDown():
            self._choose(self.value_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        handle = self.place_of(self.sliderPosition())
        groove = QRectF(_RADIUS, handle.y() - _GROOVE / 2, self.width() - 2 * _RADIUS, _GROOVE)
        painter.setBrush(colors().line)
        painter.drawRoundedRect(groove, _GROOVE / 2, _GROOVE / 2)
        if self.isEnabled():
            groove.setRight(handle.x())
            painter.setBrush(colors().accent)
            painter.drawRoundedRect(groove, _GROOVE / 2, _GROOVE / 2)
            is_hot = self.underMouse() or self.isSliderDown() or self.hasFocus()
            radius = _RADIUS if is_hot else _RADIUS - 1
            painter.setBrush(colors().accent if self.hasFocus() else colors().text)
            painter.drawEllipse(handle, radius, radius)
        painter.end()

    def _choose(self, value: int) -> None:
        if value != self.value():
            self.setValue(value)
            self.chosen.emit(value)

    def _tell_position(self, _action: int) -> None:
        # Keys and wheel: the position is new already, the value follows after this signal.
        if self.sliderPosition() != self.value():
            self.chosen.emit(self.sliderPosition())
