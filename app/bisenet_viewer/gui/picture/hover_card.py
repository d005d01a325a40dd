"""`HoverCard`: a few lines beside the pointer, about what is under it."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from bisenet_viewer.gui.common.theme import BODY_PT, colors, sized
from bisenet_viewer.gui.picture.hover_lines import COLUMN

_PADDING_X, _PADDING_Y = 10, 7
_SWATCH, _GAP, _BETWEEN = 10, 7, 16
_BESIDE = QPoint(16, 18)
"""How far from the pointer's tip: clear of an arrow of the usual size."""


class HoverCard(QWidget):
    """A child of the picture. The pointer goes through it, it stays off the pointer, and inside its parent."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._lines: tuple[str, ...] = ()
        self._swatch: QColor | None = None
        self.hide()

    @property
    def lines(self) -> tuple[str, ...]:
        return self._lines

    def tell(self, lines: tuple[str, ...], at: QPoint, swatch: QColor | None = None) -> None:
        """at: the pointer, in the parent. What follows a tab in a line goes right; the swatch before the first line."""
        self._lines, self._swatch = lines, swatch
        self.setGeometry(self._beside(at))
        self.show()
        self.raise_()
        self.update()

    def sizeHint(self) -> QSize:
        names = max(
            (self._metrics(row).horizontalAdvance(line.split(COLUMN)[0]) for row, line in self._rows), default=0
        )
        figures = max(
            (self._metrics(row).horizontalAdvance(line.split(COLUMN)[1]) + _BETWEEN
             for row, line in self._rows if COLUMN in line),
            default=0,
        )  # fmt: skip
        return QSize(
            names + figures + self._indent + 2 * _PADDING_X, self._row_height * len(self._lines) + 2 * _PADDING_Y
        )

    @property
    def _rows(self) -> list[tuple[int, str]]:
        return list(enumerate(self._lines))

    @property
    def _indent(self) -> int:
        return 0 if self._swatch is None else _SWATCH + _GAP

    @property
    def _row_height(self) -> int:
        return self._metrics(0).height() + 2

    def _font_of(self, row: int) -> QFont:
        return sized(self.font(), BODY_PT, QFont.Weight.DemiBold if row == 0 else QFont.Weight.Normal)

    def _metrics(self, row: int) -> QFontMetrics:
        return QFontMetrics(self._font_of(row))

    def _beside(self, at: QPoint) -> QRect:
        """Below and right of the pointer, or on its other side where there is no room."""
        parent = self.parentWidget()
        assert parent is not None
        room = parent.size()
        size = self.sizeHint().boundedTo(room)
        left = at.x() + _BESIDE.x()
        if left + size.width() > room.width():
            left = at.x() - _BESIDE.x() // 2 - size.width()
        top = at.y() + _BESIDE.y()
        if top + size.height() > room.height():
            top = at.y() - _BESIDE.y() // 2 - size.height()
        return QRect(QPoint(max(0, left), max(0, top)), size)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        theme = colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.line)
        painter.setBrush(theme.surface)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        height = self._row_height
        for row, line in self._rows:
            name, _, figure = line.partition(COLUMN)
            place = QRect(_PADDING_X, _PADDING_Y + row * height, self.width() - 2 * _PADDING_X, height)
            if row == 0 and self._swatch is not None:
                self._paint_swatch(painter, place)
            painter.setFont(self._font_of(row))
            painter.setPen(theme.text if row == 0 else theme.muted)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figure)
            metrics = painter.fontMetrics()
            beside = place.adjusted(self._indent, 0, -metrics.horizontalAdvance(figure), 0)
            shortened = metrics.elidedText(name, Qt.TextElideMode.ElideRight, beside.width())
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, shortened)
        painter.end()

    def _paint_swatch(self, painter: QPainter, place: QRect) -> None:
        assert self._swatch is not None
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._swatch)
        top = place.top() + (place.height() - _SWATCH) / 2
        painter.drawRoundedRect(QRectF(place.left(), top, _SWATCH, _SWATCH), 2, 2)
