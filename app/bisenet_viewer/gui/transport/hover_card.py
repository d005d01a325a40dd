"""`HoverCard`: what is told of the moment under the pointer, above the pointer and within the window."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from bisenet_viewer.gui.common.theme import SMALL_PT, colors, sized

_MARGIN = 6
"""Between the card's edge and what is in it, and between the card and the window's edges."""
_ABOVE = 8
_PICTURE_MARGIN = 3
_SWATCH = 9
_RADIUS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the card: a class and its figure."""

    text: str
    figure: str = ""
    color: QColor | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """All that is on the card."""

    time: str
    lines: tuple[Line, ...] = ()
    picture: QImage | None = None
    """Above the text, as large as it is."""


class HoverCard(QWidget):
    """Lies over the window's other widgets, takes no focus and lets the pointer through."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFont(sized(self.font(), SMALL_PT))
        self.told = Told("")

    def tell(self, anchor: QWidget, x: float, told: Told, *, rise: int = 0) -> None:
        """Show this above a place of a widget, `rise` pixels higher than it would be."""
        window = anchor.window()
        if window is None:
            return
        if self.parentWidget() is not window:
            self.setParent(window)
        self.told = told
        size = self._size()
        place = anchor.mapTo(window, QPoint(round(x), 0))
        left = min(place.x() - size.width() // 2, window.width() - size.width() - _MARGIN)
        top = place.y() - size.height() - _ABOVE - rise
        self.setGeometry(QRect(QPoint(max(_MARGIN, left), max(_MARGIN, top)), size))
        self.raise_()
        self.show()
        self.update()

    def _size(self) -> QSize:
        metrics = self.fontMetrics()
        widths = [metrics.horizontalAdvance(self.told.time)]
        for line in self.told.lines:
            gap = 12 if line.figure else 0
            widths.append(_indent(line) + metrics.horizontalAdvance(line.text + line.figure) + gap)
        width = max(widths) + 2 * _MARGIN + 4
        height = (1 + len(self.told.lines)) * _line_height(metrics) + _MARGIN
        if self.told.picture is not None:
            width = max(width, self.told.picture.width() + 2 * _PICTURE_MARGIN)
            height += self.told.picture.height() + _PICTURE_MARGIN
        return QSize(width, height)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QPen(colors().line, 1))
        painter.setBrush(colors().surface)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        top = _MARGIN / 2
        if self.told.picture is not None:
            self._paint_picture(painter, self.told.picture)
            top += self.told.picture.height() + _PICTURE_MARGIN
        height = _line_height(self.fontMetrics())
        painter.setPen(colors().text)
        painter.drawText(QRectF(0, top, self.width(), height), Qt.AlignmentFlag.AlignCenter, self.told.time)
        for line in self.told.lines:
            top += height
            self._paint_line(painter, line, QRectF(_MARGIN + 2, top, self.width() - 2 * _MARGIN - 4, height))
        painter.end()

    def _paint_picture(self, painter: QPainter, picture: QImage) -> None:
        box = QRectF(QPointF((self.width() - picture.width()) / 2, _PICTURE_MARGIN), QSizeF(picture.size()))
        path = QPainterPath()
        path.addRoundedRect(box, _RADIUS - 2, _RADIUS - 2)
        painter.save()
        painter.setClipPath(path)
        painter.drawImage(box, picture)
        painter.restore()

    def _paint_line(self, painter: QPainter, line: Line, rect: QRectF) -> None:
        if line.color is not None:
            swatch = QRectF(rect.left(), rect.center().y() - _SWATCH / 2, _SWATCH, _SWATCH)
            painter.setPen(QPen(colors().muted, 0.8))
            painter.setBrush(line.color)
            painter.drawRoundedRect(swatch, 2.5, 2.5)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colors().muted)
        painter.drawText(rect.adjusted(_indent(line), 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, line.text)
        painter.setPen(colors().text)
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, line.figure)


def _indent(line: Line) -> int:
    return 0 if line.color is None else _SWATCH + 6


def _line_height(metrics: QFontMetrics) -> int:
    return metrics.height() + 3
