"""`Note`: a small box over the video."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.common.theme import BODY_PT, colors, sized
from bisenet_viewer.gui.texts import work as texts

_RADIUS = 8.0
_WIDEST = 460


class Note(QFrame):
    """Text, and after it what is added to `row`; as wide as its text is, and wrapped where there is no room."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        # A click here is not one on the video, which may begin to play or fill the screen.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.label = QLabel(text)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setFont(sized(self.label.font(), BODY_PT))
        self.label.setWordWrap(True)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(14, 7, 8, 7)
        self.row.setSpacing(8)
        self.row.addWidget(self.label, 1)

    def fit_into(self, width: int) -> None:
        """Take as much room as the text needs, at most `width` pixels."""
        others = self.row.sizeHint().width() - self.label.sizeHint().width()
        # A label that may wrap likes to be square: told the width of its line, it stays on it.
        line = self.label.fontMetrics().horizontalAdvance(self.label.text()) + 2
        wanted = max(1, min(width, _WIDEST, line + others))
        self.resize(wanted, max(self.row.totalHeightForWidth(wanted), self.row.totalMinimumSize().height()))

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors().line, 1))
        painter.setBrush(colors().raised)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.end()


def dismiss_button() -> QToolButton:
    """A small cross."""
    button = QToolButton()
    button.setIcon(icon("close", "muted"))
    button.setIconSize(QSize(12, 12))
    button.setToolTip(texts.DISMISS)
    button.setAccessibleName(texts.DISMISS)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
