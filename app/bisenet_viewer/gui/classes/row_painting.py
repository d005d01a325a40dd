"""How a class's row looks. Called for every row that is seen, four times a second: made to be cheap."""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QRegion
from PyQt6.QtWidgets import QApplication

from bisenet_viewer.gui.common.contrast import seen_on
from bisenet_viewer.gui.common.hatching import hatch_brush, mark_color
from bisenet_viewer.gui.common.icon_drawing import draw_icon
from bisenet_viewer.gui.common.theme import BODY_PT, SMALL_PT, colors, sized

if TYPE_CHECKING:
    from bisenet_viewer.gui.classes.class_row import ClassRow

_KEY_X, _SWATCH_X, _NAME_X, _MARGIN = 12, 30, 54, 14
_SWATCH, _SOLO = 14, 16
_ROOMY, _COMPACT = 38, 28
_BAR = 3
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class Zone(Enum):
    """What a place of the row is for."""

    TOGGLE = auto()
    SWATCH = auto()
    SOLO = auto()


def height(*, compact: bool) -> int:
    """Of a row, in units; compact where there are many."""
    return _COMPACT if compact else _ROOMY


def swatch_rect(row: ClassRow) -> QRectF:
    return QRectF(_SWATCH_X + 0.5, _line(row).center().y() - _SWATCH / 2, _SWATCH, _SWATCH)


def solo_rect(row: ClassRow) -> QRectF:
    """Where the button is that shows this class alone."""
    right = row.width() - _MARGIN - _share_width() - 8
    return QRectF(right - _SOLO, _line(row).center().y() - _SOLO / 2, _SOLO, _SOLO)


def share_region(row: ClassRow) -> QRegion:
    """What a new share changes: number and bar."""
    left = row.width() - _MARGIN - _share_width() - 4
    bar = row.height() - _bar_room(row)
    return QRegion(left, 0, row.width() - left, bar) | QRegion(0, bar, row.width(), row.height() - bar)


def paint(row: ClassRow, region: QRegion) -> None:
    """What of the row lies in the region."""
    theme = colors()
    painter = QPainter(row)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(row.rect(), theme.raised if row.underMouse() else theme.surface)
    if row.hasFocus():
        painter.setPen(QPen(theme.accent, 1))
        painter.drawRoundedRect(QRectF(row.rect()).adjusted(3.5, 1.5, -3.5, -1.5), 4, 4)
    if region.contains(swatch_rect(row).center().toPoint()):
        _paint_name(row, painter)
        _paint_swatch(row, painter)
    painter.setFont(_fonts(QApplication.font().family())[1])
    painter.setPen(theme.muted)
    painter.drawText(_line(row), _RIGHT, row.share_text)
    _paint_bar(row, painter)
    painter.end()


def _paint_name(row: ClassRow, painter: QPainter) -> None:
    theme, line, family = colors(), _line(row), QApplication.font().family()
    small, _, body = _fonts(family)
    if row.key is not None:
        painter.setPen(theme.muted)
        painter.setFont(small)
        painter.drawText(line.adjusted(_KEY_X, 0, 0, 0), _LEFT, row.key)
    taken = _share_width() + 8
    sign = _sign(row)
    if sign is not None:
        draw_icon(painter, solo_rect(row), *sign)
        taken += _SOLO + 8
    painter.setFont(body)
    painter.setPen(theme.text if row.is_shown else theme.muted)
    room = line.adjusted(_NAME_X, 0, -taken, 0)
    painter.drawText(room, _LEFT, _elided(row.text(), int(room.width()), family))


def _sign(row: ClassRow) -> tuple[str, QColor] | None:
    """What stands before the share: the button for this class alone, or that it is hidden."""
    if row.underMouse() or row.is_solo:
        is_hot = row.is_solo or row.hovered is Zone.SOLO
        return "solo", colors().accent if is_hot else colors().muted
    return None if row.isChecked() else ("eye-off", colors().faint)


def _paint_swatch(row: ClassRow, painter: QPainter) -> None:
    theme, square = colors(), swatch_rect(row)
    if row.is_shown:
        painter.setPen(QPen(_seen(row.color), 1))
        painter.setBrush(row.color)
        painter.drawRoundedRect(square, 4, 4)
        if row.is_hatched:
            brush = hatch_brush(row.class_id, mark_color(row.color))
            painter.setBrushOrigin(square.topLeft() + QPointF(1, 1))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(brush)
            painter.drawRoundedRect(square, 4, 4)
    else:
        painter.setPen(QPen(theme.edge, 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(square, 4, 4)
    if row.hovered is Zone.SWATCH:
        painter.setPen(QPen(theme.accent, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(square.adjusted(-3, -3, 3, 3), 6, 6)


def _paint_bar(row: ClassRow, painter: QPainter) -> None:
    theme = colors()
    track = QRectF(_NAME_X, row.height() - _bar_room(row), row.width() - _NAME_X - _MARGIN, _BAR)
    painter.setPen(Qt.PenStyle.NoPen)
    if not row.is_compact:
        painter.setBrush(theme.line)
        painter.drawRoundedRect(track, _BAR / 2, _BAR / 2)
    if row.share > 0:
        track.setWidth(max(float(_BAR), track.width() * min(1.0, row.share)))
        painter.setBrush(_seen(row.color) if row.is_shown else theme.edge)
        painter.drawRoundedRect(track, _BAR / 2, _BAR / 2)


def _bar_room(row: ClassRow) -> int:
    """From the top of the bar to the bottom of the row."""
    return 5 if row.is_compact else 9


def _line(row: ClassRow) -> QRectF:
    """Where the text stands; the bar is below it."""
    return QRectF(0, 1 if row.is_compact else 4, row.width() - _MARGIN, 22)


def _seen(color: QColor) -> QColor:
    ground = colors().surface
    return _seen_on(ground.rgb(), color.rgb())


@lru_cache(maxsize=1024)
def _seen_on(ground: int, color: int) -> QColor:
    """The colour, as light or dark as it takes to be seen; both as `QColor.rgb` gives them."""
    first, second = ((rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255) for rgb in (ground, color))
    return QColor(*seen_on(first, second))


@lru_cache(maxsize=4)
def _fonts(_family: str) -> tuple[QFont, QFont, QFont]:
    """Of the key, the share and the name."""
    font = QApplication.font()
    return sized(font, SMALL_PT - 1), sized(font, SMALL_PT), sized(font, BODY_PT)


@lru_cache(maxsize=1024)
def _elided(text: str, width: int, family: str) -> str:
    return QFontMetricsF(_fonts(family)[2]).elidedText(text, Qt.TextElideMode.ElideRight, width)


def _share_width() -> int:
    return _widest_share(QApplication.font().family())


@lru_cache(maxsize=4)
def _widest_share(family: str) -> int:
    return round(QFontMetricsF(_fonts(family)[1]).horizontalAdvance("100.0 %"))
