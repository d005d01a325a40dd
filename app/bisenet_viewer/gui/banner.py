"""What went wrong, and the ways out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from bisenet_viewer.gui.common.icons import icon

WayOut = tuple[str, Callable[[], None]]
"""The text of a button and what it does."""


class Banner(QFrame):
    """One line of text over the video, with buttons; stays until it is dismissed or the fault is gone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons: list[QPushButton] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(6)
        close = QToolButton()
        close.setIcon(icon("close", "muted"))
        close.setIconSize(QSize(14, 14))
        close.setToolTip("Dismiss  (Esc)")
        close.setAccessibleName("Dismiss")
        close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self.text, 1)
        layout.addLayout(self._row)
        layout.addWidget(close)
        self.hide()

    def tell(self, text: str, ways_out: Sequence[WayOut]) -> None:
        """Show this text and these buttons in place of what was there."""
        for old in self.buttons:
            self._row.removeWidget(old)
            old.deleteLater()
        self.buttons = [self._button(name, act) for name, act in ways_out]
        self.text.setText(text)
        self.setAccessibleName(text)
        self.show()

    def _button(self, name: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: act())
        self._row.addWidget(button)
        return button
