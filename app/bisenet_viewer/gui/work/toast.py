"""`Toast`: a note that something was done; it goes by itself."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEasingCurve, QEvent, QPropertyAnimation, QTimer, pyqtSignal
from PyQt6.QtGui import QEnterEvent
from PyQt6.QtWidgets import QGraphicsOpacityEffect, QWidget

from bisenet_viewer.gui.work.link_button import LinkButton
from bisenet_viewer.gui.work.note import Note, dismiss_button

Action = tuple[str, Callable[[], None]]
"""The text of a link and what it does."""

SHOWN_MS = 4000
_LETTER_MS = 65
"""What is long takes longer to read."""
_FADE_MS = 250


class Toast(Note):
    """A text, at most one link, and a way to dismiss it. It stays while the pointer or the focus is on it."""

    gone = pyqtSignal()
    """It is no longer seen."""

    def __init__(self, text: str, action: Action | None, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.link = None if action is None else self._link(*action)
        self.close_button = dismiss_button()
        self.close_button.clicked.connect(self.dismiss)
        if self.link is not None:
            self.row.addWidget(self.link)
        self.row.addWidget(self.close_button)
        self._effect = QGraphicsOpacityEffect(self)
        # Only while it fades: an effect makes each repaint of the video under it dearer.
        self._effect.setEnabled(False)
        self.setGraphicsEffect(self._effect)
        self._fading = QPropertyAnimation(self._effect, b"opacity", self)
        self._fading.setDuration(_FADE_MS)
        self._fading.setStartValue(1.0)
        self._fading.setEndValue(0.0)
        self._fading.setEasingCurve(QEasingCurve.Type.OutQuad)
        self._fading.finished.connect(self.dismiss)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(max(SHOWN_MS, _LETTER_MS * len(text)))
        self._timer.timeout.connect(self._fade)

    def linger(self) -> None:
        """Stay for the whole time from now on."""
        self._hold()
        self._timer.start()

    def dismiss(self) -> None:
        """Go at once. Harmless when repeated."""
        self._hold()
        if not self.isHidden():
            self.hide()
            self.gone.emit()

    @property
    def is_leaving(self) -> bool:
        """Whether its time runs, or it fades already."""
        return self._timer.isActive() or self._fading.state() is QPropertyAnimation.State.Running

    def enterEvent(self, event: QEnterEvent | None) -> None:
        super().enterEvent(event)
        self._hold()

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        self.linger()

    def _hold(self) -> None:
        self._timer.stop()
        self._fading.stop()
        self._effect.setEnabled(False)

    def _fade(self) -> None:
        if any(child.hasFocus() for child in self.findChildren(QWidget)):
            # Who came to the link with Tab gets the time to press it.
            self._timer.start()
            return
        self._effect.setEnabled(True)
        self._fading.start()

    def _link(self, name: str, act: Callable[[], None]) -> LinkButton:
        def follow() -> None:
            self.dismiss()
            act()

        link = LinkButton(name)
        link.clicked.connect(follow)
        return link
