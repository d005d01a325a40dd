"""A source in a list: icon, name and place; a click opens it."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from bisenet_viewer.gui.common.icon_drawing import draw_icon
from bisenet_viewer.gui.common.theme import BODY_PT, SMALL_PT, colors, sized
from bisenet_viewer.gui.opening.kinds import Kind
from bisenet_viewer.gui.opening.naming import kind_name
from bisenet_viewer.gui.opening.page_button import PageButton
from bisenet_viewer.gui.texts import opening as texts

_MOST_OF_NAME = 0.68
"""Of the width, where the place needs room too."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row shows. Nothing in it is secret but the source."""

    source: str
    name: str
    kind: Kind
    place: str = ""
    is_missing: bool = False


class SourceRow(PageButton):
    """Grey and without effect while what it stands for is missing."""

    def __init__(self, entry: Entry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.entry = entry
        self.set_entry(entry)

    def set_entry(self, entry: Entry) -> None:
        self.entry = entry
        self.setText(entry.name)
        self.setEnabled(not entry.is_missing)
        tip = texts.missing_tip if entry.is_missing else texts.open_tip
        self.setToolTip(tip(entry.name, entry.place))
        kind = kind_name(entry.kind)
        is_told = kind.casefold() in entry.name.casefold()
        self.setAccessibleName(entry.name if is_told else texts.is_a(kind, entry.name))
        self.setAccessibleDescription(texts.MISSING if entry.is_missing else entry.place)
        self.update()

    def set_scale(self, scale: float) -> None:
        """1 is what a window of ordinary size has."""
        self._scale = scale
        self.setFont(sized(self.font(), BODY_PT * scale))
        self.setFixedHeight(self.sizeHint().height())

    def sizeHint(self) -> QSize:
        return QSize(round(240 * self._scale), round(32 * self._scale))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        theme, scale = colors(), self._scale
        self.paint_frame(painter, 6.0, is_card=False)
        side = 17 * scale
        ink = theme.text if self.isEnabled() else theme.faint
        picture = theme.muted if self.isEnabled() else theme.faint
        draw_icon(painter, QRectF(10 * scale, (self.height() - side) / 2, side, side), self.entry.kind.value, picture)
        room = QRectF(self.rect()).adjusted(37 * scale, 0, -10 * scale, 0)
        place = texts.MISSING if self.entry.is_missing else self.entry.place
        most = room.width() * (_MOST_OF_NAME if place else 1.0)
        metrics = self.fontMetrics()
        name = metrics.elidedText(self.entry.name, Qt.TextElideMode.ElideMiddle, int(most))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(ink)
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignLeft, name)
        if place:
            painter.setFont(sized(self.font(), SMALL_PT * scale))
            painter.setPen(picture)
            left = room.width() - metrics.horizontalAdvance(name) - 16 * scale
            place = painter.fontMetrics().elidedText(place, Qt.TextElideMode.ElideMiddle, int(left))
            painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, place)
        painter.end()
