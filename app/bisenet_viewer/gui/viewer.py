"""The viewer: carries the window's wishes to the player and the player's news to the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QColor, QGuiApplication

from bisenet_viewer.gui.classes import choice
from bisenet_viewer.gui.classes.look_control import LookControl
from bisenet_viewer.gui.common.theme_follower import ThemeChoice, ThemeFollower
from bisenet_viewer.gui.faults import Exits, FaultTeller
from bisenet_viewer.gui.help.keys import LONG_STEP_S, OPACITY_STEP, SECOND_S, SHORT_STEP_S, Action
from bisenet_viewer.gui.opening import naming
from bisenet_viewer.gui.opening.dropping import source_in_clipboard
from bisenet_viewer.gui.opening.file_queue import FileQueue
from bisenet_viewer.gui.opening.kinds import Kind, kind_of
from bisenet_viewer.gui.pages import Pages
from bisenet_viewer.gui.player import Phase, Player, Request
from bisenet_viewer.gui.remembering import Remembering, first_look, recalled
from bisenet_viewer.gui.saving import Saving
from bisenet_viewer.gui.showing import Showing
from bisenet_viewer.gui.state import Pairing, View
from bisenet_viewer.gui.switching.steering import ModelSteering
from bisenet_viewer.gui.switching.tuned import InSettings
from bisenet_viewer.gui.texts import window as texts
from bisenet_viewer.gui.transport.speeds import faster, slower
from bisenet_viewer.gui.transport.thumbnails import Thumbnails
from bisenet_viewer.gui.window import Window
from bisenet_viewer.gui.work.settings_store import SettingsStore

if TYPE_CHECKING:
    from bisenet.classes import ClassSet, Color
    from bisenet_viewer.frame import Result, StreamInfo

REFRESH_MS = 250
"""Text that changes faster than this cannot be read."""
_CLOSE_S = 2.0


class Viewer(QObject):
    """Brings the parts together. `close` before the window goes."""

    def __init__(
        self,
        window: Window,
        player: Player,
        request: Request,
        store: SettingsStore,
        theme: ThemeFollower,
        *,
        default_model: str,
        opacity: float | None,
        classes: Sequence[str] | None,
        clock: Callable[[], float],
    ) -> None:
        """opacity, classes: in place of what is remembered."""
        super().__init__(window)
        self._window, self._player, self._store, self._theme = window, player, store, theme
        self._request = request
        settings = store.settings
        self.look = LookControl(
            first_look(settings),
            opacity=settings.opacity if opacity is None else opacity,
            recall=lambda classes: recalled(store.settings, classes),
            names=classes,
            parent=self,
        )
        self.pages = Pages(window)
        self.saving = Saving(window, player, self.look, settings)
        self.showing = Showing(window, player, self.look, self.saving.outputs.recorder, clock)
        self.queue = FileQueue(self)
        self.thumbnails = Thumbnails(parent=self)
        self.remembering = Remembering(store, window, self.look)
        exits = Exits(self._open_request, window.dialogs.ask_for_file)
        self._faults = FaultTeller(window.banner, player, exits, default_model)
        self._clock = clock
        self._shown_classes: ClassSet | None = None
        self._shown_stream: StreamInfo | None = None
        self._last_phase = Phase.EMPTY
        self._is_first_result = True
        self._paused_by_page = False
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._refresh)
        self._acts = self._all_acts()
        self._connect()
        if settings.statistics_open:
            self.show_statistics(True)
        self._show_look()
        self._show_phase()

    # What is connected to what.

    def _connect(self) -> None:
        window, transport, panel = self._window, self._window.transport, self._window.panel
        look, player, showing = self.look, self._player, self.showing
        window.first_painted.connect(self.begin)
        window.asked.connect(self.act)
        window.sources_dropped.connect(self.queue.open)
        window.dialogs.chosen.connect(self.open)
        window.dialogs.several_chosen.connect(self.queue.open)
        window.address.chosen.connect(self.open)
        window.address.closed.connect(window.view.setFocus)
        window.start.source_chosen.connect(self.open)
        window.start.file_wanted.connect(window.dialogs.ask_for_file)
        window.start.folder_wanted.connect(window.dialogs.ask_for_folder)
        window.start.address_wanted.connect(self._ask_for_address)
        window.message.cancelled.connect(self._give_up)
        window.playlist.chosen.connect(self.queue.go)
        window.strip.model_wanted.connect(lambda: self.act(Action.MODEL))
        self.queue.source_wanted.connect(self._open_source)
        self.queue.changed.connect(self._show_files)

        view = window.view
        view.double_clicked.connect(lambda: self.act(Action.FULL_SCREEN))
        view.picked.connect(self._pick)
        view.wipe_moved.connect(look.set_wipe)

        transport.use_thumbnails(self.thumbnails)
        transport.play_pause_wanted.connect(player.play_pause)
        transport.previous_wanted.connect(self.queue.previous)
        transport.next_wanted.connect(self.queue.next)
        transport.seek_wanted.connect(player.seek)
        transport.speed_wanted.connect(player.set_speed)
        transport.loop_file_wanted.connect(player.set_loop_file)
        transport.loop_span_wanted.connect(player.mark_loop)
        transport.view_wanted.connect(look.set_view)
        transport.snapshot_wanted.connect(lambda: self.act(Action.SNAPSHOT))
        transport.record_wanted.connect(lambda: self.act(Action.RECORD))
        transport.opacity_wanted.connect(look.set_opacity)
        transport.full_screen_wanted.connect(lambda: self.act(Action.FULL_SCREEN))
        transport.timeline.next_wanted.connect(lambda: self.act(Action.NEXT_WITH_CLASS))

        panel.toggled.connect(look.toggle)
        panel.solo_wanted.connect(look.solo)
        panel.all_wanted.connect(look.show_all)
        panel.none_wanted.connect(look.show_none)
        panel.color_wanted.connect(lambda class_id, color: look.recolor(class_id, _rgb(color)))
        panel.palette_wanted.connect(look.set_palette)
        panel.hatched_wanted.connect(look.set_hatched)
        panel.legend_wanted.connect(look.set_legend)
        panel.smooth_wanted.connect(look.set_smooth_edges)

        window.menu.theme_wanted.connect(self._choose_theme)
        window.menu.reset_wanted.connect(self._reset)
        window.menu.about_wanted.connect(self._show_about)
        window.menu.set_theme(self._theme.choice)

        self.pages.asked.connect(self.act)
        self.pages.statistics_closed.connect(lambda: self.show_statistics(False))
        self.pages.pause_wanted.connect(self._pause_for_page)
        self.pages.picture_wanted.connect(lambda image: self.saving.outputs.snapshots.save(image, "speed", 0.0))

        look.changed.connect(self._show_look)
        player.changed.connect(self._show_phase)
        showing.first_shown.connect(self._show_phase)
        showing.took.connect(self._note_result)

    def _all_acts(self) -> dict[Action, Callable[[int], object]]:
        """What each key and entry of the menu does; the number is a class id."""
        window, player, look, saving = self._window, self._player, self.look, self.saving
        simple: dict[Action, Callable[[], object]] = {
            Action.PLAY_PAUSE: player.play_pause,
            Action.BACK_SECOND: partial(player.step, -SECOND_S),
            Action.FORWARD_SECOND: partial(player.step, SECOND_S),
            Action.BACK_SHORT: partial(player.step, -SHORT_STEP_S),
            Action.FORWARD_SHORT: partial(player.step, SHORT_STEP_S),
            Action.BACK_LONG: partial(player.step, -LONG_STEP_S),
            Action.FORWARD_LONG: partial(player.step, LONG_STEP_S),
            Action.BACK_FRAME: partial(player.step_frame, forward=False),
            Action.FORWARD_FRAME: partial(player.step_frame, forward=True),
            Action.SLOWER: lambda: player.set_speed(slower(player.speed)),
            Action.FASTER: lambda: player.set_speed(faster(player.speed)),
            Action.NORMAL_SPEED: lambda: player.set_speed(1.0),
            Action.LOOP_SPAN: player.mark_loop,
            Action.LOOP_FILE: lambda: player.set_loop_file(not player.loops_file),
            Action.NEXT_WITH_CLASS: self._seek_class,
            Action.PREVIOUS_INPUT: self.queue.previous,
            Action.NEXT_INPUT: self.queue.next,
            Action.FAINTER: lambda: look.set_opacity(look.opacity - OPACITY_STEP),
            Action.STRONGER: lambda: look.set_opacity(look.opacity + OPACITY_STEP),
            Action.TOGGLE_ALL: look.toggle_all,
            Action.UNDO: look.undo,
            Action.REDO: look.redo,
            Action.NEXT_VIEW: look.next_view,
            Action.WIPE: look.toggle_wipe,
            Action.FIT: look.next_fit,
            Action.ZOOM_IN: window.view.zoom_in,
            Action.ZOOM_OUT: window.view.zoom_out,
            Action.ZOOM_RESET: window.view.zoom_reset,
            Action.LEGEND: lambda: look.set_legend(not look.look.legend),
            Action.PAIRING: look.toggle_pairing,
            Action.SNAPSHOT: lambda: saving.snapshot(self.showing.result, plain=False),
            Action.SNAPSHOT_PLAIN: lambda: saving.snapshot(self.showing.result, plain=True),
            Action.COPY: lambda: saving.copy(self.showing.result),
            Action.RECORD: saving.toggle_recording,
            Action.EXPORT_MASKS: saving.toggle_export,
            Action.FLAG: lambda: saving.flag(self.showing.result),
            Action.OPEN_FILE: window.dialogs.ask_for_file,
            Action.OPEN_ADDRESS: self._open_copied,
            Action.MODEL: lambda: self.models.toggle(on_comparison=False),
            Action.COMPARE: lambda: self.models.toggle(on_comparison=True),
            Action.STATISTICS: self._toggle_statistics,
            Action.SPEED_PAGE: self._toggle_speed_page,
            Action.FULL_SCREEN: lambda: window.set_full_screen(not window.isFullScreen()),
            Action.LEAVE: self._leave,
            Action.HELP: lambda: self.pages.keys.toggle(),
            Action.DOCTOR: lambda: self.pages.doctor.toggle(),
            Action.QUIT: window.close,
        }
        acts: dict[Action, Callable[[int], object]] = {
            action: lambda _number, act=act: act()  # type: ignore[misc]  # mypy cannot infer a default's type
            for action, act in simple.items()
        }
        return {**acts, Action.TOGGLE_CLASS: look.toggle, Action.SOLO_CLASS: look.solo}

    def act(self, action: Action, number: int = 0) -> None:
        """Do what a key or the menu asks for. number: a class id, for what is about one class."""
        self._acts[action](number)

    # Opening.

    def begin(self) -> None:
        """Open what was asked for at the start."""
        self._timer.start()
        if self._request.source:
            self.open(self._request.source)

    def open(self, source: str) -> None:
        """Play a source of any kind with the same model."""
        self.queue.open((source,))

    def _open_source(self, source: str) -> None:
        self._open_request(replace(self._player.wanted or self._request, source=source))

    def _open_request(self, request: Request) -> None:
        self._request = request
        self.saving.end_recording()
        if "models" in self.__dict__:
            self.models.leave_tuning()
        self._faults.clear()
        self.showing.clear()
        self._is_first_result = True
        self._player.open(request)
        self._want()
        self.showing.refresh()

    def _ask_for_address(self) -> None:
        """With what was copied, where that can be opened."""
        self._window.address.ask(_copied() or "")

    def _open_copied(self) -> None:
        """What was copied where that can be opened; else ask."""
        source = _copied()
        if source is None:
            self._window.address.ask()
        else:
            self.open(source)

    def _give_up(self) -> None:
        """Nobody wants to wait for what is being opened."""
        self._request = replace(self._request, source="")
        self._player.leave()
        self._window.start.focus_first()

    # Pages and cards.

    @cached_property
    def models(self) -> ModelSteering:
        """The card of models, made when it is first wanted."""
        return ModelSteering(self.pages.models, self._player, InSettings(self._store), self._clock)

    def _toggle_statistics(self) -> None:
        self.show_statistics(self.pages.statistics.isHidden())

    def show_statistics(self, on: bool) -> None:
        """Show the panel of times and load, or hide it."""
        panel = self.pages.statistics
        if on:
            self.showing.statistics.start()
            panel.show_snapshot(self.showing.statistics.snapshot(self._player, self.showing.meter))
        else:
            self.showing.statistics.stop()
        panel.setVisible(on)
        self._store.change(statistics_open=on)

    def _toggle_speed_page(self) -> None:
        page = self.pages.speed
        if page.isVisible():
            page.leave()
        else:
            page.show()

    def _pause_for_page(self, wanted: bool) -> None:
        """The video waits while the machine is measured, and goes on if it played."""
        if wanted and self._player.phase is Phase.PLAYING:
            self._player.play_pause()
            self._paused_by_page = True
        elif not wanted and self._paused_by_page:
            self._paused_by_page = False
            if self._player.phase is Phase.PAUSED:
                self._player.play_pause()

    def _choose_theme(self, choice: ThemeChoice) -> None:
        self._theme.choose(choice)
        self._window.menu.set_theme(choice)
        self._store.change(theme=choice.value)

    def _reset(self) -> None:
        """As at the first start; what plays goes on."""
        self._store.reset()
        settings = self._store.settings
        self._theme.choose(ThemeChoice(settings.theme))
        self._window.menu.set_theme(self._theme.choice)
        self.look.reset(first_look(settings), settings.opacity)
        self.saving.outputs.set_folders(settings)
        self.remembering.show_recent()
        self.saving.outputs.toasts.tell(texts.SETTINGS_RESET)

    def _show_about(self) -> None:
        info = self._player.engine
        self.pages.about.set_device("" if info is None else naming.engine_text(info))
        self.pages.about.come()

    def _leave(self) -> None:
        window = self._window
        if self.pages.leave():
            return
        if window.address.isVisible():
            window.address.close_bar()
        elif window.isFullScreen():
            window.set_full_screen(False)
        elif window.banner.isVisible():
            window.banner.dismiss()
        elif self.look.look.solo is not None:
            self.look.solo(None)

    # The picture.

    def _pick(self, x: int, y: int) -> None:
        """A class was clicked in the picture: it alone, or all again."""
        result = self.showing.result
        if result is not None:
            self.look.solo(int(result.labels[y, x]))

    def _seek_class(self) -> None:
        """On to where the timeline's class is next above its line."""
        timeline = self._window.transport.timeline
        toasts = self.saving.outputs.toasts
        if timeline.chosen_class is None:
            toasts.tell(texts.CHOOSE_CLASS)
            return
        time_s = timeline.next_time()
        if time_s is None:
            toasts.tell(texts.NOT_IN_TIMELINE)
        else:
            self._player.seek(time_s)

    def _show_look(self) -> None:
        """Bring along what depends on how the picture is drawn."""
        look, window = self.look.look, self._window
        if self.look.classes is not self._shown_classes:
            self._show_classes()
        window.view.set_look(look)
        window.panel.set_look(look)
        window.transport.set_opacity(self.look.opacity)
        window.transport.set_view(look.view)
        if look.style is not None:
            window.transport.timeline.set_visible(choice.shown(look), _qt_colors(look.style.colors))
        menu = window.menu
        menu.set_state(Action.UNDO, enabled=self.look.can_undo)
        menu.set_state(Action.REDO, enabled=self.look.can_redo)
        menu.set_state(Action.LEGEND, checked=look.legend)
        menu.set_state(Action.WIPE, checked=look.view is View.WIPE)
        menu.set_state(Action.PAIRING, checked=look.pairing is Pairing.LATEST)
        self._want()

    def _show_classes(self) -> None:
        classes = self._shown_classes = self.look.classes
        if classes is not None:
            colors = _qt_colors(classes.palette)
            self._window.panel.set_classes(classes.names, colors)
            self._window.transport.timeline.set_classes(classes.names, colors)

    def _want(self) -> None:
        """Have the pipeline do what the look needs, and no more."""
        look = self.look.look
        is_first = self.showing.result is None
        self._player.want(confidence=look.view is View.CONFIDENCE, frames=is_first or look.pairing is Pairing.LATEST)

    def _note_result(self, result: Result) -> None:
        if "models" in self.__dict__:
            self.models.note_result(result)
        if self._is_first_result:
            self._is_first_result = False
            self._want()

    # What the player tells.

    def _show_phase(self) -> None:
        """Bring everything that depends on the player's state up to date."""
        window, player, phase = self._window, self._player, self._player.phase
        if player.classes is not None:
            fault = self.look.take_classes(player.classes)
            if fault is not None:
                window.banner.tell(fault, [(texts.SHOW_ALL, self.look.show_all)])
        transport, stream = window.transport, player.stream
        if stream is not self._shown_stream:
            self._shown_stream = stream
            self._show_stream()
        transport.set_position(player.position_s)
        transport.set_loop(*player.loop)
        transport.set_loop_file(player.loops_file)
        transport.set_speed(player.speed, enabled=stream is not None and not stream.live)
        transport.set_playing(
            phase is Phase.PLAYING,
            ended=phase is Phase.ENDED,
            enabled=phase in (Phase.PLAYING, Phase.PAUSED, Phase.ENDED),
        )
        if phase is Phase.ENDED and self._last_phase is not Phase.ENDED:
            QTimer.singleShot(0, self.queue.play_on)
        self._last_phase = phase
        self._show_names()
        self._show_message(phase)
        self._faults.look(player.wanted or self._request)

    def _show_stream(self) -> None:
        """Another stream, or none."""
        stream, transport = self._player.stream, self._window.transport
        if stream is None:
            transport.set_stream(live=False, duration_s=None, seekable=False)
            self.thumbnails.open(None)
            return
        transport.set_stream(
            live=stream.live, duration_s=stream.duration_s, seekable=stream.seekable, start_s=stream.start_s
        )
        source = self._request.source
        is_file = not stream.live and stream.seekable and kind_of(source) is Kind.FILE
        self.thumbnails.open(Path(source).expanduser() if is_file else None)
        self.remembering.note_source(source)

    def _show_files(self) -> None:
        """The list of files, or which of it is open, is another."""
        files = self.queue.files
        self._window.playlist.set_files(files)
        self._window.transport.set_playlist(
            has_previous=files is not None and files.previous is not None,
            has_next=files is not None and files.next is not None,
        )

    def _show_names(self) -> None:
        player, request, strip = self._player, self._player.wanted or self._request, self._window.strip
        source = naming.source_name(request.source) if player.stream is None else player.stream.name
        model = naming.model_name(request.model) if player.engine is None else player.engine.model
        self._window.setWindowTitle(texts.title(source, model))
        strip.set_input(source if player.stream is None else naming.stream_text(player.stream))
        if player.engine is None:
            strip.set_model(model)
        else:
            strip.set_model(naming.engine_text(player.engine), naming.engine_story(player.engine))

    def _show_message(self, phase: Phase) -> None:
        """What stands where there is no picture: what is being waited for, or what can be opened."""
        window, stream, request = self._window, self._player.stream, self._player.wanted or self._request
        has_picture = window.view.has_picture
        # Before the first paint there is a request already, which is about to be opened.
        is_idle = phase is Phase.FAILED or (phase is Phase.EMPTY and not self._request.source)
        window.start.setVisible(is_idle and not has_picture)
        window.message.setVisible(not is_idle and not has_picture)
        opening = texts.opening(naming.source_name(request.source))
        loading = texts.loading(naming.model_name(request.model))
        if stream is None:
            is_loading = self._player.engine is None
            hint = naming.waiting_hint(request.source)
            window.message.tell(opening, loading if is_loading else "", busy=True, hint=hint)
        elif phase is Phase.OPENING:
            window.message.tell(loading, naming.stream_text(stream), busy=True)
        else:
            window.message.tell(*texts.waiting_for(stream.name), busy=True)

    def _refresh(self) -> None:
        """Bring what changes all the time up to date, as often as it can be read."""
        self.showing.refresh()
        if self.pages.made("statistics") and self.pages.statistics.isVisible():
            self.pages.statistics.show_snapshot(self.showing.statistics.snapshot(self._player, self.showing.meter))

    def tell_fault(self, error: BaseException) -> None:
        """Show a fault of the program itself; what plays goes on."""
        self._faults.tell(error)

    def close(self) -> None:
        """Finish what is being written and end what runs beside the player, within bounds."""
        self._timer.stop()
        self.saving.outputs.close()
        if "models" in self.__dict__:
            self.models.close()
        self.pages.close()
        self.showing.statistics.stop()
        self.thumbnails.close()
        self.queue.close(_CLOSE_S)
        for part in (self._window.start, self._window.address, self._window.playlist):
            part.close_threads(_CLOSE_S)
        self._store.close()


def _copied() -> str | None:
    clipboard = QGuiApplication.clipboard()
    data = None if clipboard is None else clipboard.mimeData()
    return None if data is None else source_in_clipboard(data)


def _rgb(color: QColor) -> Color:
    return color.red(), color.green(), color.blue()


def _qt_colors(colors: Sequence[Color]) -> list[QColor]:
    return [QColor(*color) for color in colors]
