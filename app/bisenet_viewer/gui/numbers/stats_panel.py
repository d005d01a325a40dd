"""The statistics: a translucent card over the left edge of the video. It stops nothing and takes no focus."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPixmap, QShowEvent
from PyQt6.QtWidgets import QPushButton, QToolButton, QToolTip, QWidget

from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.common.theme import BODY_PT, SMALL_PT, colors, sized
from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.numbers.advice import Advice, advice
from bisenet_viewer.gui.numbers.snapshot import Snapshot
from bisenet_viewer.gui.numbers.stage_chart import paint_chart, stage_color
from bisenet_viewer.gui.numbers.stats_rows import Row, frame_rows, machine_rows, stage_rows
from bisenet_viewer.gui.texts import numbers as texts

WIDTH = 276
"""With the model card beside it there is room for both in a window of 900 pixels."""
_MARGIN = 12
_PADDING = 14
_ROW = 18
_TITLE = 34
_CHART = 84
_GAP = 9
_COLUMN = 48
_ALPHA = 232


class StatsPanel(QWidget):
    """Places itself in its parent. Painted once for each `show_snapshot`: the video beneath it changes far oftener."""

    closed = pyqtSignal()
    """The person closed it with its button."""
    action_wanted = pyqtSignal(Action)
    """What the advice offers was clicked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(texts.STATISTICS)
        self.setFont(sized(self.font(), SMALL_PT))
        self._now = Snapshot()
        self._advice = Advice(texts.NO_FRAMES, is_well=True)
        self._sections: list[list[Row]] = []
        self._places: list[tuple[QRectF, Row]] = []
        self._drawn: QPixmap | None = None
        self._theme = colors()
        self.close_button = QToolButton(self)
        self.close_button.setIcon(icon("close", "muted"))
        self.close_button.setIconSize(QSize(14, 14))
        self.close_button.setAccessibleName(texts.STATISTICS_CLOSE)
        self.close_button.setToolTip(texts.STATISTICS_CLOSE_TIP)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.clicked.connect(self._close_by_button)
        self.action_button = QPushButton(self)
        self.action_button.setFont(self.font())
        self.action_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.action_button.clicked.connect(self._ask_for_action)
        self.action_button.hide()
        parent.installEventFilter(self)
        self.hide()
        self.show_snapshot(Snapshot())

    def show_snapshot(self, now: Snapshot) -> None:
        """Show these figures; called at most four times a second."""
        self._now, self._advice = now, advice(now)
        self._sections = [stage_rows(now), frame_rows(now), machine_rows(now)]
        action = self._advice.action
        self.action_button.setVisible(action is not None)
        if action is not None:
            self.action_button.setText(texts.ACTIONS[action.name])
            self.action_button.setAccessibleName(texts.ACTIONS[action.name].split("  ")[0])
            self.action_button.setToolTip(texts.ACTION_TIPS[action.name])
        self.setAccessibleDescription(self._advice.text)
        self._place()
        self._drawn = None
        self.update()

    def text_of(self, name: str) -> tuple[str, ...]:
        """The figures in the row of that name, as shown."""
        return next(row.values for section in self._sections for row in section if row.name == name)

    @property
    def advice_text(self) -> str:
        return self._advice.text

    def _close_by_button(self) -> None:
        self.hide()
        self.closed.emit()

    def _ask_for_action(self) -> None:
        if self._advice.action is not None:
            self.action_wanted.emit(self._advice.action)

    # Where it is.

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and watched is self.parent() and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._place()
        self.raise_()

    def _place(self) -> None:
        parent = self.parentWidget()
        assert parent is not None
        room = parent.height() - 2 * _MARGIN
        rows = sum(map(len, self._sections))
        bare = _TITLE + _ROW + rows * _ROW + 2 * _GAP + _GAP + self._advice_height() + _PADDING
        self._chart_height = max(0, min(_CHART, room - bare))
        if self._chart_height < _CHART // 2:
            self._chart_height = 0
        self.setGeometry(_MARGIN, _MARGIN, WIDTH, min(room, bare + self._chart_height))
        self.close_button.adjustSize()
        self.close_button.move(WIDTH - self.close_button.width() - 6, 5)
        self.action_button.adjustSize()
        self.action_button.move(_PADDING, self.height() - self.action_button.height() - _PADDING + 2)

    def _advice_height(self) -> int:
        """Of the sentence and its button; two lines at least, so that the card seldom changes its size."""
        width = WIDTH - 2 * _PADDING
        lines = self.fontMetrics().boundingRect(0, 0, width, 1000, _WRAPPED, self._advice.text).height()
        button = self.action_button.sizeHint().height() + 6 if self._advice.action is not None else 0
        return max(lines, 2 * self.fontMetrics().lineSpacing()) + button

    # What it looks like.

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        density = self.devicePixelRatioF()
        size = (self.size().toSizeF() * density).toSize()
        if self._drawn is None or self._drawn.size() != size or self._theme is not colors():
            self._theme = colors()
            self._drawn = QPixmap(size)
            self._drawn.setDevicePixelRatio(density)
            self._drawn.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._drawn)
            self._draw(painter)
            painter.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn)
        painter.end()

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        surface = QColor(colors().surface)
        surface.setAlpha(_ALPHA)
        painter.setPen(colors().line)
        painter.setBrush(surface)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        width = WIDTH - 2 * _PADDING
        painter.setPen(colors().text)
        painter.setFont(sized(self.font(), BODY_PT + 1, self.font().Weight.DemiBold))
        painter.drawText(QRectF(_PADDING, 0, width, _TITLE), Qt.AlignmentFlag.AlignVCenter, texts.STATISTICS)
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self._chart_height:
            paint_chart(painter, QRectF(_PADDING, _TITLE + 18, width, self._chart_height - 26), self._now.columns)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = float(_TITLE + self._chart_height)
        painter.setPen(colors().muted)
        for place, heading in enumerate((texts.MEDIAN, texts.HIGH)):
            painter.drawText(self._cell(y, place, 2), _RIGHT, heading)
        y += _ROW
        self._places = []
        for number, rows in enumerate(self._sections):
            if number:
                self._rule(painter, y + _GAP / 2)
                y += _GAP
            for row in rows:
                self._draw_row(painter, y, row)
                y += _ROW
        self._rule(painter, y + _GAP / 2)
        painter.setPen(colors().text if self._advice.is_well else colors().warning)
        painter.drawText(QRectF(_PADDING, y + _GAP + 2, width, self.height()), _WRAPPED, self._advice.text)

    def _draw_row(self, painter: QPainter, y: float, row: Row) -> None:
        line = QRectF(_PADDING, y, WIDTH - 2 * _PADDING, _ROW)
        self._places.append((line, row))
        name = QRectF(line)
        if row.stage is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(stage_color(row.stage))
            painter.drawRoundedRect(QRectF(line.left(), line.center().y() - 4, 8, 8), 2, 2)
            name.setLeft(line.left() + 15)
        painter.setPen(colors().muted)
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, row.name)
        painter.setPen(colors().text)
        for place, value in enumerate(row.values):
            cell = self._cell(y, place, len(row.values))
            if len(row.values) == 1:
                cell.setLeft(line.left() + self.fontMetrics().horizontalAdvance(row.name) + 12)
                value = self.fontMetrics().elidedText(value, Qt.TextElideMode.ElideMiddle, int(cell.width()))
            painter.drawText(cell, _RIGHT, value)

    def _cell(self, y: float, place: int, count: int) -> QRectF:
        right = WIDTH - _PADDING - (count - 1 - place) * _COLUMN
        return QRectF(right - _COLUMN, y, _COLUMN, _ROW)

    def _rule(self, painter: QPainter, y: float) -> None:
        painter.setPen(colors().line)
        painter.drawLine(QPointF(_PADDING, round(y) + 0.5), QPointF(WIDTH - _PADDING, round(y) + 0.5))

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            tips = [row.tip for rect, row in self._places if rect.contains(QPointF(event.pos()))]
            QToolTip.showText(event.globalPos(), tips[0] if tips else "", self)
            return True
        return super().event(event)


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WRAPPED = int(Qt.TextFlag.TextWordWrap.value | Qt.AlignmentFlag.AlignLeft.value | Qt.AlignmentFlag.AlignTop.value)
