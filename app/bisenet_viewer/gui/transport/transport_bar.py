"""The bar below the video: where in the video, which classes when, and what can be done with what plays."""

from __future__ import annotations

from itertools import pairwise

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from bisenet_viewer.gui.common.icon_label import IconLabel
from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.common.jump_slider import JumpSlider
from bisenet_viewer.gui.common.theme import SMALL_PT, sized
from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.numbers import figures
from bisenet_viewer.gui.state import View
from bisenet_viewer.gui.texts import transport as texts
from bisenet_viewer.gui.transport import tips
from bisenet_viewer.gui.transport.buttons import BarButton, MenuButton
from bisenet_viewer.gui.transport.folding_row import FoldingRow
from bisenet_viewer.gui.transport.loop_button import LoopButton
from bisenet_viewer.gui.transport.record_button import RecordButton
from bisenet_viewer.gui.transport.seek_preview import SeekPreview
from bisenet_viewer.gui.transport.seek_slider import SeekSlider
from bisenet_viewer.gui.transport.speed_button import SpeedButton
from bisenet_viewer.gui.transport.thumbnails import Thumbnails
from bisenet_viewer.gui.transport.timeline_strip import LEFT_WIDTH, TimelineStrip
from bisenet_viewer.gui.transport.view_button import ViewButton

_LONGEST_S = 2**31 / 1000 - 1
"""A slider counts milliseconds in 32 bits: 24 days."""
_APART = 14
"""Between groups of controls."""


