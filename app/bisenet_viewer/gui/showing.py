"""`Showing`: from results to the screen, and to all that tells of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from bisenet_viewer.gui.classes import choice
from bisenet_viewer.gui.classes.look_control import LookControl
from bisenet_viewer.gui.numbers.display_meter import DisplayMeter
from bisenet_viewer.gui.numbers.statistics import Statistics
from bisenet_viewer.gui.numbers.status_strip import Figures
from bisenet_viewer.gui.picture.shown import shown_of, shown_without_classes
from bisenet_viewer.gui.player import Player
from bisenet_viewer.gui.state import Pairing
from bisenet_viewer.gui.window import Window
from bisenet_viewer.gui.work.recorder import Recorder

if TYPE_CHECKING:
    from bisenet.engines import EngineInfo
    from bisenet_viewer.frame import Frame, Result


class Showing(QObject):
    """Fetches the newest result whenever the last one is painted: never more than the window can show."""

    took = pyqtSignal(object)
    """A `Result` is about to be painted."""
    first_result = pyqtSignal()
    """That was the first one of this source."""
    first_shown = pyqtSignal()
    """There is a picture where there was none."""

    def __init__(
        self, window: Window, player: Player, look: LookControl, recorder: Recorder, clock: Callable[[], float]
    ) -> None:
        super().__init__(window)
        self._window, self._player, self._look, self._recorder = window, player, look, recorder
        self.meter = DisplayMeter(clock)
        self.statistics = Statistics(clock)
        self.result: Result | None = None
        """What is on the screen; None before there is one, and of a camera whose model is still being loaded."""
        self._told_shares: Result | None = None
        self._unpainted: Result | None = None
        window.view.painted.connect(self._note_painted)
        player.result_waiting.connect(self.pull)
        player.frame_waiting.connect(self._pull_frame)

    def clear(self) -> None:
        """Another source: nothing of the last one is shown or counted."""
        self.result = self._told_shares = self._unpainted = None
        self.meter.clear()
        self.statistics.clear()
        self._window.view.clear()
        self._window.transport.timeline.clear()

    def pull(self) -> None:
        """Show the newest result, unless the last one still waits to be painted."""
        view = self._window.view
        if view.is_busy:
            return
        result = self._player.take()
        if result is None:
            return
        if result.classes is not None:
            # Before the picture: after a switch its ids stand for something else.
            self._look.take_classes(result.classes)
        if self.result is not None and _made_by(result) != _made_by(self.result):
            # What was measured was of another model.
            self.meter.clear()
            self.statistics.clear()
        is_first_picture, is_first_result = not view.has_picture, self.result is None
        self.result = self._unpainted = result
        view.show_result(shown_of(result))
        view.set_mask_age(None)
        self._window.transport.set_position(self._player.position_s)
        if result.shares is not None:
            self._window.transport.timeline.add(result.frame.time_s, result.shares)
        self.statistics.note_result(result)
        style = choice.drawn_style(self._look.look)
        if style is not None and self._recorder.recording:
            self._recorder.add(result, style)
        self.took.emit(result)
        if is_first_result:
            self.first_result.emit()
        if is_first_picture:
            self.first_shown.emit()

    def _pull_frame(self) -> None:
        """A frame that no mask was made of yet: the first ones of a camera, and all where the newest is wanted."""
        view, result = self._window.view, self.result
        is_latest = self._look.look.pairing is Pairing.LATEST
        if view.is_busy or (result is not None and not is_latest):
            return
        frame = self._player.newest_frame()
        if frame is None:
            return
        if result is None:
            is_first = not view.has_picture
            view.show_result(shown_without_classes(frame.rgb))
            if is_first:
                self.first_shown.emit()
        elif frame.rgb.shape == result.frame.rgb.shape and frame.captured_at > result.frame.captured_at:
            view.show_frame(frame.rgb)
            view.set_mask_age(_age_s(frame, result))

    def _note_painted(self) -> None:
        result, self._unpainted = self._unpainted, None
        if result is not None:
            self.meter.painted(result.frame.captured_at)
            self.statistics.note_painted(self._window.view.painting_ms)
        # Later, so that the next picture is not fetched inside the painting of this one.
        QTimer.singleShot(0, self.pull)

    def refresh(self) -> None:
        """Bring the figures up to date, as often as they can be read."""
        self.pull()
        result = self.result
        if result is not None and result is not self._told_shares and result.shares is not None:
            self._told_shares = result
            if len(result.shares) == len(self._window.panel.rows):
                self._window.panel.set_shares(result.shares)
        self._window.strip.set_figures(self._figures())

    def _figures(self) -> Figures:
        stats = self._player.stats()
        if stats is None:
            return Figures()
        return Figures(
            capture_fps=stats.capture_fps,
            inference_fps=stats.inference_fps,
            display_fps=self.meter.fps,
            latency_s=self.meter.latency_s,
            drops={**stats.drops, "display busy": self._player.replaced},
        )


def _made_by(result: Result) -> tuple[EngineInfo | None, EngineInfo | None]:
    """The engines, the second one too."""
    return result.info, None if result.compared is None else result.compared.info


def _age_s(frame: Frame, result: Result) -> float:
    """How much older the mask is than the frame that it lies on."""
    return frame.captured_at - result.frame.captured_at
