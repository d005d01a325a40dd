"""What stands in the video's place while there is no video."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from bisenet_viewer.gui.common.theme import BODY_PT, HEADLINE_PT, sized


class Message(QFrame):
    """A headline, a line of detail, and while something is being waited for a moving bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.headline = _line(HEADLINE_PT, "headline")
        self.detail = _line(BODY_PT, "detail")
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(180)
        self.bar.setAccessibleName("Working")
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addWidget(self.headline)
        layout.addWidget(self.detail)
        layout.addSpacing(8)
        layout.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def tell(self, headline: str, detail: str, *, busy: bool) -> None:
        self.headline.setText(headline)
        self.detail.setText(detail)
        self.bar.setVisible(busy)
        self.setAccessibleName(f"{headline}. {detail}")


def _line(points: float, name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setFont(sized(label.font(), points))
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    return label
