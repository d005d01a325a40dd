"""The program's own icon: a street, and the classes that are seen in it. The same in both themes."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QLinearGradient, QPainter, QPainterPath, QPixmap

from bisenet_viewer.gui.common.icon_path import path_of

SIZES = (16, 20, 22, 24, 32, 48, 64, 96, 128, 256)
"""Pixels. Window managers and task bars ask an icon which sizes it has."""

_SKY = (QColor(64, 156, 222), QColor(134, 200, 240))
_ROAD = (QColor(122, 76, 158), QColor(92, 52, 128))
_HOUSES, _TREES, _KERB = QColor(206, 84, 74), QColor(78, 156, 88), QColor(240, 196, 84)
_MARKS = QColor(245, 246, 250)


def app_icon() -> QIcon:
    """The icon in every size that a desktop may ask for."""
    made = QIcon()
    for size in SIZES:
        picture = QPixmap(size, size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(size / 24, size / 24)
        draw_app(painter)
        painter.end()
        made.addPixmap(picture)
    return made


def draw_app(painter: QPainter) -> None:
    """On a square of 24 units."""
    tile = QPainterPath()
    tile.addRoundedRect(QRectF(1, 1, 22, 22), 5.2, 5.2)
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setClipPath(tile, Qt.ClipOperation.IntersectClip)
    painter.fillPath(tile, _shaded(1, 12, *_SKY))
    painter.fillPath(path_of("M1 7 H5 V4.6 H9 V12.4 H1 Z"), _HOUSES)
    painter.fillPath(path_of("M14.6 12.4 C13.8 9.4 15.6 8.2 16.8 8.4 C17.2 5.6 21 5 23 6.4 V12.4 Z"), _TREES)
    painter.fillPath(path_of("M1 12 H23 V23 H1 Z"), _KERB)
    painter.fillPath(path_of("M9.4 12 H14.6 L22 23 H2 Z"), _shaded(12, 23, *_ROAD))
    painter.fillPath(path_of("M11.6 13.4 H12.4 L12.6 15.6 H11.4 Z M11.2 17.6 H12.8 L13.2 21.4 H10.8 Z"), _MARKS)
    painter.restore()


def _shaded(top: float, bottom: float, first: QColor, last: QColor) -> QLinearGradient:
    made = QLinearGradient(QPointF(0, top), QPointF(0, bottom))
    made.setColorAt(0, first)
    made.setColorAt(1, last)
    return made
