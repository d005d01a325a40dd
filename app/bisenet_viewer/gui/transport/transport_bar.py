"""The bar below the video: play and pause, where in the video, how strong the overlay, full screen."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QEnterEvent, QIcon, QMouseEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QToolTip, QWidget

from bisenet_viewer.gui.common.icons import icon, pixmap
from bisenet_viewer.gui.common.jump_slider import JumpSlider
from bisenet_viewer.gui.common.theme import SMALL_PT, sized
from bisenet_viewer.gui.help.keys import LONG_STEP_S, SHORT_STEP_S
from bisenet_viewer.gui.numbers import figures

_ICON_SIZE = QSize(20, 20)
_LONGEST_S = 2**31 / 1000 - 1
"""A slider counts milliseconds in 32 bits: 24 days."""


class SeekSlider(JumpSlider):
    """Milliseconds of the video; tells the time under the pointer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setSingleStep(int(SHORT_STEP_S * 1000))
        self.setPageStep(int(LONG_STEP_S * 1000))
        self.setAccessibleName("Position in the video")

    def enterEvent(self, event: QEnterEvent | None) -> None:
        super().enterEvent(event)
        if event is not None:
            self._tell_time(event.position(), event.globalPosition())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        super().mouseMoveEvent(event)
        if event is not None:
            self._tell_time(event.position(), event.globalPosition())

    def _tell_time(self, place: QPointF, on_screen: QPointF) -> None:
        if self.isEnabled():
            time_s = (self.value_at(place.x()) - self.minimum()) / 1000
            QToolTip.showText(on_screen.toPoint(), figures.clock_time(time_s), self)


class TransportBar(QFrame):
    """Shows time and opacity, and says what the person wants of them."""

    play_pause_wanted = pyqtSignal()
    seek_wanted = pyqtSignal(float)
    """Seconds from the start."""
    opacity_wanted = pyqtSignal(float)
    """0 to 1."""
    full_screen_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self._icons = {name: icon(name) for name in ("play", "pause", "replay")}
        self.play_button = _tool(self._icons["play"], "Play  (Space)")
        self.play_button.clicked.connect(self.play_pause_wanted)
        self.time_label = QLabel("0:00")
        self.time_label.setFont(sized(self.font(), SMALL_PT))
        self.time_label.setAccessibleName("Time")
        self.loop_label = QLabel()
        self.loop_label.setObjectName("muted")
        self.loop_label.setFont(sized(self.font(), SMALL_PT))
        self.loop_label.setAccessibleName("Loop")
        self.loop_label.setToolTip("Loop  (L)")
        self.seek_slider = SeekSlider()
        self.seek_slider.chosen.connect(lambda value: self.seek_wanted.emit(value / 1000))
        self.live_label = QLabel("LIVE")
        self.live_label.setObjectName("muted")
        self.live_label.setFont(sized(self.font(), SMALL_PT, self.live_label.font().Weight.DemiBold))

        opacity_icon = QLabel()
        picture = pixmap("opacity", 32, "muted")
        picture.setDevicePixelRatio(2)
        opacity_icon.setPixmap(picture)
        self.opacity_slider = JumpSlider()
        self.opacity_slider.setRange(0, 100)
        self.opacity_slider.setSingleStep(5)
        self.opacity_slider.setPageStep(20)
        self.opacity_slider.setFixedWidth(110)
        self.opacity_slider.setAccessibleName("Overlay opacity")
        self.opacity_slider.setToolTip("Overlay opacity  (- and =)")
        self.opacity_slider.chosen.connect(lambda value: self.opacity_wanted.emit(value / 100))
        self.opacity_label = QLabel()
        self.opacity_label.setObjectName("muted")
        self.opacity_label.setFont(sized(self.font(), SMALL_PT))
        self.opacity_label.setFixedWidth(self.opacity_label.fontMetrics().horizontalAdvance("100 %") + 4)
        self.full_screen_button = _tool(icon("full-screen"), "Full screen  (F)")
        self.full_screen_button.clicked.connect(self.full_screen_wanted)

        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 5, 8, 5)
        layout.setSpacing(10)
        layout.addWidget(self.play_button)
        layout.addWidget(self.time_label)
        layout.addWidget(self.seek_slider, 1)
        layout.addWidget(self.loop_label)
        layout.addWidget(self.live_label)
        layout.addStretch()
        layout.addSpacing(6)
        layout.addWidget(opacity_icon)
        layout.addWidget(self.opacity_slider)
        layout.addWidget(self.opacity_label)
        layout.addWidget(self.full_screen_button)
        self._start_s = 0.0
        self._duration_s: float | None = None
        self.set_stream(live=False, duration_s=None, seekable=False)
        self.set_loop(None, None)

    def set_loop(self, start_s: float | None, end_s: float | None) -> None:
        """Seconds; None: not said yet. Nothing is shown without a start."""
        self.loop_label.setVisible(start_s is not None)
        if start_s is not None:
            end = "…" if end_s is None else figures.clock_time(end_s - self._start_s)
            self.loop_label.setText(f"↻ {figures.clock_time(start_s - self._start_s)} – {end}")

    def set_stream(self, *, live: bool, duration_s: float | None, seekable: bool, start_s: float = 0.0) -> None:
        """What can be done with the stream: a live one has no time, one without an end no slider.

        start_s: the time of its first frame, shown as 0:00.
        """
        self._start_s, self._duration_s = start_s, duration_s
        has_slider = seekable and not live and duration_s is not None and duration_s > 0
        self.seek_slider.setVisible(has_slider)
        end_s = min(start_s + (duration_s or 0), _LONGEST_S)
        self.seek_slider.setRange(round(min(start_s, end_s) * 1000), round(end_s * 1000))
        self.live_label.setVisible(live)
        self.time_label.setVisible(not live)
        self.set_position(start_s)

    def set_playing(self, playing: bool, *, ended: bool, enabled: bool) -> None:
        """Which of play, pause and replay the button offers."""
        name, tip = ("replay", "Play again") if ended else ("pause", "Pause") if playing else ("play", "Play")
        self.play_button.setIcon(self._icons[name])
        self.play_button.setToolTip(f"{tip}  (Space)")
        self.play_button.setAccessibleName(tip)
        self.play_button.setEnabled(enabled)

    def set_position(self, time_s: float) -> None:
        """Where the video is. A slider that is being dragged stays under the pointer."""
        text = figures.clock_time(max(0.0, time_s - self._start_s))
        if self._duration_s is not None:
            text = f"{text} / {figures.clock_time(self._duration_s)}"
        if text != self.time_label.text():
            self.time_label.setText(text)
        if not self.seek_slider.isSliderDown():
            self.seek_slider.setValue(round(min(time_s, _LONGEST_S) * 1000))

    def set_opacity(self, opacity: float) -> None:
        """0 to 1."""
        if not self.opacity_slider.isSliderDown():
            self.opacity_slider.setValue(round(opacity * 100))
        self.opacity_label.setText(f"{round(opacity * 100)} %")


def _tool(picture: QIcon, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(picture)
    button.setIconSize(_ICON_SIZE)
    button.setToolTip(tip)
    button.setAccessibleName(tip.split("  ")[0])
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
