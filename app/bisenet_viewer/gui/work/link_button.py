"""A button that looks like a link."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QWidget

from bisenet_viewer.gui.common.theme import BODY_PT, colors, sized

_PADDING_X, _PADDING_Y = 6, 4


class LinkButton(QAbstractButton):
    """Text in the accent colour, underlined under the pointer, with a ring when it has the focus."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setFont(sized(self.font(), BODY_PT))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 2 * _PADDING_X, metrics.height() + 2 * _PADDING_Y)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = colors().accent
        if self.hasFocus():
            painter.setPen(QPen(accent, 1))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        font = self.font()
        font.setUnderline(self.underMouse() or self.isDown())
        painter.setFont(font)
        painter.setPen(accent.darker(120) if self.isDown() else accent)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()
