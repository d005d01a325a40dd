"""The card about the program: what it is, which version, under which licence, and what it runs on."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from bisenet_viewer.gui.common.icon_label import IconLabel
from bisenet_viewer.gui.common.theme import BODY_PT, HEADLINE_PT, SMALL_PT, sized
from bisenet_viewer.gui.common.veil import Veil
from bisenet_viewer.gui.texts import help as texts

_WIDTH = 380


class AboutCard(Veil):
    """Small; a click or Esc puts it away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, texts.ABOUT)
        self.card.setFixedWidth(_WIDTH)
        name = QLabel(texts.NAME)
        name.setFont(sized(self.font(), HEADLINE_PT, name.font().Weight.DemiBold))
        self.version = _small()
        title = QVBoxLayout()
        title.setSpacing(1)
        title.addWidget(name)
        title.addWidget(self.version)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(IconLabel("app", 56), 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(title, 1)
        purpose = QLabel(texts.PURPOSE)
        purpose.setWordWrap(True)
        purpose.setFont(sized(self.font(), BODY_PT))
        self.device = _small()
        licence = _small()
        licence.setText(texts.LICENCE)
        layout = QVBoxLayout(self.card)
        layout.setContentsMargins(26, 24, 26, 24)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addWidget(purpose)
        layout.addWidget(self.device)
        layout.addWidget(licence)
        self.set_device("")

    def set_device(self, text: str) -> None:
        """What the model runs on, for people; empty: nothing yet."""
        self.device.setText(text)
        self.device.setVisible(bool(text))
        self.arrange()

    def come(self) -> None:
        # Not before: it is a file on disk.
        try:
            self.version.setText(texts.version(version("bisenet-viewer")))
        except PackageNotFoundError:
            self.version.setText(texts.version(texts.NOT_INSTALLED))
        super().come()


def _small() -> QLabel:
    label = QLabel()
    label.setObjectName("muted")
    label.setWordWrap(True)
    label.setFont(sized(label.font(), SMALL_PT))
    return label
