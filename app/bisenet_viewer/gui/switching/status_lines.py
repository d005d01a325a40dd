"""What runs, what is being prepared, and what was refused: the lines below the lists of the model card."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from bisenet_viewer.gui.common.theme import SMALL_PT, colors, sized
from bisenet_viewer.gui.texts import switching as texts


class FaultLabel(QLabel):
    """A label in the theme's colour for what failed."""

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setPen(colors().danger)
        flags = Qt.TextFlag.TextWordWrap.value | Qt.AlignmentFlag.AlignLeft.value | Qt.AlignmentFlag.AlignVCenter.value
        painter.drawText(self.contentsRect(), flags, self.text())
        painter.end()


class Rule(QWidget):
    """A thin line between parts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(11)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() // 2, self.width(), 1, colors().line)
        painter.end()


class StatusLines(QWidget):
    """Only those lines are there that say something."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.now = self._line(QLabel())
        self.preparing = self._line(QLabel())
        self.fault = self._line(FaultLabel())
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName(texts.BUSY)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 3, 0, 0)
        layout.setSpacing(5)
        for part in (self.now, self.busy, self.preparing, self.fault):
            layout.addWidget(part)
        self.set_running("", "")
        self.set_preparing("")
        self.set_fault("")

    def set_running(self, text: str, story: str) -> None:
        self.now.setText(texts.NOW.format(what=text) if text else texts.NOTHING_RUNS)
        self.now.setToolTip(story)

    def set_preparing(self, text: str) -> None:
        self.preparing.setText(texts.PREPARING.format(what=text) if text else "")
        self.preparing.setVisible(bool(text))
        self.busy.setVisible(bool(text))

    def set_fault(self, text: str) -> None:
        self.fault.setText(text)
        self.fault.setVisible(bool(text))

    def _line(self, label: QLabel) -> QLabel:
        label.setObjectName("muted")
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setFont(sized(self.font(), SMALL_PT))
        return label
