"""The viewer: carries the window's wishes to the player and the player's news to the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QColor

from bisenet_viewer.gui.acts import Acts
from bisenet_viewer.gui.classes import choice
from bisenet_viewer.gui.classes.look_control import LookControl
from bisenet_viewer.gui.common.theme_follower import ThemeChoice, ThemeFollower
from bisenet_viewer.gui.faults import Exits, FaultTeller
from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.inputs import Inputs
from bisenet_viewer.gui.page_steering import PageSteering
from bisenet_viewer.gui.player import Player, Request
from bisenet_viewer.gui.remembering import Remembering, first_look, recalled
from bisenet_viewer.gui.saving import Saving
from bisenet_viewer.gui.showing import Showing
from bisenet_viewer.gui.state import Pairing, View
from bisenet_viewer.gui.telling import Telling
from bisenet_viewer.gui.texts import window as texts
from bisenet_viewer.gui.window import Window
from bisenet_viewer.gui.work.settings_store import SettingsStore
from bisenet_viewer.settings import Settings

if TYPE_CHECKING:
    from bisenet.classes import ClassSet, Color

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
        self.saving = Saving(window, player, self.look, settings)
        self.showing = Showing(window, player, self.look, self.saving.outputs.recorder, clock)
        self.steering = PageSteering(window, player, self.showing, self.saving, store, clock)
        self.inputs = Inputs(window)
        self.remembering = Remembering(store, window, self.look)
        self._telling = Telling(window, player)
        exits = Exits(self._open, window.dialogs.ask_for_file)
        self._faults = FaultTeller(window.banner, player, exits, default_model)
        self._acts = Acts(self, window, player)
        self._shown_classes: ClassSet | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._refresh)
        self._connect()
        self._show_look()
        self._show_player()

    def _connect(self) -> None:
        window, look, player = self._window, self.look, self._player
        window.first_painted.connect(self.begin)
        window.asked.connect(self.act)
        window.message.cancelled.connect(self._give_up)
        window.strip.model_wanted.connect(lambda: self.act(Action.MODEL))
        window.view.double_clicked.connect(lambda: self.act(Action.FULL_SCREEN))
        window.view.picked.connect(self._pick)
        window.view.wipe_moved.connect(look.set_wipe)
        window.menu.theme_wanted.connect(self._choose_theme)
        window.menu.reset_wanted.connect(self._reset)
        window.menu.about_wanted.connect(self.steering.show_about)
        window.menu.set_theme(self._theme.choice)
        self._connect_transport()
        self._connect_panel()
        self.inputs.wanted.connect(self._open_source)
        self._telling.opened.connect(self.remembering.note_source)
        self._telling.opened.connect(self.inputs.note_opened)
        self._telling.ended.connect(lambda: QTimer.singleShot(0, self.inputs.queue.play_on))
        look.changed.connect(self._show_look)
        player.changed.connect(self._show_player)
        self.showing.first_shown.connect(self._show_player)
        self.showing.first_result.connect(self._want)

    def _connect_transport(self) -> None:
        transport, player = self._window.transport, self._player
        transport.play_pause_wanted.connect(player.play_pause)
        transport.seek_wanted.connect(player.seek)
        transport.speed_wanted.connect(player.set_speed)
        transport.loop_file_wanted.connect(player.set_loop_file)
        transport.loop_span_wanted.connect(player.mark_loop)
        transport.view_wanted.connect(self.look.set_view)
        transport.opacity_wanted.connect(self.look.set_opacity)
        for signal, action in (
            (transport.snapshot_wanted, Action.SNAPSHOT),
            (transport.record_wanted, Action.RECORD),
            (transport.full_screen_wanted, Action.FULL_SCREEN),
            (transport.timeline.next_wanted, Action.NEXT_WITH_CLASS),
        ):
            signal.connect(lambda action=action: self.act(action))

    def _connect_panel(self) -> None:
        panel, look = self._window.panel, self.look
        panel.toggled.connect(look.toggle)
        panel.solo_wanted.connect(look.solo)
        panel.all_wanted.connect(look.show_all)
        panel.none_wanted.connect(look.show_none)
        panel.color_wanted.connect(lambda class_id, color: look.recolor(class_id, _rgb(color)))
        panel.palette_wanted.connect(look.set_palette)
        panel.hatched_wanted.connect(look.set_hatched)
        panel.legend_wanted.connect(look.set_legend)
        panel.smooth_wanted.connect(look.set_smooth_edges)

    def act(self, action: Action, number: int = 0) -> None:
        """Do what a key or the menu asks for. number: a class id, for what is about one class."""
        self._acts.act(action, number)

    @property
    def settings(self) -> Settings:
        """What will be remembered."""
        return self._store.settings

    # Opening.

    def begin(self) -> None:
        """Open what was asked for at the start."""
        self._timer.start()
        if self._request.source:
            self.open(self._request.source)

    def open(self, source: str) -> None:
        """Play a source of any kind with the same model."""
        self.inputs.open(source)

    def _open_source(self, source: str) -> None:
        self._open(replace(self._player.wanted or self._request, source=source))

    def _open(self, request: Request) -> None:
        self._request = request
        self.saving.end_recording()
        self.steering.leave_source()
        self._faults.clear()
        self.showing.clear()
        self._player.open(request)
        self._want()
        self.showing.refresh()

    def _give_up(self) -> None:
        """Nobody wants to wait for what is being opened."""
        self._request = replace(self._request, source="")
        self._player.leave()
        self._window.start.focus_first()

    # What a person chose.

    def _pick(self, x: int, y: int) -> None:
        """A class was clicked in the picture: it alone, or all again."""
        result = self.showing.result
        if result is not None:
            self.look.solo(int(result.labels[y, x]))

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
        """Have the pipeline do what is looked at, and no more. Before the first result any frame is welcome."""
        look = self.look.look
        frames = self.showing.result is None or look.pairing is Pairing.LATEST
        self._player.want(confidence=look.view is View.CONFIDENCE, frames=frames)

    # What the player tells.

    def _show_player(self) -> None:
        """Bring everything that depends on the player's state up to date."""
        player = self._player
        if player.classes is not None:
            fault = self.look.take_classes(player.classes)
            if fault is not None:
                self._window.banner.tell(fault, [(texts.SHOW_ALL, self.look.show_all)])
        if player.engine is not None and player.request is not None:
            self.remembering.note_model(player.request.model)
        request = player.wanted or self._request
        self._telling.tell(request)
        self._faults.look(request)

    def _refresh(self) -> None:
        """Bring what changes all the time up to date, as often as it can be read."""
        self.showing.refresh()
        self.steering.refresh()

    def tell_fault(self, error: BaseException) -> None:
        """Show a fault of the program itself; what plays goes on."""
        self._faults.tell(error)

    def close(self) -> None:
        """Finish what is being written and end what runs beside the player, within bounds. Harmless when repeated."""
        self._timer.stop()
        self.saving.close()
        self.steering.close()
        self.inputs.close()
        self._telling.close()
        self._store.close()


def _rgb(color: QColor) -> Color:
    return color.red(), color.green(), color.blue()


def _qt_colors(colors: Sequence[Color]) -> list[QColor]:
    return [QColor(*color) for color in colors]
