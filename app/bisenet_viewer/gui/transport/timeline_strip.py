"""`TimelineStrip`: the class timeline with what chooses a class and goes to where there is more of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PyQt6.QtCore import QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup, QColor, QFont, QIcon, QPainter, QPixmap
from PyQt6.QtWidgets import QHBoxLayout, QMenu, QWidget

from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.common.theme import BODY_PT, sized
from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.texts import transport as texts
from bisenet_viewer.gui.transport.buttons import BarButton, MenuButton
from bisenet_viewer.gui.transport.timeline_canvas import TimelineCanvas

LEFT_WIDTH = 148
"""Of what stands left of the strip, and left of the slider above it."""
_GAP = 8
_PLAIN, _BOLD = QFont.Weight.Normal, QFont.Weight.DemiBold
_SMALLEST_THRESHOLD = 0.001
_OF_PEAK = 0.2
"""Where the line of a class is to begin with."""
_SWATCH, _SPACE = 10, 4


class TimelineStrip(QWidget):
    """The canvas lies `LEFT_WIDTH` from the left edge. Hides nothing of itself: whoever owns it shows and hides it."""

    seek_wanted = pyqtSignal(float)
    """Seconds of the stream's own clock."""
    class_chosen = pyqtSignal(object)
    """The id of the class that is shown alone now, or None; a person chose it."""
    threshold_changed = pyqtSignal(float)
    """A person moved the line: a part of the picture, 0 to 1."""
    next_wanted = pyqtSignal()
    """Go to `next_time`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = TimelineCanvas()
        self.canvas.seek_wanted.connect(self.seek_wanted)
        self.canvas.threshold_changed.connect(self._keep_threshold)
        self.class_button = MenuButton(None, texts.CLASS_OF_TIMELINE)
        self.class_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.class_button.setIconSize(QSize(_SWATCH + _SPACE, _SWATCH))
        self.next_button = BarButton(icon("search"), texts.NEXT_WITH_NONE, Action.NEXT_WITH_CLASS)
        self.next_button.setIconSize(QSize(16, 16))
        self.next_button.clicked.connect(self.next_wanted)
        self._names: tuple[str, ...] = ()
        self._colors: tuple[QColor, ...] = ()
        self._thresholds: dict[int, float] = {}
        """The lines that people moved."""
        self._position_s = 0.0

        left = QWidget()
        left.setFixedWidth(LEFT_WIDTH)
        choosing = QHBoxLayout(left)
        choosing.setContentsMargins(0, 0, _GAP, 0)
        choosing.setSpacing(2)
        choosing.addWidget(self.class_button)
        choosing.addWidget(self.next_button)
        choosing.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(left)
        layout.addWidget(self.canvas, 1)
        self._show_chosen()

    @property
    def chosen_class(self) -> int | None:
        """The class that is shown alone; None: all of them."""
        return self.canvas.chosen

    @property
    def threshold(self) -> float:
        """Above which share of the picture the chosen class counts, 0 to 1."""
        return self.canvas.threshold

    def set_classes(self, names: Sequence[str], colors: Sequence[QColor]) -> None:
        """Begin anew with these classes: all visible, none chosen, nothing known."""
        self._names, self._colors = tuple(names), tuple(colors)
        self._thresholds.clear()
        self.canvas.set_classes(names, colors)
        self._make_menu()
        self._show_chosen()

    def set_visible(self, visible: Collection[int], colors: Sequence[QColor]) -> None:
        """Which class ids are stacked, and the colour of each class."""
        self.canvas.set_visible(visible, colors)
        if tuple(colors) != self._colors:
            self._colors = tuple(colors)
            self._make_menu()
            self._show_chosen()

    def set_span(self, start_s: float, duration_s: float | None) -> None:
        """The time of the first frame, and the length; None: the last minute rolls by, and nothing can be sought."""
        could_seek = self.canvas.can_seek
        self.canvas.set_span(start_s, duration_s)
        if self.canvas.can_seek != could_seek:
            self._show_chosen()

    def set_position(self, time_s: float) -> None:
        """Where the video is."""
        self._position_s = time_s
        self.canvas.set_position(time_s)

    def add(self, time_s: float, shares: Sequence[float]) -> None:
        """The shares of one frame, 0 to 1 by class id. In any order; ignored before the classes are known."""
        self.canvas.add(time_s, shares)

    def clear(self) -> None:
        """Another video with the same classes: nothing of it is known yet."""
        self.canvas.clear()

    def choose(self, class_id: int | None) -> None:
        """Show this class alone; None: all of them."""
        self.canvas.choose(class_id, 0.0 if class_id is None else self._threshold_of(class_id))
        self._show_chosen()

    def next_time(self) -> float | None:
        """When the chosen class next begins to exceed its line; None where that is not known, or none is chosen."""
        chart, chosen = self.canvas.chart, self.canvas.chosen
        if chart is None or chosen is None:
            return None
        return chart.timeline.next_above(chosen, self.threshold, self._position_s)

    def _threshold_of(self, class_id: int) -> float:
        if class_id in self._thresholds or self.canvas.chart is None:
            return self._thresholds.get(class_id, _SMALLEST_THRESHOLD)
        return max(_SMALLEST_THRESHOLD, round(_OF_PEAK * self.canvas.chart.peak(class_id), 3))

    def _keep_threshold(self, threshold: float) -> None:
        if self.chosen_class is not None:
            self._thresholds[self.chosen_class] = threshold
        self.threshold_changed.emit(threshold)

    def _make_menu(self) -> None:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for class_id in (None, *range(len(self._names))):
            action = QAction(self._name_of(class_id), menu)
            action.setCheckable(True)
            action.setChecked(class_id == self.chosen_class)
            action.setData(class_id)
            if class_id is not None:
                action.setIcon(_swatch(self._colors[class_id]))
            action.triggered.connect(lambda _checked, class_id=class_id: self._want(class_id))
            group.addAction(action)
            menu.addAction(action)
        old = self.class_button.opened_menu
        self.class_button.set_menu(menu)
        if old is not None:
            old.deleteLater()

    def _want(self, class_id: int | None) -> None:
        self.choose(class_id)
        self.class_chosen.emit(class_id)

    def _name_of(self, class_id: int | None) -> str:
        return texts.ANY_CLASS if class_id is None else self._names[class_id]

    def _show_chosen(self) -> None:
        """What the two buttons say."""
        chosen = self.chosen_class
        name = self._name_of(chosen)
        button = self.class_button
        metrics = button.fontMetrics()
        room = LEFT_WIDTH - _GAP - self.next_button.sizeHint().width() - _SWATCH - _SPACE - 22
        room -= metrics.horizontalAdvance(texts.with_arrow(""))
        short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
        button.setIcon(QIcon() if chosen is None else _swatch(self._colors[chosen]))
        button.setText(texts.with_arrow(short))
        button.setToolTip(f"{texts.CLASS_OF_TIMELINE}: {name}")
        button.setAccessibleDescription(name)
        button.setEnabled(bool(self._names))
        menu = button.opened_menu
        for action in menu.actions() if menu is not None else ():
            action.setChecked(action.data() == chosen)
            # The swatch stands where others have their tick.
            action.setFont(sized(self.font(), BODY_PT, _BOLD if action.isChecked() else _PLAIN))
        can_go = chosen is not None and self.canvas.can_seek
        self.next_button.setEnabled(can_go)
        self.next_button.say(texts.next_with(name) if can_go else texts.NEXT_WITH_NONE, Action.NEXT_WITH_CLASS)


def _swatch(color: QColor) -> QIcon:
    made = QPixmap(2 * (_SWATCH + _SPACE), 2 * _SWATCH)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(QRect(0, 0, 2 * _SWATCH, 2 * _SWATCH), 5, 5)
    painter.end()
    made.setDevicePixelRatio(2)
    return QIcon(made)
