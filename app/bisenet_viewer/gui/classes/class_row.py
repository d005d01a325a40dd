"""One class of the panel: swatch, name, share of the picture; a click shows or hides it."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QAbstractButton, QWidget

from bisenet_viewer.gui.common.theme import BODY_PT, SMALL_PT, colors, sized
from bisenet_viewer.gui.numbers import figures

_HEIGHT = 38
_KEY_X, _SWATCH_X, _NAME_X, _MARGIN = 12, 30, 54, 14
_SEEN_LUMA = 105


class ClassRow(QAbstractButton):
    """A check box that looks like a line of a table."""

    def __init__(self, name: str, color: QColor, key: str | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = color
        self._key = key
        self._share = 0.0
        self.setText(name)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(f"Show or hide {name}" + (f"  ({key})" if key else ""))
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_color(self, color: QColor) -> None:
        self._color = color
        self.update()

    def set_share(self, share: float) -> None:
        """Part of the picture, 0 to 1."""
        if figures.share(share) != figures.share(self._share):
            self.setAccessibleDescription(f"{figures.share(share)} of the picture")
            self.update()
        self._share = share

    @property
    def share_text(self) -> str:
        return figures.share(self._share)

    def sizeHint(self) -> QSize:
        return QSize(220, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse():
            painter.fillRect(self.rect(), colors().raised)
        if self.hasFocus():
            painter.setPen(QPen(colors().accent, 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3.5, 2.5, -3.5, -2.5), 4, 4)
        self._paint_text(painter)
        self._paint_swatch(painter)
        self._paint_bar(painter)
        painter.end()

    def _paint_text(self, painter: QPainter) -> None:
        line = QRectF(0, 4, self.width() - _MARGIN, 22)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setFont(sized(self.font(), SMALL_PT - 1))
        painter.setPen(colors().muted)
        if self._key is not None:
            painter.drawText(line.adjusted(_KEY_X, 0, 0, 0), left, self._key)
        painter.setFont(sized(self.font(), SMALL_PT))
        painter.drawText(line, right, self.share_text)
        taken = painter.fontMetrics().horizontalAdvance("100.0 %") + 8
        painter.setFont(sized(self.font(), BODY_PT))
        painter.setPen(colors().text if self.isChecked() else colors().muted)
        room = line.adjusted(_NAME_X, 0, -taken, 0)
        name = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, left, name)

    def _paint_swatch(self, painter: QPainter) -> None:
        square = QRectF(_SWATCH_X + 0.5, 8.5, 14, 14)
        if not self.isChecked():
            painter.setPen(QPen(colors().muted.darker(140), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(square, 4, 4)
            return
        painter.setPen(QPen(_edge(self._color), 1))
        painter.setBrush(self._color)
        painter.drawRoundedRect(square, 4, 4)
        tick = QPen(QColor("black") if _luma(self._color) > 140 else QColor("white"), 1.6)
        tick.setCapStyle(Qt.PenCapStyle.RoundCap)
        tick.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(tick)
        x, y = square.x(), square.y()
        painter.drawPolyline(
            QPolygonF([QPointF(x + 3.6, y + 7.4), QPointF(x + 6, y + 9.8), QPointF(x + 10.4, y + 4.6)])
        )

    def _paint_bar(self, painter: QPainter) -> None:
        track = QRectF(_NAME_X, _HEIGHT - 9, self.width() - _NAME_X - _MARGIN, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors().line)
        painter.drawRoundedRect(track, 1.5, 1.5)
        if self._share > 0:
            track.setWidth(max(3.0, track.width() * min(1.0, self._share)))
            painter.setBrush(_edge(self._color) if self.isChecked() else colors().muted.darker(160))
            painter.drawRoundedRect(track, 1.5, 1.5)


def _luma(color: QColor) -> float:
    return 0.299 * color.red() + 0.587 * color.green() + 0.114 * color.blue()


def _edge(color: QColor) -> QColor:
    """The colour, with as much white as it takes to be seen on the dark surface."""
    white = max(0.0, (_SEEN_LUMA - _luma(color)) / (255 - _luma(color)))
    red, green, blue = (round(part + (255 - part) * white) for part in (color.red(), color.green(), color.blue()))
    return QColor(red, green, blue)
