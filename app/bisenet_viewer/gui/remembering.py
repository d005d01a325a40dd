"""`Remembering`: from the settings to what the window begins with, and back as things change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QRect

from bisenet_viewer import settings as files
from bisenet_viewer.gui.classes import palettes
from bisenet_viewer.gui.classes.look_control import LookControl, Remembered
from bisenet_viewer.gui.state import Fit, Look, Pairing, View
from bisenet_viewer.gui.window import Window
from bisenet_viewer.gui.work.settings_store import SettingsStore
from bisenet_viewer.settings import Place, Settings

if TYPE_CHECKING:
    from bisenet.classes import ClassSet


class Remembering(QObject):
    """Watches the look and the window, and tells the store."""

    def __init__(self, store: SettingsStore, window: Window, look: LookControl) -> None:
        super().__init__(window)
        self._store, self._window, self._look = store, window, look
        place = store.settings.window
        if place is not None:
            window.restore(QRect(place.x, place.y, place.width, place.height), maximized=place.maximised)
        self.show_recent()
        look.changed.connect(self._keep_look)
        window.closing.connect(self._keep_place)

    def note_source(self, source: str) -> None:
        """It was opened, and plays."""
        self._store.put(files.with_source(self._store.settings, source))
        self.show_recent()

    def note_model(self, model: str) -> None:
        """It runs; where it is a file it can be chosen again."""
        if Path(model).suffix:
            self._store.put(files.with_model(self._store.settings, model))

    def show_recent(self) -> None:
        """Offer what was opened lately."""
        recent = self._store.settings.recent_sources
        self._window.start.set_recent(recent)
        self._window.address.set_recent(recent)

    def _keep_look(self) -> None:
        look, classes = self._look.look, self._look.classes
        settings = replace(
            self._store.settings,
            opacity=self._look.opacity,
            view=look.view.value,
            fit=look.fit.value,
            pairing=look.pairing.value,
            smooth_edges=look.smooth_edges,
            hatched=look.hatched,
            legend=look.legend,
        )
        # What was asked for on the command line is for this time only.
        was_edited = self._look.can_undo or self._look.can_redo
        if classes is not None and look.style is not None and was_edited:
            pairs = zip(classes.names, look.style.colors, classes.palette, strict=True)
            changed = {name: color for name, color, own in pairs if color != own}
            hidden = tuple(name for i, name in enumerate(classes.names) if i not in look.style.visible)
            palette = palettes.name_of(look.style.colors, classes.palette)
            settings = replace(
                settings,
                palette=settings.palette if palette is None else palette,
                colors={**settings.colors, classes.name: changed},
                hidden={**settings.hidden, classes.name: hidden},
            )
        self._store.put(settings)

    def _keep_place(self) -> None:
        window = self._window
        if window.isFullScreen():
            return
        normal = window.normalGeometry() if window.isMaximized() else window.geometry()
        place = Place(normal.x(), normal.y(), normal.width(), normal.height(), window.isMaximized())
        self._store.change(window=place)


def first_look(settings: Settings) -> Look:
    """How pictures are drawn to begin with. The classes are recalled when a model is there."""
    return Look(
        view=View(settings.view),
        fit=Fit(settings.fit),
        smooth_edges=settings.smooth_edges,
        hatched=settings.hatched,
        legend=settings.legend,
        pairing=Pairing(settings.pairing),
    )


def recalled(settings: Settings, classes: ClassSet) -> Remembered:
    """What was chosen for these classes; the palette that was chosen last is for those never seen too."""
    colors = settings.colors.get(classes.name)
    if colors is None:
        name = settings.palette if settings.palette in palettes.NAMES else palettes.OWN
        colors = dict(zip(classes.names, palettes.palette(name, classes), strict=True))
    return Remembered(colors, settings.hidden.get(classes.name))
