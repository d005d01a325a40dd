"""A thin bar in which something moves while one waits."""

from __future__ import annotations

from PyQt6.QtCore import QElapsedTimer, QRectF, QSize, Qt, QTimer
from PyQt6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from bisenet_viewer.gui.common.theme import colors

_FRAME_MS = 33
_PERIOD_MS = 1600
_PART = 0.35
"""Of the width, that moves."""


class BusyBar(QWidget):
    """Tells no progress, only that it goes on. Costs nothing while it is hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, 4)

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._clock.start()
        self._timer.start()

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(self.rect())
        radius = track.height() / 2
        painter.setBrush(colors().line)
        painter.drawRoundedRect(track, radius, radius)
        left, right = stretch_at(self._clock.elapsed() / _PERIOD_MS if self._clock.isValid() else 0.0)
        painter.setBrush(colors().accent)
        part = QRectF(track.left() + left * track.width(), 0, (right - left) * track.width(), track.height())
        painter.drawRoundedRect(part, radius, radius)
        painter.end()


def stretch_at(turns: float) -> tuple[float, float]:
    """From where to where the moving part reaches, 0 to 1, after so many times through the bar.

    It comes in at the left, is slow at neither end, and leaves at the right.
    """
    through = turns % 1.0
    eased = through * through * (3 - 2 * through)
    head = eased * (1 + _PART)
    return max(0.0, head - _PART), min(1.0, head)
