"""A progress bar as thin as a line, with a groove that is seen on a note."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QProgressBar

from bisenet_viewer.gui.common.theme import colors

_WIDTH, _HEIGHT = 100, 4


class ThinBar(QProgressBar):
    """Keeps the value for screen readers, and paints it itself: the sheet's bar has the colour of a note."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextVisible(False)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QRectF(0, (self.height() - _HEIGHT) / 2, self.width(), _HEIGHT)
        painter.setBrush(colors().line)
        painter.drawRoundedRect(groove, _HEIGHT / 2, _HEIGHT / 2)
        part = (self.value() - self.minimum()) / max(1, self.maximum() - self.minimum())
        if part > 0:
            groove.setWidth(max(float(_HEIGHT), part * groove.width()))
            painter.setBrush(colors().accent)
            painter.drawRoundedRect(groove, _HEIGHT / 2, _HEIGHT / 2)
        painter.end()
