"""A card over the darkened window, which goes on playing behind it."""

from __future__ import annotations

from PyQt6 import sip
from PyQt6.QtCore import QEvent, QObject, QSize, Qt
from PyQt6.QtGui import QColor, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QFrame, QWidget

MARGIN = 20
"""What of the window is seen around a card at least."""


class Veil(QWidget):
    """Covers its parent; a click beside the card makes it go away."""

    def __init__(self, parent: QWidget, name: str, *, stays: bool = False) -> None:
        """name: for those who do not see it. stays: a click on the card itself leaves it there."""
        super().__init__(parent)
        self._stays = stays
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.card = QFrame(self)
        self.card.setObjectName("card")
        self._before: QWidget | None = None
        """What had the keys when the card came."""
        parent.installEventFilter(self)
        self.hide()

    def toggle(self) -> None:
        """Show the card, or put it away."""
        if self.isVisible():
            self.leave()
        else:
            self.come()

    def come(self) -> None:
        """Show the card over all that is there."""
        parent = self.parentWidget()
        window = self.window()
        if parent is not None and window is not None and not self.isVisible():
            self._before = window.focusWidget()
            self.setGeometry(parent.rect())
        self.arrange()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Put the card away."""
        self.hide()

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        before, self._before = self._before, None
        # It may be gone since: lists behind the card go on changing.
        if before is not None and not sip.isdeleted(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def room(self) -> QSize:
        """How large the card may be."""
        return QSize(self.width() - 2 * MARGIN, self.height() - 2 * MARGIN)

    def arrange(self) -> None:
        """Place the card in the middle, as large as it likes to be and may be."""
        self.card.adjustSize()
        self.card.resize(self.card.size().boundedTo(self.room()))
        left = (self.width() - self.card.width()) // 2
        self.card.move(left, max(MARGIN, (self.height() - self.card.height()) // 2))

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QResizeEvent) and watched is self.parentWidget():
            self.setGeometry(0, 0, event.size().width(), event.size().height())
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.arrange()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 140))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and not (self._stays and self.card.geometry().contains(event.position().toPoint())):
            self.leave()


def leave_top(window: QWidget) -> bool:
    """Put away the card that lies on top of a window; whether there was one."""
    for veil in reversed(window.findChildren(Veil)):
        if veil.isVisible():
            veil.leave()
            return True
    return False