class TransportBar(QFrame):
    """Shows what is so, and says what the person wants; it decides nothing."""

    play_pause_wanted = pyqtSignal()
    previous_wanted = pyqtSignal()
    next_wanted = pyqtSignal()
    """Another file of the folder."""
    seek_wanted = pyqtSignal(float)
    """Seconds of the stream's own clock."""
    speed_wanted = pyqtSignal(float)
    loop_file_wanted = pyqtSignal(bool)
    loop_span_wanted = pyqtSignal()
    """The next of: from here, to here, no more."""
    view_wanted = pyqtSignal(object)
    """A `View`."""
    snapshot_wanted = pyqtSignal()
    record_wanted = pyqtSignal()
    """Begin, or stop."""
    opacity_wanted = pyqtSignal(float)
    """0 to 1."""
    full_screen_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self._make_seeking()
        self._make_controls()
        self._connect()
        self._lay_out()
        self._start_s = 0.0
        self._duration_s: float | None = None
        self.set_stream(live=False, duration_s=None, seekable=False)
        self.set_loop(None, None)
        self.set_playlist(has_previous=False, has_next=False)
        self.set_playing(False, ended=False, enabled=False)
        for first, second in pairwise(self.tab_order()):
            QWidget.setTabOrder(first, second)

    def _make_seeking(self) -> None:
        self.time_label = self._label(texts.TIME)
        self.time_label.setFixedWidth(LEFT_WIDTH)
        self.lone_time_label = self._label(texts.TIME)
        """The time where there is no slider to stand before."""
        self.seek_slider = SeekSlider()
        self.preview = SeekPreview(self.seek_slider)
        self.timeline = TimelineStrip()

    def _make_controls(self) -> None:
        self.previous_button = BarButton(icon("previous"), texts.PREVIOUS, Action.PREVIOUS_INPUT)
        self.play_button = BarButton(icon("play"), texts.PLAY, Action.PLAY_PAUSE)
        self.next_button = BarButton(icon("next"), texts.NEXT, Action.NEXT_INPUT)
        self.speed_button = SpeedButton()
        self.loop_button = LoopButton()
        self.loop_label = self._label(texts.LOOP, muted=True)
        self.loop_label.setToolTip(tips.with_keys(texts.LOOP, Action.LOOP_SPAN))
        self.live_label = self._label(texts.LIVE, muted=True)
        self.live_label.setText(texts.LIVE)
        self.live_label.setToolTip(texts.LIVE_TIP)
        self.live_label.setFont(sized(self.font(), SMALL_PT, self.live_label.font().Weight.DemiBold))
        self.view_button = ViewButton()
        self.snapshot_button = BarButton(icon("snapshot"), texts.SNAPSHOT, Action.SNAPSHOT)
        self.record_button = RecordButton()
        self.menu_button = MenuButton(icon("menu"), texts.MENU)
        self.opacity_glyph = IconLabel("opacity")
        self.opacity_slider = JumpSlider()
        self.opacity_slider.setRange(0, 100)
        self.opacity_slider.setSingleStep(5)
        self.opacity_slider.setPageStep(20)
        self.opacity_slider.setFixedWidth(100)
        self.opacity_slider.setAccessibleName(texts.OPACITY)
        self.opacity_slider.setToolTip(tips.with_keys(texts.OPACITY, Action.FAINTER, Action.STRONGER))
        self.opacity_label = self._label(texts.OPACITY, muted=True)
        self.opacity_label.setFixedWidth(self.opacity_label.fontMetrics().horizontalAdvance("100 %") + 4)
        self.full_screen_button = BarButton(icon("full-screen"), texts.FULL_SCREEN, Action.FULL_SCREEN)

    def _label(self, name: str, *, muted: bool = False) -> QLabel:
        label = QLabel()
        if muted:
            label.setObjectName("muted")
        label.setFont(sized(self.font(), SMALL_PT))
        label.setAccessibleName(name)
        return label

    def _connect(self) -> None:
        self.seek_slider.chosen.connect(lambda value: self.seek_wanted.emit(value / 1000))
        self.timeline.seek_wanted.connect(self.seek_wanted)
        self.play_button.clicked.connect(self.play_pause_wanted)
        self.previous_button.clicked.connect(self.previous_wanted)
        self.next_button.clicked.connect(self.next_wanted)
        self.speed_button.speed_wanted.connect(self.speed_wanted)
        self.loop_button.loop_file_wanted.connect(self.loop_file_wanted)
        self.loop_button.loop_span_wanted.connect(self.loop_span_wanted)
        self.view_button.view_wanted.connect(self.view_wanted)
        self.snapshot_button.clicked.connect(self.snapshot_wanted)
        self.record_button.clicked.connect(self.record_wanted)
        self.opacity_slider.chosen.connect(lambda value: self.opacity_wanted.emit(value / 100))
        self.full_screen_button.clicked.connect(self.full_screen_wanted)

    def _lay_out(self) -> None:
        seeking = QHBoxLayout()
        seeking.setSpacing(0)
        seeking.addWidget(self.time_label)
        seeking.addWidget(self.seek_slider, 1)
        self.controls = row = FoldingRow()
        row.add_left(self.previous_button, 55, gap=0)
        row.add_left(self.play_button, 100, gap=0)
        row.add_left(self.next_button, 55, gap=0)
        row.add_left(self.lone_time_label, 85, gap=8)
        row.add_left(self.live_label, 85, gap=8)
        row.add_left(self.speed_button, 60)
        row.add_left(self.loop_button, 50)
        row.add_left(self.loop_label, 30)
        row.add_right(self.view_button, 80)
        row.shorten(self.view_button, 15)
        row.add_right(self.snapshot_button, 45)
        row.add_right(self.record_button, 70)
        row.add_right(self.menu_button, 88)
        row.add_right(self.opacity_glyph, 20, gap=_APART)
        row.add_right(self.opacity_slider, 40, gap=6)
        row.add_right(self.opacity_label, 10, gap=6)
        row.add_right(self.full_screen_button, 90)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 5)
        layout.setSpacing(2)
        layout.addLayout(seeking)
        layout.addWidget(self.timeline)
        layout.addSpacing(2)
        layout.addWidget(row)

    def tab_order(self) -> list[QWidget]:
        """What can be reached with Tab: playing and seeking first, then as it is read."""
        return [
            self.play_button,
            self.seek_slider,
            self.timeline.class_button,
            self.timeline.next_button,
            self.timeline.canvas,
            self.previous_button,
            self.next_button,
            self.speed_button,
            self.loop_button,
            self.view_button,
            self.snapshot_button,
            self.record_button,
            self.menu_button,
            self.opacity_slider,
            self.full_screen_button,
        ]

    def use_thumbnails(self, thumbnails: Thumbnails) -> None:
        """Show these above the slider. Whoever made them opens and closes them."""
        self.preview.use(thumbnails)

    def set_stream(self, *, live: bool, duration_s: float | None, seekable: bool, start_s: float = 0.0) -> None:
        """What can be done with the stream: a live one has no time, one without an end no slider.

        start_s: the time of its first frame, shown as 0:00.
        """
        self._start_s, self._duration_s = start_s, duration_s
        has_slider = seekable and not live and duration_s is not None and duration_s > 0
        is_endless = live or (seekable and duration_s is None)
        self.seek_slider.setVisible(has_slider)
        self.time_label.setVisible(has_slider)
        end_s = min(start_s + (duration_s or 0), _LONGEST_S)
        self.seek_slider.setRange(round(min(start_s, end_s) * 1000), round(end_s * 1000))
        self.timeline.setVisible(has_slider or is_endless)
        self.timeline.canvas.headroom = self.seek_slider.sizeHint().height() if has_slider else 0
        self.timeline.set_span(start_s, duration_s if has_slider else None)
        self.controls.set_wanted(self.speed_button, not live)
        self.controls.set_wanted(self.loop_button, seekable and not live)
        self.controls.set_wanted(self.live_label, live)
        self.controls.set_wanted(self.lone_time_label, not live and not has_slider)
        self.set_position(start_s)

    def set_playing(self, playing: bool, *, ended: bool, enabled: bool) -> None:
        """Which of play, pause and replay the button offers."""
        name, text = ("replay", texts.REPLAY) if ended else ("pause", texts.PAUSE) if playing else ("play", texts.PLAY)
        self.play_button.setIcon(icon(name))
        self.play_button.say(text, Action.PLAY_PAUSE)
        self.play_button.setEnabled(enabled)

    def set_playlist(self, *, has_previous: bool, has_next: bool) -> None:
        """Whether there is another file before and after this one. Alone, it has no buttons to others."""
        self.previous_button.setEnabled(has_previous)
        self.next_button.setEnabled(has_next)
        for button in (self.previous_button, self.next_button):
            self.controls.set_wanted(button, has_previous or has_next)

    def set_position(self, time_s: float) -> None:
        """Where the video is. A slider that is being dragged stays under the pointer."""
        now = figures.clock_time(max(0.0, time_s - self._start_s))
        text = texts.position(now, None if self._duration_s is None else figures.clock_time(self._duration_s))
        for label in (self.time_label, self.lone_time_label):
            if text != label.text():
                label.setText(text)
        if not self.seek_slider.isSliderDown():
            self.seek_slider.setValue(round(min(time_s, _LONGEST_S) * 1000))
        self.timeline.set_position(time_s)

    def set_speed(self, factor: float, *, enabled: bool) -> None:
        """factor: 1 is real time. enabled: False for what comes at its own speed."""
        self.speed_button.set_speed(factor, enabled=enabled)

    def set_loop(self, start_s: float | None, end_s: float | None) -> None:
        """Seconds of the stream's own clock; None: not said yet. Nothing is shown without a start."""
        self.loop_button.set_span(start_s, end_s)
        self.seek_slider.set_loop(start_s, end_s)
        if start_s is not None:
            end = None if end_s is None else figures.clock_time(end_s - self._start_s)
            self.loop_label.setText(texts.loop_span(figures.clock_time(start_s - self._start_s), end))
        self.controls.set_wanted(self.loop_label, start_s is not None)

    def set_loop_file(self, loops: bool) -> None:
        """Whether the file begins again at its end."""
        self.loop_button.set_file(loops)

    def set_view(self, view: View) -> None:
        """Which view is on."""
        self.view_button.set_view(view)

    def set_recording(self, elapsed_s: float | None) -> None:
        """For how long it records; None while it does not."""
        self.record_button.set_recording(elapsed_s)

    def set_opacity(self, opacity: float) -> None:
        """0 to 1."""
        if not self.opacity_slider.isSliderDown():
            self.opacity_slider.setValue(round(opacity * 100))
        self.opacity_label.setText(f"{round(opacity * 100)} %")
