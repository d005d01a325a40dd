"""How a row of the list of files is painted."""

from __future__ import annotations

from PyQt6.QtCore import QModelIndex, QRectF, QSize, Qt
from PyQt6.QtGui import QFont, QPainter, QPen
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from bisenet_viewer.gui.common.icon_drawing import draw_icon
from bisenet_viewer.gui.common.theme import BODY_PT, SMALL_PT, colors, sized
from bisenet_viewer.gui.opening.playlist_model import PlaylistModel

_HEIGHT = 32
_State = QStyle.StateFlag


class PlaylistRow(QStyledItemDelegate):
    """Name and length; the one that is open in the accent colour with a mark."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:
        return QSize(160, _HEIGHT)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        model = index.model()
        if painter is None or not isinstance(model, PlaylistModel):
            return
        theme = colors()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(option.rect).adjusted(4, 1, -4, -1)
        is_open = model.is_open(index.row())
        painter.setPen(Qt.PenStyle.NoPen)
        if is_open or option.state & _State.State_MouseOver:
            painter.setBrush(theme.raised)
            painter.drawRoundedRect(room, 5, 5)
        if option.state & _State.State_HasFocus:
            painter.setPen(QPen(theme.accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(room.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        if is_open:
            draw_icon(painter, QRectF(room.left() + 6, room.center().y() - 7, 14, 14), "play", theme.accent)
        line = room.adjusted(26, 0, -10, 0)
        length = model.length_text(index.row())
        painter.setFont(sized(option.font, SMALL_PT))
        painter.setPen(theme.muted)
        taken = 0.0
        if length:
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, length)
            taken = painter.fontMetrics().horizontalAdvance(length) + 12.0
        painter.setFont(sized(option.font, BODY_PT, QFont.Weight.DemiBold if is_open else QFont.Weight.Normal))
        painter.setPen(theme.accent if is_open else theme.text)
        name = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideMiddle, int(line.width() - taken)
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.restore()
