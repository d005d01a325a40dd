"""`WipeHandle`: what the divider of a wipe is moved by, with the pointer or with keys."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QEnterEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PyQt6.QtWidgets import QAbstractSlider, QWidget

from bisenet_viewer.gui.common.own_keys import claims
from bisenet_viewer.gui.common.theme import colors
from bisenet_viewer.gui.texts import picture as texts

WIDTH = 36
"""More than the line has, so that it is easily met."""
_STEPS = 1000
_RADIUS = 15.0
_KEYS = {
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End,
}  # fmt: skip


class WipeHandle(QAbstractSlider):
    """A knob on the divider, over the picture and as high as it. With the focus it takes the arrow keys for itself."""

    moved = pyqtSignal(float)
    """Where a person wants the divider, 0 (left) to 1."""
    entered = pyqtSignal()
    """The pointer is on it, no longer on the picture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(0, _STEPS)
        self.setSingleStep(_STEPS // 100)
        self.setPageStep(_STEPS // 10)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAccessibleName(texts.DIVIDER)
        self.setToolTip(texts.DIVIDER_TIP)
        self.hide()
        self._spot = QRectF()
        self._grip: float | None = None
        """How far right of the divider the pointer holds it."""
        self.valueChanged.connect(lambda value: self.moved.emit(value / _STEPS))

    def place(self, spot: QRectF, wipe: float) -> None:
        """spot: where the picture is in the parent."""
        self._spot = spot
        blocker = QSignalBlocker(self)
        self.setValue(round(wipe * _STEPS))
        blocker.unblock()
        x = spot.left() + spot.width() * wipe
        self.setGeometry(round(x - WIDTH / 2), round(spot.top()), WIDTH, round(spot.height()))

    def event(self, event: QEvent | None) -> bool:
        return claims(event, lambda key: key.key() in _KEYS) or super().event(event)

    def enterEvent(self, event: QEnterEvent | None) -> None:
        super().enterEvent(event)
        self.entered.emit()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position().x() - self.width() / 2
            self.setSliderDown(True)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self._grip is None or self._spot.width() <= 0:
            return
        x = self.mapToParent(event.position()).x() - self._grip - self._spot.left()
        self.moved.emit(min(max(x / self._spot.width(), 0.0), 1.0))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._grip = None
            self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """The picture's, as beside the divider."""
        if event is not None:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        middle = QPointF(self.width() / 2, self.height() / 2)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors().accent if self.hasFocus() else QColor(0, 0, 0, 120), 2 if self.hasFocus() else 1))
        painter.setBrush(QColor(255, 255, 255))
        painter.drawEllipse(middle, _RADIUS, _RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(40, 44, 52))
        for way in (-1, 1):
            tip = middle + QPointF(way * 9.5, 0)
            painter.drawPolygon(QPolygonF([tip, tip + QPointF(-way * 5.5, -5), tip + QPointF(-way * 5.5, 5)]))
        painter.end()
