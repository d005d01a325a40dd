"""What a wipe has between its sides, and what the sides are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect
from PyQt6.QtGui import QColor, QPainter

from bisenet_viewer.gui.picture.layers.plate import Plate
from bisenet_viewer.gui.texts import picture as texts

if TYPE_CHECKING:
    from bisenet.engines import EngineInfo
    from bisenet_viewer.gui.picture.geometry import Box
    from bisenet_viewer.gui.picture.shown import Shown

_LINE, _SHADE = 2.0, 1.0
_BESIDE, _BELOW = 12.0, 12.0


def divider_at(spot: Box, wipe: float) -> int:
    """The first column right of the divider; wipe: 0 (left) to 1."""
    return spot.left + round(spot.width * min(max(wipe, 0.0), 1.0))


def paint_divider(painter: QPainter, spot: Box, x: int, unit: float) -> None:
    """A line that can be seen on everything."""
    line, shade = max(1, round(_LINE * unit)), max(1, round(_SHADE * unit))
    painter.fillRect(QRect(x - line // 2 - shade, spot.top, line + 2 * shade, spot.height), QColor(0, 0, 0, 110))
    painter.fillRect(QRect(x - line // 2, spot.top, line, spot.height), QColor(255, 255, 255))


def paint_side_names(painter: QPainter, spot: Box, x: int, names: tuple[str, str], unit: float) -> None:
    """At both sides of the divider, each only as far as its side reaches."""
    left, right = (Plate(name, unit) for name in names)
    top = spot.top + spot.height - _BELOW * unit - left.size.height()
    end = spot.left + spot.width
    for plate, at, start, stop in (
        (left, x - _BESIDE * unit - left.size.width(), spot.left, x),
        (right, x + _BESIDE * unit, x, end),
    ):
        painter.save()
        painter.setClipRect(QRect(start, spot.top, stop - start, spot.height))
        plate.paint(painter, at, top)
        painter.restore()


def side_names(shown: Shown) -> tuple[str, str]:
    """What is left and right of the divider: original and classes, or the second model and the first."""
    if shown.compared is None:
        return texts.ORIGINAL, texts.CLASSES
    first, second = shown.engine, shown.compared.info
    if first.model != second.model:
        return second.model, first.model
    return _variant(second), _variant(first)


def _variant(info: EngineInfo) -> str:
    return texts.variant(info.model, info.engine, info.precision)
