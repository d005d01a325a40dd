"""`Acts`: what each key and each entry of the menu does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from bisenet_viewer.gui.help.keys import LONG_STEP_S, OPACITY_STEP, SECOND_S, SHORT_STEP_S, Action
from bisenet_viewer.gui.player import Player
from bisenet_viewer.gui.texts import window as texts
from bisenet_viewer.gui.transport.speeds import faster, slower
from bisenet_viewer.gui.window import Window

if TYPE_CHECKING:
    from bisenet_viewer.gui.viewer import Viewer

Act = Callable[[], object]


class Acts:
    """One table from actions to what they call."""

    def __init__(self, viewer: Viewer, window: Window, player: Player) -> None:
        self._viewer, self._window, self._player = viewer, window, player
        self._acts = {**self._of_playing(), **self._of_looking(), **self._of_work(), **self._of_window()}
        self._numbered = {Action.TOGGLE_CLASS: viewer.look.toggle, Action.SOLO_CLASS: viewer.look.solo}

    def act(self, action: Action, number: int) -> None:
        """number: a class id, for what is about one class."""
        if action in self._numbered:
            self._numbered[action](number)
        else:
            self._acts[action]()

    def _of_playing(self) -> dict[Action, Act]:
        player, queue = self._player, self._viewer.inputs.queue
        return {
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
            Action.NORMAL_SPEED: partial(player.set_speed, 1.0),
            Action.LOOP_SPAN: player.mark_loop,
            Action.LOOP_FILE: lambda: player.set_loop_file(not player.loops_file),
            Action.NEXT_WITH_CLASS: self._seek_class,
            Action.PREVIOUS_INPUT: queue.previous,
            Action.NEXT_INPUT: queue.next,
        }

    def _of_looking(self) -> dict[Action, Act]:
        look, view = self._viewer.look, self._window.view
        return {
            Action.FAINTER: lambda: look.set_opacity(look.opacity - OPACITY_STEP),
            Action.STRONGER: lambda: look.set_opacity(look.opacity + OPACITY_STEP),
            Action.TOGGLE_ALL: look.toggle_all,
            Action.UNDO: look.undo,
            Action.REDO: look.redo,
            Action.NEXT_VIEW: look.next_view,
            Action.WIPE: look.toggle_wipe,
            Action.FIT: look.next_fit,
            Action.ZOOM_IN: view.zoom_in,
            Action.ZOOM_OUT: view.zoom_out,
            Action.ZOOM_RESET: view.zoom_reset,
            Action.LEGEND: lambda: look.set_legend(not look.look.legend),
            Action.PAIRING: look.toggle_pairing,
        }

    def _of_work(self) -> dict[Action, Act]:
        viewer, saving = self._viewer, self._viewer.saving
        return {
            Action.SNAPSHOT: lambda: saving.snapshot(viewer.showing.result, plain=False),
            Action.SNAPSHOT_PLAIN: lambda: saving.snapshot(viewer.showing.result, plain=True),
            Action.COPY: lambda: saving.copy(viewer.showing.result),
            Action.RECORD: saving.toggle_recording,
            Action.EXPORT_MASKS: saving.toggle_export,
            Action.FLAG: lambda: saving.flag(viewer.showing.result),
        }

    def _of_window(self) -> dict[Action, Act]:
        window, steering, inputs = self._window, self._viewer.steering, self._viewer.inputs
        return {
            Action.OPEN_FILE: window.dialogs.ask_for_file,
            Action.OPEN_ADDRESS: inputs.open_copied,
            Action.MODEL: lambda: steering.models.toggle(),
            Action.COMPARE: lambda: steering.models.toggle(on_comparison=True),
            Action.STATISTICS: steering.toggle_statistics,
            Action.SPEED_PAGE: steering.toggle_speed_page,
            Action.FULL_SCREEN: lambda: window.set_full_screen(not window.isFullScreen()),
            Action.LEAVE: self._leave,
            Action.HELP: lambda: steering.pages.keys.toggle(),
            Action.DOCTOR: lambda: steering.pages.doctor.toggle(),
            Action.QUIT: window.close,
        }

    def _seek_class(self) -> None:
        """On to where the timeline's class next rises above its line."""
        timeline, toasts = self._window.transport.timeline, self._viewer.saving.outputs.toasts
        if timeline.chosen_class is None:
            toasts.tell(texts.CHOOSE_CLASS)
            return
        time_s = timeline.next_time()
        if time_s is None:
            toasts.tell(texts.NOT_IN_TIMELINE)
        else:
            self._player.seek(time_s)

    def _leave(self) -> None:
        """What came last goes first."""
        window, look = self._window, self._viewer.look
        if self._viewer.steering.pages.leave():
            return
        if window.address.isVisible():
            window.address.close_bar()
        elif window.isFullScreen():
            window.set_full_screen(False)
        elif window.banner.isVisible():
            window.banner.dismiss()
        else:
            look.solo(None)
