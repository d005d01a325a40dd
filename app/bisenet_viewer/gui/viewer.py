"""The viewer: carries the window's wishes to the player and the player's news to the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QColor, QGuiApplication

from bisenet_viewer.gui.classes.look_control import LookControl
from bisenet_viewer.gui.faults import Exits, FaultTeller
from bisenet_viewer.gui.help.keys import LONG_STEP_S, OPACITY_STEP, SECOND_S, SHORT_STEP_S, Action
from bisenet_viewer.gui.opening import naming
from bisenet_viewer.gui.opening.dropping import source_in_clipboard
from bisenet_viewer.gui.opening.file_queue import FileQueue
from bisenet_viewer.gui.pages import Pages
from bisenet_viewer.gui.player import Phase, Player, Request
from bisenet_viewer.gui.remembering import Remembering, first_look, recalled
from bisenet_viewer.gui.saving import Saving
from bisenet_viewer.gui.showing import Showing
from bisenet_viewer.gui.state import Pairing, View
from bisenet_viewer.gui.switching.model_steering import ModelSteering
from bisenet_viewer.gui.texts import window as texts
from bisenet_viewer.gui.transport.speeds import faster, slower
from bisenet_viewer.gui.transport.thumbnails import Thumbnails
from bisenet_viewer.gui.window import Window
from bisenet_viewer.gui.work.settings_store import SettingsStore

if TYPE_CHECKING:
    from bisenet_viewer.frame import Result

REFRESH_MS = 250
"""Text that changes faster than this cannot be read."""


class Viewer(QObject):
    """Brings the parts together. `close` before the window goes."""

    def __init__(
        self,
        window: Window,
        player: Player,
        request: Request,
        store: SettingsStore,
        *,
        default_model: str,
        opacity: float | None,
        classes: Sequence[str] | None,
        clock: Callable[[], float],
    ) -> None:
        """opacity, classes: in place of what is remembered."""
        super().__init__(window)
        self._window, self._player, self._store = window, player, store
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
        self.thumbnails = Thumbnails(self)
        self.remembering = Remembering(store, window, self.look)
        exits = Exits(self._open_request, window.dialogs.ask_for_file)
        self._faults = FaultTeller(window.banner, player, exits, default_model)
        self._noted_source = ""
        self._paused_by_page = False
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._refresh)
        self._acts = self._all_acts()
        self._connect()
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
        window.start.address_wanted.connect(window.address.ask)
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
