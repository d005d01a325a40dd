"""Plates: a few words on a dark ground that can be read on every picture, whatever the theme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PyQt6.QtCore import QRectF, QSizeF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

_GROUND = (12, 14, 18, 190)
_TEXT = (245, 247, 250)
_TEXT_PX = 12
_ACROSS, _DOWN = 7.0, 3.0
"""Between the text and the edges."""
_SWATCH, _GAP = 8.0, 6.0


@dataclass(frozen=True, slots=True)
class Plate:
    """Some words, after a patch of colour where there is one."""

    text: str
    unit: float
    """Pixels that one of 96 to the inch takes."""
    swatch: tuple[int, int, int] | None = None

    @property
    def size(self) -> QSizeF:
        return QSizeF(_image_of(self).size())

    def paint(self, painter: QPainter, left: float, top: float) -> None:
        """With its corner there."""
        painter.drawImage(round(left), round(top), _image_of(self))


@lru_cache(maxsize=400)
def _image_of(plate: Plate) -> QImage:
    """Drawn once: words take ten times as long as an image of them, and a legend has many, anew in each frame."""
    unit = plate.unit
    metrics = QFontMetricsF(_font(unit))
    before = 0.0 if plate.swatch is None else _SWATCH + _GAP
    width = round(metrics.horizontalAdvance(plate.text) + (2 * _ACROSS + before) * unit)
    image = QImage(width, round(metrics.height() + 2 * _DOWN * unit), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    place = QRectF(image.rect())
    lay_ground(painter, place, unit)
    text = place.adjusted(_ACROSS * unit, 0, 0, 0)
    if plate.swatch is not None:
        side = _SWATCH * unit
        painter.setBrush(QColor(*plate.swatch))
        # Dark colours would be lost on the ground.
        painter.setPen(QPen(QColor(255, 255, 255, 110), max(1.0, unit)))
        painter.drawRoundedRect(QRectF(text.left(), text.center().y() - side / 2, side, side), 2 * unit, 2 * unit)
        text.setLeft(text.left() + side + _GAP * unit)
    write(painter, text, plate.text, unit)
    painter.end()
    return image


def lay_ground(painter: QPainter, place: QRectF, unit: float) -> None:
    """The dark ground alone."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(*_GROUND))
    painter.drawRoundedRect(place, 4 * unit, 4 * unit)


def write(
    painter: QPainter, place: QRectF, text: str, unit: float, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft
) -> None:
    """Words in the middle of a height, at one side of a width."""
    painter.setFont(_font(unit))
    painter.setPen(QColor(*_TEXT))
    painter.drawText(place, align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)


def _font(unit: float) -> QFont:
    font = QFont()
    font.setPixelSize(max(1, round(_TEXT_PX * unit)))
    font.setWeight(QFont.Weight.Medium)
    return font
