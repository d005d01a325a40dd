"""What lies over the window while something is dragged over it: let go, and this opens."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from bisenet_viewer.gui.common.theme import BODY_PT, HEADLINE_PT, colors, sized
from bisenet_viewer.gui.opening.dropping import dropped_text
from bisenet_viewer.gui.opening.emblem import paint_emblem
from bisenet_viewer.gui.texts import opening as texts

_MARGIN, _RADIUS = 14.0, 14.0
_EMBLEM = (116.0, 72.0)
_LOW = 260


class DropOverlay(QWidget):
    """Covers its parent, whatever size that has. The pointer does not meet it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = ""
        """What would be opened."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(texts.DROP_TO_OPEN)
        parent.installEventFilter(self)
        self.hide()

    def show_for(self, sources: tuple[str, ...]) -> None:
        """Tell of these, which are dragged over the window."""
        parent = self.parentWidget()
        self.text = dropped_text(sources)
        self.setAccessibleDescription(self.text)
        if parent is not None:
            self.setGeometry(parent.rect())
        self.raise_()
        self.show()
        self.update()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        parent = self.parentWidget()
        if event is not None and event.type() == QEvent.Type.Resize and parent is not None and watched is parent:
            self.setGeometry(parent.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = colors()
        veil = QColor(theme.backdrop)
        veil.setAlpha(238)
        painter.fillRect(self.rect(), veil)
        room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        painter.setPen(QPen(theme.accent, 2))
        tint = QColor(theme.accent)
        tint.setAlpha(26)
        painter.setBrush(tint)
        painter.drawRoundedRect(room, _RADIUS, _RADIUS)
        self._paint_words(painter, room)
        painter.end()

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        theme = colors()
        middle = room.center().y()
        if self.height() > _LOW:
            emblem = QRectF(0, 0, *_EMBLEM)
            emblem.moveCenter(room.center())
            emblem.moveBottom(middle - 6)
            paint_emblem(painter, emblem, 1.0)
            middle += 34
        painter.setFont(sized(self.font(), HEADLINE_PT + 2, QFont.Weight.DemiBold))
        painter.setPen(theme.text)
        line = QRectF(room.left() + 20, middle - 18, room.width() - 40, 30)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, texts.DROP_TO_OPEN)
        painter.setFont(sized(self.font(), BODY_PT + 1))
        painter.setPen(theme.muted)
        text = painter.fontMetrics().elidedText(self.text, Qt.TextElideMode.ElideMiddle, int(line.width()))
        painter.drawText(line.translated(0, 30), Qt.AlignmentFlag.AlignCenter, text)
