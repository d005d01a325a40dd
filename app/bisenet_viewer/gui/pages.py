"""`Pages`: what lies over the video or the window for a while. Each is made when it is first wanted."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QImage

from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.window import Window

if TYPE_CHECKING:
    from bisenet_viewer.gui.help.about import AboutCard
    from bisenet_viewer.gui.help.doctor_page import DoctorPage
    from bisenet_viewer.gui.help.key_card import KeyCard
    from bisenet_viewer.gui.numbers.speed_page import SpeedPage
    from bisenet_viewer.gui.numbers.stats_panel import StatsPanel
    from bisenet_viewer.gui.switching.model_panel import ModelPanel


class Page(Protocol):
    """What can be put away with Esc."""

    def isVisible(self) -> bool: ...

    def leave(self) -> None: ...


class Pages(QObject):
    """Makes the pages, puts them away, and passes on what they ask for."""

    asked = pyqtSignal(Action)
    """What the advice in the statistics offers."""
    statistics_closed = pyqtSignal()
    pause_wanted = pyqtSignal(bool)
    """The machine is being measured, or no longer: the video is to wait meanwhile."""
    picture_wanted = pyqtSignal(QImage)
    """Save this."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window

    @cached_property
    def statistics(self) -> StatsPanel:
        from bisenet_viewer.gui.numbers.stats_panel import StatsPanel

        panel = StatsPanel(self._window.view)
        panel.closed.connect(self.statistics_closed)
        panel.action_wanted.connect(self.asked)
        return panel

    @cached_property
    def models(self) -> ModelPanel:
        from bisenet_viewer.gui.switching.model_panel import ModelPanel

        return ModelPanel(self._window.view)

    @cached_property
    def speed(self) -> SpeedPage:
        from bisenet_viewer.gui.numbers.speed_page import SpeedPage

        page = SpeedPage(self._window)
        page.pause_wanted.connect(self.pause_wanted)
        page.save_wanted.connect(self.picture_wanted)
        return page

    @cached_property
    def keys(self) -> KeyCard:
        from bisenet_viewer.gui.help.key_card import KeyCard

        return KeyCard(self._window)

    @cached_property
    def about(self) -> AboutCard:
        from bisenet_viewer.gui.help.about import AboutCard

        return AboutCard(self._window)

    @cached_property
    def doctor(self) -> DoctorPage:
        from bisenet_viewer.gui.help.doctor_page import DoctorPage

        return DoctorPage(self._window)

    def made(self, name: str) -> bool:
        """Whether a page of that name was wanted before; asking for it would make it."""
        return name in self.__dict__

    def leave(self) -> bool:
        """Put the uppermost page away; False where there is none. The statistics stay: they belong to the video."""
        for name in ("keys", "about", "doctor", "speed", "models"):
            page: Page | None = getattr(self, name) if self.made(name) else None
            if page is not None and page.isVisible():
                page.leave()
                return True
        return False

    def close(self) -> None:
        """End what the pages run, within bounds."""
        if self.made("speed"):
            self.speed.close_run()
        if self.made("models"):
            self.models.close_lookup()
        if self.made("doctor"):
            self.doctor.close_run()
