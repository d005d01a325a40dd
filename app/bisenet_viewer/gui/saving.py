"""`Saving`: from what is on the screen to pictures, recordings, masks and flagged frames."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QImage

from bisenet_viewer.gui.classes.look_control import LookControl
from bisenet_viewer.gui.opening.lookup import Lookup
from bisenet_viewer.gui.picture.rendering import rendered
from bisenet_viewer.gui.picture.shown import shown_of
from bisenet_viewer.gui.player import Player
from bisenet_viewer.gui.state import Look, View
from bisenet_viewer.gui.texts import work as texts
from bisenet_viewer.gui.window import Window
from bisenet_viewer.gui.work.outputs import Outputs
from bisenet_viewer.settings import Settings

if TYPE_CHECKING:
    from bisenet_viewer.frame import Result

_CLOSE_S = 2.0


class Saving(QObject):
    """Carries the wishes to `Outputs`, and what is being recorded to the bar."""

    def __init__(self, window: Window, player: Player, look: LookControl, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._player, self._look = window, player, look
        self.outputs = Outputs(window.view, settings)
        self.outputs.recorder.changed.connect(self._show_recording)
        self._drawing = Lookup("picture to copy", self)

    def snapshot(self, result: Result | None, *, plain: bool) -> None:
        """Save the picture at its own size; plain: without anything drawn on it."""
        if result is None:
            self.outputs.toasts.tell(texts.NOTHING_TO_SAVE)
            return
        look = replace(self._look.look, view=View.ORIGINAL, legend=False) if plain else self._look.look
        self.outputs.snapshots.save(partial(_picture, result, look), self._source, result.frame.time_s)

    def copy(self, result: Result | None) -> None:
        """Put the picture, as it is seen, on the clipboard. Drawing a large one takes a moment, on a thread."""
        if result is None:
            self.outputs.copy(QImage())
        else:
            self._drawing.ask(partial(_picture, result, self._look.look), self.outputs.copy)

    def toggle_recording(self) -> None:
        self.outputs.toggle_recording(self._player.stream, self._source)

    def toggle_export(self) -> None:
        """The masks of the span that is looped, or an end to that."""
        request = self._player.request
        if request is not None:
            self.outputs.toggle_export(request, self._player.engine, self._player.stream, self._player.loop)

    def flag(self, result: Result | None) -> None:
        stream = self._player.stream
        classes = None if result is None else result.classes
        self.outputs.flag(result, classes, self._source, live=stream is not None and stream.live)

    def save_picture(self, image: QImage, name: str) -> None:
        """Save a picture that is no frame."""
        self.outputs.snapshots.save(lambda: image, name, 0.0)

    def close(self) -> None:
        """Finish what was begun, within bounds."""
        self._drawing.close(_CLOSE_S)
        self.outputs.close()

    def end_recording(self) -> None:
        """Another source is about to be opened."""
        self.outputs.recorder.stop()

    @property
    def _source(self) -> str:
        return "" if self._player.request is None else self._player.request.source

    def _show_recording(self) -> None:
        recorder = self.outputs.recorder
        self._window.transport.set_recording(recorder.elapsed_s if recorder.recording else None)


def _picture(result: Result, look: Look) -> QImage:
    return rendered(shown_of(result), look)
