"""A table of colours to pick one from, with the pointer or the arrow keys."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from bisenet_viewer.gui.common.contrast import seen_on
from bisenet_viewer.gui.common.own_keys import claims
from bisenet_viewer.gui.common.theme import colors
from bisenet_viewer.gui.texts import classes as texts

COLUMNS = 9
COLORS = (
    "#ff8a80", "#ffb366", "#ffe066", "#b8e986", "#66d9b8", "#7fdbff", "#8fb4ff", "#c3a6ff", "#ff9ecb",
    "#f4433c", "#ff8c1a", "#ffd000", "#7ed321", "#00bf95", "#19b5fe", "#4a7dff", "#9b5de5", "#f72f8e",
    "#c41e1e", "#c96400", "#b89600", "#4c9a12", "#008a6b", "#0b7fb8", "#2347c5", "#6a2fb5", "#b8155f",
    "#7a0f12", "#7a3d00", "#6b5800", "#2c5c0a", "#005240", "#074d70", "#132a7a", "#3f1a70", "#6e0b39",
    "#ffffff", "#e0e3e8", "#c2c7d0", "#a3aab6", "#868e9b", "#697180", "#4d5461", "#2f343d", "#000000",
)  # fmt: skip
"""Light to dark in each hue, and the greys."""

_CELL, _GAP = 22, 4
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -COLUMNS, Qt.Key.Key_Down: COLUMNS}
_PICKS = {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter}


class ColorGrid(QWidget):
    """Tells the colour that was picked."""

    picked = pyqtSignal(QColor)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        rows = -(-len(COLORS) // COLUMNS)
        self.setFixedSize(COLUMNS * (_CELL + _GAP) - _GAP, rows * (_CELL + _GAP) - _GAP)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(texts.PALETTE_GRID)
        self._chosen: int | None = None
        """The one that the class has already."""
        self._current = 0
        """The one under the pointer, or that the arrow keys have come to."""

    def begin_at(self, color: QColor) -> None:
        """Mark the colour that is on; the arrow keys begin there."""
        self._chosen = next((k for k, text in enumerate(COLORS) if QColor(text).rgb() == color.rgb()), None)
        self._go_to(self._chosen or 0)

    def cell(self, index: int) -> QRectF:
        """Where a colour is."""
        row, column = divmod(index, COLUMNS)
        return QRectF(column * (_CELL + _GAP), row * (_CELL + _GAP), _CELL, _CELL)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = colors().surface
        for index, text in enumerate(COLORS):
            color, cell = QColor(text), self.cell(index).adjusted(2, 2, -2, -2)
            edge = seen_on((ground.red(), ground.green(), ground.blue()), (color.red(), color.green(), color.blue()))
            painter.setPen(QPen(QColor(*edge), 1))
            painter.setBrush(color)
            painter.drawRoundedRect(cell, 4, 4)
            if index == self._current:
                painter.setPen(QPen(colors().accent if self.hasFocus() else colors().text, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(cell.adjusted(-1, -1, 1, 1), 5, 5)
            if index == self._chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor("black") if color.lightnessF() > 0.5 else QColor("white"))
                painter.drawEllipse(cell.center(), 2.5, 2.5)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        index = None if event is None else self._index_at(event.position())
        if index is not None:
            self._go_to(index)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        index = None if event is None else self._index_at(event.position())
        if index is not None and event is not None and event.button() is Qt.MouseButton.LeftButton:
            self.picked.emit(QColor(COLORS[index]))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        if event.key() in _STEPS:
            self._go_to(min(max(0, self._current + _STEPS[Qt.Key(event.key())]), len(COLORS) - 1))
        elif event.key() in _PICKS:
            self.picked.emit(QColor(COLORS[self._current]))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent | None) -> bool:
        # Here the arrows go from colour to colour.
        return claims(event, lambda key: key.key() in _STEPS or key.key() in _PICKS) or super().event(event)

    def _index_at(self, place: QPointF) -> int | None:
        return next((index for index in range(len(COLORS)) if self.cell(index).contains(place)), None)

    def _go_to(self, index: int) -> None:
        self._current = index
        self.setAccessibleDescription(COLORS[index])
        self.update()
