"""The strip of the class timeline: shows, is hovered, clicked and dragged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum, auto
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QHideEvent, QImage, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from bisenet_viewer.gui.common.contrast import Rgb, seen_on
from bisenet_viewer.gui.common.own_keys import claims
from bisenet_viewer.gui.common.theme import colors
from bisenet_viewer.gui.numbers import figures
from bisenet_viewer.gui.texts import transport as texts
from bisenet_viewer.gui.transport.hover_card import HoverCard, Line, Told
from bisenet_viewer.gui.transport.timeline_painter import TimelinePainter

if TYPE_CHECKING:
    # Bring numpy, for which the first paint does not wait.
    from bisenet_viewer.gui.transport.timeline_chart import ChartStyle, TimelineChart

HEIGHT = 26
SIDE = 6.0
"""Left and right of what is drawn, so that it lies exactly under the groove of a slider as wide as this."""
LARGEST = 3
"""So many classes are told of the moment under the pointer."""

_GRIP = 4.0
"""So near to the threshold's line the pointer takes hold of it."""
_SETTLED_MS = 80
_KEY_STEP = 0.05
"""Of the height, that a key moves the threshold by."""


class _Hold(Enum):
    """What is being dragged."""

    NOTHING = auto()
    TIME = auto()
    THRESHOLD = auto()


