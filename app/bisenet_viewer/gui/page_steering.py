"""`PageSteering`: what comes over the video when it is asked for, and what it does to what plays."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from bisenet_viewer.gui.opening import naming
from bisenet_viewer.gui.pages import Pages
from bisenet_viewer.gui.player import Phase, Player
from bisenet_viewer.gui.saving import Saving
from bisenet_viewer.gui.showing import Showing
from bisenet_viewer.gui.switching.steering import ModelSteering
from bisenet_viewer.gui.switching.tuned import InSettings
from bisenet_viewer.gui.window import Window
from bisenet_viewer.gui.work.settings_store import SettingsStore

if TYPE_CHECKING:
    from bisenet_viewer.frame import Result

_SPEED = "speed"
"""The name of the picture of the speed page."""


class PageSteering(QObject):
    """Nothing is made before it is wanted."""

    def __init__(
        self,
        window: Window,
        player: Player,
        showing: Showing,
        saving: Saving,
        store: SettingsStore,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(window)
        self._window, self._player, self._showing, self._store, self._clock = window, player, showing, store, clock
        self.pages = Pages(window)
        self._has_paused = False
        self.pages.asked.connect(lambda action: window.asked.emit(action, 0))
        self.pages.statistics_closed.connect(lambda: self.show_statistics(False))
        self.pages.pause_wanted.connect(self._pause)
        self.pages.picture_wanted.connect(lambda image: saving.save_picture(image, _SPEED))
        showing.took.connect(self._note_result)
        if store.settings.statistics_open:
            self.show_statistics(True)

    @cached_property
    def models(self) -> ModelSteering:
        """The card of models."""
        panel = self.pages.models
        settings = self._store.settings
        if settings.target_fps is not None:
            panel.tune_box.set_target(settings.target_fps)
        panel.set_recent(settings.recent_models)
        self._store.changed.connect(lambda: panel.set_recent(self._store.settings.recent_models))
        panel.tune_box.tune_wanted.connect(lambda fps: self._store.change(target_fps=fps))
        return ModelSteering(panel, self._player, InSettings(self._store), self._clock)

    def toggle_statistics(self) -> None:
        self.show_statistics(self.pages.statistics.isHidden())

    def show_statistics(self, on: bool) -> None:
        """The panel of times and load; while it is hidden nothing asks the system."""
        panel = self.pages.statistics
        if on:
            self._showing.statistics.start()
            panel.show_snapshot(self._showing.statistics.snapshot(self._player, self._showing.meter))
        else:
            self._showing.statistics.stop()
        panel.setVisible(on)
        self._store.change(statistics_open=on)

    def toggle_speed_page(self) -> None:
        page = self.pages.speed
        if page.isVisible():
            page.leave()
        else:
            page.show()

    def show_about(self) -> None:
        """The card about the program, and what it runs on."""
        info = self._player.engine
        self.pages.about.set_device("" if info is None else naming.engine_text(info))
        self.pages.about.come()

    def refresh(self) -> None:
        """Bring the figures up to date, where they are seen."""
        if self.pages.made("statistics") and self.pages.statistics.isVisible():
            self.pages.statistics.show_snapshot(self._showing.statistics.snapshot(self._player, self._showing.meter))

    def leave_source(self) -> None:
        """Another source is about to be opened."""
        if self._has_models:
            self.models.leave_tuning()

    def close(self) -> None:
        """End what the pages run, within bounds."""
        if self._has_models:
            self.models.close()
        self.pages.close()
        self._showing.statistics.stop()

    @property
    def _has_models(self) -> bool:
        return "models" in self.__dict__

    def _note_result(self, result: Result) -> None:
        if self._has_models:
            self.models.note_result(result)

    def _pause(self, wanted: bool) -> None:
        """The video waits while the machine is measured, and goes on after that if it played."""
        if wanted and self._player.phase is Phase.PLAYING:
            self._player.play_pause()
            self._has_paused = True
        elif not wanted and self._has_paused:
            self._has_paused = False
            if self._player.phase is Phase.PAUSED:
                self._player.play_pause()
