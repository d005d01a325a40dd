"""The chart of the stages: one stacked column for each moment, in the theme's colours."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from bisenet_viewer.gui.common.theme import colors
from bisenet_viewer.gui.numbers.stage_times import STAGES, Column
from bisenet_viewer.gui.texts import numbers as texts

_HUES = {"decode": 265, "pre": 185, "network": 210, "post": 150, "display": 35}
_OTHER_HUE = 330
_STEPS = (1, 1.5, 2, 3, 4, 6, 8, 10)


def stage_color(stage: str) -> QColor:
    """Of a stage, in the theme that is on: equally strong, the network's the accent."""
    if stage == "network":
        return colors().accent
    is_dark = colors().surface.lightness() < 128
    return QColor.fromHsl(_HUES.get(stage, _OTHER_HUE), 110 if is_dark else 130, 150 if is_dark else 115)


def scale_top(highest_ms: float) -> float:
    """The round number at which the chart's scale ends."""
    if highest_ms <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest_ms))
    return next(step * power for step in _STEPS if step * power >= highest_ms)


def paint_chart(painter: QPainter, rect: QRectF, columns: Sequence[Column]) -> None:
    """Columns side by side, the newest at the right; their common scale is written at its top."""
    top_ms = scale_top(max((sum(column.values()) for column in columns), default=0.0))
    painter.setPen(QPen(colors().line, 1))
    for part in (0.0, 0.5, 1.0):
        y = round(rect.bottom() - part * rect.height()) + 0.5
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
    if columns:
        width = rect.width() / len(columns)
        gap = 1.0 if width >= 3 else 0.0
        for place, column in enumerate(columns):
            bottom = rect.bottom()
            for stage in sorted(column, key=_place):
                height = column[stage] / top_ms * rect.height()
                bar = QRectF(rect.left() + place * width, bottom - height, width - gap, height)
                painter.fillRect(bar, stage_color(stage))
                bottom -= height
    painter.setPen(colors().muted)
    above = QRectF(rect.left(), rect.top() - 16, rect.width(), 14)
    painter.drawText(above, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, texts.SCALE.format(ms=top_ms))
    painter.drawText(above, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, texts.PER_FRAME)


def _place(stage: str) -> int:
    return STAGES.index(stage) if stage in STAGES else len(STAGES)
