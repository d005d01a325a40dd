"""What stands in the video's place while a source or a model is being opened."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QFont, QHideEvent
from PyQt6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from bisenet_viewer.gui.common.theme import BODY_PT, HEADLINE_PT, SMALL_PT, sized
from bisenet_viewer.gui.opening.busy_bar import BusyBar
from bisenet_viewer.gui.texts import opening as texts

PATIENCE_MS = 5000
"""Who has waited so long wants to know why, and a way out."""


class Message(QFrame):
    """A headline and a line of detail; while something is waited for a moving bar, and after a while a way out."""

    cancelled = pyqtSignal()
    """Nobody wants to wait any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.headline = _line(HEADLINE_PT, "headline", QFont.Weight.DemiBold)
        self.detail = _line(BODY_PT, "detail")
        self.bar = BusyBar()
        self.bar.setAccessibleName(texts.WORKING)
        self.hint = _line(SMALL_PT, "detail")
        self.cancel_button = QPushButton(texts.CANCEL)
        self.cancel_button.setToolTip(texts.CANCEL_TIP)
        self.cancel_button.setAccessibleName(texts.CANCEL)
        self.cancel_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cancel_button.clicked.connect(self.cancelled)
        self._hint_text = ""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._offer_a_way_out)
        center = Qt.AlignmentFlag.AlignHCenter
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addWidget(self.headline)
        layout.addWidget(self.detail)
        layout.addSpacing(10)
        layout.addWidget(self.bar, 0, center)
        layout.addSpacing(10)
        layout.addWidget(self.hint)
        layout.addSpacing(4)
        layout.addWidget(self.cancel_button, 0, center)
        # The lines above stay where they are when the way out appears.
        for part in (self.bar, self.hint, self.cancel_button):
            policy = part.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            part.setSizePolicy(policy)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._end_wait()

    def tell(self, headline: str, detail: str, *, busy: bool, hint: str = texts.STILL_LOADING) -> None:
        """busy: something is waited for; `hint` then says after five seconds what can be done about it."""
        self.headline.setText(headline)
        self.detail.setText(detail)
        self.bar.setVisible(busy)
        self.setAccessibleName(f"{headline}. {detail}")
        self._hint_text = hint
        if not busy:
            self._end_wait()
        elif self.hint.isVisibleTo(self):
            self._offer_a_way_out()
        elif not self._patience.isActive():
            self._patience.start()

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._end_wait()

    def _offer_a_way_out(self) -> None:
        self.hint.setText(self._hint_text)
        self.setAccessibleDescription(self._hint_text)
        self.hint.show()
        self.cancel_button.show()

    def _end_wait(self) -> None:
        self._patience.stop()
        self.setAccessibleDescription("")
        self.hint.hide()
        self.cancel_button.hide()


def _line(points: float, name: str, weight: QFont.Weight = QFont.Weight.Normal) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setFont(sized(label.font(), points, weight))
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    return label
