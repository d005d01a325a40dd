"""The card that lists the keys."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from bisenet_viewer.gui.common.theme import BODY_PT, sized
from bisenet_viewer.gui.help.keys import BINDINGS


class KeyCard(QWidget):
    """Lies over the whole window, darkens it, and goes away with a click. Nothing stops meanwhile."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Keys")
        card = QFrame()
        card.setObjectName("card")
        grid = QGridLayout(card)
        grid.setContentsMargins(28, 22, 32, 26)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(9)
        heading = QLabel("Keys")
        heading.setFont(sized(self.font(), BODY_PT + 2, heading.font().Weight.DemiBold))
        grid.addWidget(heading, 0, 0, 1, 2)
        grid.setRowMinimumHeight(0, 30)
        for row, binding in enumerate(BINDINGS, start=1):
            cap = QLabel(binding.shown)
            cap.setObjectName("keycap")
            cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(cap, row, 0, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(QLabel(binding.text), row, 1)
        layout = QVBoxLayout(self)
        layout.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        self.hide()

    def toggle(self) -> None:
        """Show the card over the parent, or hide it."""
        self.setGeometry(self.parentWidget().rect())  # type: ignore[union-attr]  # the constructor demands a parent
        self.setVisible(self.isHidden())
        self.raise_()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 130))
        painter.end()

    def mousePressEvent(self, _event: QMouseEvent | None) -> None:
        self.hide()
