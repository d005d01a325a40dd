"""The slider that says where in a video one is, and goes where one wants to be."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QEnterEvent, QHideEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from bisenet_viewer.gui.common.jump_slider import JumpSlider
from bisenet_viewer.gui.common.theme import colors
from bisenet_viewer.gui.help.keys import LONG_STEP_S, SHORT_STEP_S
from bisenet_viewer.gui.texts import transport as texts

_MARK = 12
"""The height of the marks of a loop."""


class SeekSlider(JumpSlider):
    """Milliseconds of the video. Tells which moment the pointer is at, and shows the span that is looped."""

    pointed = pyqtSignal(float)
    """The pointer is over, or drags to, this moment: seconds of the stream's own clock."""
    left = pyqtSignal()
    """It is over none any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loop: tuple[float | None, float | None] = (None, None)
        self.setMouseTracking(True)
        self.setSingleStep(int(SHORT_STEP_S * 1000))
        self.setPageStep(int(LONG_STEP_S * 1000))
        self.setAccessibleName(texts.POSITION)

    def set_loop(self, start_s: float | None, end_s: float | None) -> None:
        """The span that is looped; None: not said yet."""
        if (start_s, end_s) != self._loop:
            self._loop = (start_s, end_s)
            self.update()

    def enterEvent(self, event: QEnterEvent | None) -> None:
        super().enterEvent(event)
        if event is not None:
            self._point_at(event.position().x())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        super().mousePressEvent(event)
        if event is not None:
            self._point_at(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        super().mouseMoveEvent(event)
        if event is not None:
            self._point_at(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        super().mouseReleaseEvent(event)
        if event is not None and not self.rect().contains(event.position().toPoint()):
            self.left.emit()

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        if not self.isSliderDown():
            self.left.emit()

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self.left.emit()

    def _point_at(self, x: float) -> None:
        if self.isEnabled():
            self.pointed.emit(self.value_at(x) / 1000)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        self._paint_loop()
        super().paintEvent(event)

    def _paint_loop(self) -> None:
        """Under the groove and the handle."""
        start_s, end_s = self._loop
        if start_s is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        first = self.place_of(round(start_s * 1000))
        band = QRectF(first.x() - 1, first.y() - _MARK / 2, 2, _MARK)
        painter.setBrush(colors().accent)
        painter.drawRect(band)
        if end_s is not None:
            band.moveLeft(self.place_of(round(end_s * 1000)).x() - 1)
            painter.drawRect(band)
            painter.setOpacity(0.25)
            painter.drawRect(QRectF(first.x(), first.y() - _MARK / 2, band.left() - first.x(), _MARK))
        painter.end()
