"""How the class timeline looks: its ground, play head, threshold and focus, in the colours of the theme."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSizeF, Qt
from PyQt6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen
from PyQt6.QtWidgets import QWidget

from bisenet_viewer.gui.common.theme import SMALL_PT, colors, sized

_RADIUS = 3.0


class TimelinePainter:
    """Paints one picture of the strip, from the ground up."""

    def __init__(self, canvas: QWidget, box: QRectF) -> None:
        """box: where the chart is."""
        self._painter = QPainter(canvas)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._canvas = canvas
        self._box = box
        self._outline = QPainterPath()
        self._outline.addRoundedRect(box, _RADIUS, _RADIUS)

    def background(self) -> None:
        """What is not known: hatched, so that nobody takes it for empty."""
        self._painter.fillPath(self._outline, QBrush(colors().line, Qt.BrushStyle.BDiagPattern))
        self._painter.strokePath(self._outline, QPen(colors().line, 1))

    def chart(self, image: QImage) -> None:
        self._painter.save()
        self._painter.setClipPath(self._outline)
        size = QSizeF(image.size()) / image.devicePixelRatio()
        # To the pixel, where it is as large as it should be to half of one.
        fits = abs(size.width() - self._box.width()) < 0.6
        self._painter.drawImage(QRectF(self._box.topLeft(), size) if fits else self._box, image)
        self._painter.restore()

    def line(self, y: float, top: str, *, held: bool) -> None:
        """The threshold, and what the upper edge stands for."""
        painter, box = self._painter, self._box
        y = min(box.bottom() - 0.5, max(box.top() + 0.5, y))
        pen = QPen(colors().text if held else _with_alpha(colors().text, 190), 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors().text)
        for x in (box.left(), box.right()):
            painter.drawEllipse(QPointF(x, y), 2.5, 2.5)
        painter.setFont(sized(self._canvas.font(), SMALL_PT - 2))
        painter.setPen(colors().muted)
        painter.drawText(box.adjusted(6, 0, -6, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, top)

    def pointer(self, x: float) -> None:
        self._painter.setPen(QPen(_with_alpha(colors().text, 120), 1))
        x = min(self._box.right(), max(self._box.left(), x))
        self._painter.drawLine(QPointF(x, self._box.top()), QPointF(x, self._box.bottom()))

    def head(self, x: float) -> None:
        """The play head, with an edge that parts it from every colour."""
        painter, top, bottom = self._painter, self._box.top() - 1, self._box.bottom() + 1
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_with_alpha(colors().surface, 200))
        painter.drawRect(QRectF(x - 2, top, 4, bottom - top))
        painter.setBrush(colors().text)
        painter.drawRect(QRectF(x - 1, top, 2, bottom - top))

    def focus(self) -> None:
        self._painter.setPen(QPen(colors().accent, 1))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRoundedRect(self._box.adjusted(-2.5, -0.5, 2.5, 0.5), _RADIUS + 1, _RADIUS + 1)

    def end(self) -> None:
        self._painter.end()


def _with_alpha(color: QColor, alpha: int) -> QColor:
    copy = QColor(color)
    copy.setAlpha(alpha)
    return copy