class TimelineCanvas(QWidget):
    """All classes stacked over time; or one of them, as a curve with the line that it has to exceed."""

    seek_wanted = pyqtSignal(float)
    """Seconds of the stream's own clock."""
    threshold_changed = pyqtSignal(float)
    """A person moved the line: a part of the picture, 0 to 1."""

    left = pyqtSignal()
    """The pointer is over no moment any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(texts.TIMELINE)
        self.setAccessibleDescription(texts.TIMELINE_TIP)
        self.card = HoverCard()
        # A connection ends with the card, which the window takes with it when it goes.
        self.left.connect(self.card.hide)
        self.headroom = 0
        """The height of what is above, which the card shall not hide."""
        self.chart: TimelineChart | None = None
        """None before the classes are known."""
        self.chosen: int | None = None
        self.threshold = 0.0
        self._scale = 1.0
        """The share at the upper edge of a curve."""
        self._names: tuple[str, ...] = ()
        self._colors: tuple[QColor, ...] = ()
        self._visible: tuple[int, ...] = ()
        self._start_s = 0.0
        self._duration_s: float | None = None
        self._position_s = 0.0
        self._newest_s = 0.0
        self._pointer: QPointF | None = None
        self._hold = _Hold.NOTHING
        self._pressed_y = 0.0
        self._moved = False
        self._image = QImage()
        self._settling = QTimer(self)
        """Runs while the window is being resized: what is drawn is stretched until then."""
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLED_MS)
        self._settling.timeout.connect(self.update)

    def set_classes(self, names: Sequence[str], colors: Sequence[QColor]) -> None:
        """Begin anew with these classes, all of them visible, none chosen."""
        self._names = tuple(names)
        self.chosen = None
        self.set_visible(range(len(names)), colors)
        self.clear()

    def set_visible(self, visible: Collection[int], colors: Sequence[QColor]) -> None:
        """Which class ids are stacked, and the colour of each class."""
        self._visible, self._colors = tuple(sorted(visible)), tuple(colors)
        self.update()

    def clear(self) -> None:
        """Forget what was known of the stream."""
        from bisenet_viewer.gui.transport.timeline_chart import TimelineChart

        self.chart = TimelineChart(len(self._names)) if self._names else None
        if self.chart is not None:
            self.chart.set_span(self._start_s, self._duration_s)
        self._image = QImage()
        self.update()

    def set_span(self, start_s: float, duration_s: float | None) -> None:
        """The time of the left edge, and the length; None: the last minute rolls by."""
        if (start_s, duration_s) == (self._start_s, self._duration_s):
            return
        self._start_s, self._duration_s = start_s, duration_s
        if self.chart is not None:
            self.chart.set_span(start_s, duration_s)
        self.update()

    def set_position(self, time_s: float) -> None:
        """Where the play head is. One that is being dragged stays under the pointer."""
        if self._hold is _Hold.TIME:
            return
        old_x, self._position_s = self.x_of(self._position_s), time_s
        if round(old_x * 2) != round(self.x_of(time_s) * 2):
            self.update()

    def add(self, time_s: float, shares: Sequence[float]) -> None:
        """The shares of one frame, 0 to 1 by class id. Ignored before the classes are known."""
        if self.chart is not None:
            self.chart.add(time_s, shares)
            self._newest_s = time_s
            self.update()
            if self.card.isVisible() and self._hold is not _Hold.THRESHOLD:
                self._tell()

    def choose(self, class_id: int | None, threshold: float) -> None:
        """Show this class alone with its line; None: all of them."""
        self.chosen, self.threshold = class_id, threshold
        self._fit_scale()
        self.update()

    @property
    def can_seek(self) -> bool:
        return self._duration_s is not None

    @property
    def box(self) -> QRectF:
        """Where the chart is."""
        return QRectF(SIDE, 1, max(1.0, self.width() - 2 * SIDE), self.height() - 2)

    def x_of(self, time_s: float) -> float:
        """Where a moment is."""
        part = (time_s - self._start_s) / self._duration_s if self._duration_s else 1.0
        return self.box.left() + min(1.0, max(0.0, part)) * self.box.width()

    def y_of(self, share: float) -> float:
        """Where a share of the chosen class is."""
        return self.box.bottom() - min(1.0, share / self._scale) * self.box.height()

    def sizeHint(self) -> QSize:
        return QSize(300, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, HEIGHT)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if not self._image.isNull():
            self._settling.start()

    # What people do.

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton or self.chart is None:
            return
        self._pressed_y, self._moved = event.position().y(), False
        if self._is_on_line(event.position()):
            self._hold = _Hold.THRESHOLD
        elif self.can_seek:
            self._hold = _Hold.TIME
            self._seek_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        self._pointer = event.position()
        if self._hold is _Hold.TIME:
            self._seek_to(event.position())
        elif self._hold is _Hold.THRESHOLD:
            self._moved = self._moved or abs(event.position().y() - self._pressed_y) >= 2
            if self._moved:
                height = (self.box.bottom() - event.position().y()) / self.box.height()
                self._move_line(min(1.0, max(0.0, height)) * self._scale)
        self._show_cursor(event.position())
        self._tell()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        hold, self._hold = self._hold, _Hold.NOTHING
        if hold is _Hold.THRESHOLD and not self._moved and self.can_seek:
            # A click that happened to be where the line is.
            self._seek_to(event.position())
        if hold is _Hold.THRESHOLD:
            self._fit_scale()
        if not self.rect().contains(event.position().toPoint()):
            self._leave()

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        if self._hold is _Hold.NOTHING:
            self._leave()

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._hold = _Hold.NOTHING
        self._leave()

    def event(self, event: QEvent | None) -> bool:
        # Up and down go a minute on or back, unless there is a line to move and this was reached with Tab.
        return claims(event, self._is_step) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None or not self._is_step(event):
            super().keyPressEvent(event)
            return
        step = _KEY_STEP if event.key() == Qt.Key.Key_Up else -_KEY_STEP
        self._move_line(min(1.0, max(0.0, self.threshold + step * self._scale)))
        self._fit_scale()

    def _is_step(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        return self.chosen is not None and plain and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)

    def _seek_to(self, place: QPointF) -> None:
        self._pointer = place
        self._position_s = self._time_at(place.x())
        self.update()
        self._tell()
        self.seek_wanted.emit(self._position_s)

    def _move_line(self, threshold: float) -> None:
        threshold = round(threshold, 4)
        if threshold != self.threshold:
            self.threshold = threshold
            self.update()
            self.threshold_changed.emit(threshold)

    def _leave(self) -> None:
        self._pointer = None
        self.left.emit()
        self.update()

    def _show_cursor(self, place: QPointF) -> None:
        if self._hold is _Hold.THRESHOLD or (self._hold is _Hold.NOTHING and self._is_on_line(place)):
            self.setCursor(Qt.CursorShape.SizeVerCursor)
        elif self.can_seek:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()

    def _is_on_line(self, place: QPointF) -> bool:
        return self.chosen is not None and abs(place.y() - self.y_of(self.threshold)) <= _GRIP

    # What is told and painted.

    def _part_at(self, x: float) -> float:
        return min(1.0, max(0.0, (x - self.box.left()) / self.box.width()))

    def _time_at(self, x: float) -> float:
        return 0.0 if self.chart is None else self.chart.time_at(self._part_at(x))

    def _tell(self) -> None:
        """Of the moment under the pointer, or of the line that is being moved."""
        if self._pointer is None or self.chart is None or not self.isVisible():
            return
        part = self._part_at(self._pointer.x())
        time_s = self.chart.time_at(part)
        if self._duration_s is None:
            time = texts.ago(self._newest_s - time_s)
        else:
            time = figures.clock_time(time_s - self._start_s)
        if self._hold is _Hold.THRESHOLD and self.chosen is not None:
            told = Told(texts.above(self._names[self.chosen], figures.share(self.threshold)))
        else:
            told = Told(time, self._lines(self.chart.shares_at(part)))
        self.card.tell(self, self.box.left() + part * self.box.width(), told, rise=self.headroom)

    def _lines(self, shares: Sequence[float] | None) -> tuple[Line, ...]:
        """The largest classes, the chosen one before them."""
        if shares is None:
            return (Line(texts.NOT_SEEN),)
        largest = [k for k in sorted(range(len(shares)), key=lambda k: -shares[k])[:LARGEST] if shares[k] > 0]
        if self.chosen is not None:
            largest = [self.chosen, *(k for k in largest if k != self.chosen)]
        return tuple(Line(self._names[k], figures.share(shares[k]), self._colors[k]) for k in largest)

    def _fit_scale(self) -> None:
        """The curve as high as it goes; not while its line is being moved, which would slip away."""
        if self.chosen is None or self.chart is None or self._hold is _Hold.THRESHOLD:
            return
        from bisenet_viewer.gui.transport.timeline_paint import scale_for

        self._scale = scale_for(max(self.chart.peak(self.chosen), self.threshold))

    def _style(self) -> ChartStyle:
        from bisenet_viewer.gui.transport.timeline_chart import ChartStyle

        self._fit_scale()
        ground = _rgb(colors().raised)
        paints = [_rgb(color) for color in self._colors]
        if self.chosen is not None:
            # Alone on the ground it has to stand out from it.
            paints[self.chosen] = seen_on(ground, paints[self.chosen])
        return ChartStyle(
            colors=tuple(paints),
            visible=self._visible,
            rest=ground,
            chosen=self.chosen,
            threshold=self.threshold,
            scale=self._scale,
        )

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = TimelinePainter(self, self.box)
        painter.background()
        if self.chart is not None:
            if not self._settling.isActive():
                self._draw_chart(self.chart)
            painter.chart(self._image)
        if self.chosen is not None and self.chart is not None:
            painter.line(self.y_of(self.threshold), figures.percent(self._scale), held=self._hold is _Hold.THRESHOLD)
        if self._pointer is not None and self._hold is not _Hold.THRESHOLD:
            painter.pointer(self._pointer.x())
        if self.can_seek:
            painter.head(self.x_of(self._position_s))
        if self.hasFocus():
            painter.focus()
        painter.end()

    def _draw_chart(self, chart: TimelineChart) -> None:
        """Bring the image up to date, at the resolution of the screen."""
        ratio = self.devicePixelRatioF()
        size = QSize(round(self.box.width() * ratio), round(self.box.height() * ratio))
        if self._image.size() != size:
            from bisenet_viewer.gui.transport.pixel_view import pixel_view

            self._image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
            chart.draw_into(pixel_view(self._image))
        self._image.setDevicePixelRatio(ratio)
        chart.render(self._style())


def _rgb(color: QColor) -> Rgb:
    return color.red(), color.green(), color.blue()
