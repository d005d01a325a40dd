"""The viewer: carries the window's wishes to the player and the player's news to the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QColor

from bisenet_viewer.errors import SourceError
from bisenet_viewer.gui.banner import WayOut
from bisenet_viewer.gui.classes import choice
from bisenet_viewer.gui.help.keys import LONG_STEP_S, OPACITY_STEP, SHORT_STEP_S, Action
from bisenet_viewer.gui.numbers.display_meter import DisplayMeter
from bisenet_viewer.gui.numbers.status_strip import Figures
from bisenet_viewer.gui.opening import naming
from bisenet_viewer.gui.picture.qimage import frame_image, label_image, qt_colors
from bisenet_viewer.gui.player import Phase, Player, Request
from bisenet_viewer.gui.window import TITLE, Window

if TYPE_CHECKING:
    from bisenet.classes import ClassSet
    from bisenet_viewer.frame import Result
    from bisenet_viewer.overlay import OverlayStyle

REFRESH_MS = 250
"""Text that changes faster than this cannot be read."""


class Viewer(QObject):
    """Holds what the person chose (the style) and what is on the screen (the last result)."""

    def __init__(
        self,
        window: Window,
        player: Player,
        request: Request,
        *,
        default_model: str,
        opacity: float,
        classes: Sequence[str] | None,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(window)
        self._window, self._player = window, player
        self._request = request
        self._default_model = default_model
        self._first_opacity = opacity
        self._first_classes = classes
        self._meter = DisplayMeter(clock)
        self._result: Result | None = None
        self._counted: Result | None = None
        self._told: BaseException | None = None
        self._interruption = ""
        """What the banner tells of a live stream that has no pictures; empty when it tells something else."""
        self._class_set: ClassSet | None = None
        self.style: OverlayStyle | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._connect()
        self._show_phase()
        window.transport.set_opacity(opacity)

    def _connect(self) -> None:
        window, transport, panel, player = self._window, self._window.transport, self._window.panel, self._player
        window.first_painted.connect(self.begin)
        window.asked.connect(self.act)
        window.file_chosen.connect(self.open)
        window.view.painted.connect(self._note_painted)
        window.view.double_clicked.connect(lambda: self.act(Action.FULL_SCREEN))
        transport.play_pause_wanted.connect(player.play_pause)
        transport.full_screen_wanted.connect(lambda: self.act(Action.FULL_SCREEN))
        transport.seek_wanted.connect(player.seek)
        transport.opacity_wanted.connect(self.set_opacity)
        panel.toggled.connect(lambda class_id: self.act(Action.TOGGLE_CLASS, class_id))
        panel.all_wanted.connect(self._show_all)
        panel.none_wanted.connect(self._show_none)
        player.changed.connect(self._show_phase)
        player.result_waiting.connect(self._pull)

    def begin(self) -> None:
        """Open what was asked for at the start."""
        self._timer.start()
        self._open(self._request)

    def open(self, source: str) -> None:
        """Play another source with the same model."""
        self._open(replace(self._request, source=source))

    def _open(self, request: Request) -> None:
        self._request = request
        self._result = self._counted = None
        self._interruption = ""
        self._meter.clear()
        self._window.view.clear()
        self._window.banner.hide()
        self._player.open(request)
        self.refresh()

    def act(self, action: Action, number: int = 0) -> None:
        """Do what a key asks for."""
        window, player, style = self._window, self._player, self.style
        match action:
            case Action.PLAY_PAUSE:
                player.play_pause()
            case Action.BACK_SHORT:
                player.step(-SHORT_STEP_S)
            case Action.FORWARD_SHORT:
                player.step(SHORT_STEP_S)
            case Action.BACK_LONG:
                player.step(-LONG_STEP_S)
            case Action.FORWARD_LONG:
                player.step(LONG_STEP_S)
            case Action.BACK_FRAME:
                player.step_frame(forward=False)
            case Action.FORWARD_FRAME:
                player.step_frame(forward=True)
            case Action.LOOP_SPAN:
                player.mark_loop()
            case Action.FAINTER if style is not None:
                self.set_opacity(style.opacity - OPACITY_STEP)
            case Action.STRONGER if style is not None:
                self.set_opacity(style.opacity + OPACITY_STEP)
            case Action.TOGGLE_CLASS if style is not None and number < self._class_count:
                self.set_style(choice.toggled(style, number))
            case Action.TOGGLE_ALL if style is not None:
                self.set_style(choice.all_toggled(style, self._class_count))
            case Action.FULL_SCREEN:
                window.set_full_screen(not window.isFullScreen())
            case Action.LEAVE:
                self._leave()
            case Action.OPEN_FILE:
                window.ask_for_file()
            case Action.HELP:
                window.key_card.toggle()
            case Action.QUIT:
                window.close()

    def _leave(self) -> None:
        window = self._window
        if window.key_card.isVisible():
            window.key_card.hide()
        elif window.isFullScreen():
            window.set_full_screen(False)
        else:
            window.banner.hide()

    @property
    def _class_count(self) -> int:
        return 0 if self._class_set is None else len(self._class_set)

    def set_style(self, style: OverlayStyle) -> None:
        """Draw with this from now on; the picture that is there changes at once."""
        from bisenet_viewer.overlay import color_table

        self.style = style
        self._window.view.set_colors(qt_colors(color_table(style)))
        self._window.panel.set_visible(style.visible, [QColor(*color) for color in style.colors])
        self._window.transport.set_opacity(style.opacity)

    def set_opacity(self, opacity: float) -> None:
        """0 to 1; remembered for the model that is still being loaded."""
        if self.style is not None:
            self.set_style(choice.with_opacity(self.style, opacity))
        else:
            self._first_opacity = opacity
            self._window.transport.set_opacity(opacity)

    def _show_all(self) -> None:
        if self.style is not None:
            self.set_style(choice.with_all(self.style, self._class_count))

    def _show_none(self) -> None:
        if self.style is not None:
            self.set_style(choice.with_none(self.style))

    def _take_classes(self, classes: ClassSet) -> None:
        """A model is there. What was chosen before stays, if the classes are still the same."""
        if classes == self._class_set:
            return
        opacity = self._first_opacity if self.style is None else self.style.opacity
        self._class_set = classes
        self._window.panel.set_classes(classes.names, [QColor(*color) for color in classes.palette])
        self.set_style(choice.first_style(classes, opacity, self._first_classes))
        fault = choice.unknown_names(classes, self._first_classes)
        if fault is not None:
            self._window.banner.tell(fault, [("Show all classes", self._show_all)])

    def _pull(self) -> None:
        """Show the newest result, unless the one before has not been painted yet."""
        view = self._window.view
        if view.is_busy or self.style is None:
            return
        result = self._player.take()
        if result is None:
            return
        is_first = not view.has_picture
        self._result = result
        view.show_picture(frame_image(result.frame.rgb), label_image(result.labels, view.colors))
        self._window.transport.set_position(self._player.position_s)
        if is_first:
            self._show_phase()
            self.refresh()

    def _note_painted(self) -> None:
        if self._result is not None:
            self._meter.painted(self._result.frame.captured_at)
        # Later, so that the next picture is not fetched inside the painting of this one.
        QTimer.singleShot(0, self._pull)

    def refresh(self) -> None:
        """Bring the figures up to date."""
        self._pull()
        self._count_shares()
        self._window.strip.set_figures(self._figures())

    def _figures(self) -> Figures:
        stats = self._player.stats()
        if stats is None:
            return Figures()
        return Figures(
            capture_fps=stats.capture_fps,
            inference_fps=stats.inference_fps,
            display_fps=self._meter.fps,
            latency_s=self._meter.latency_s,
            drops={**stats.drops, "display busy": self._player.replaced},
        )

    def _count_shares(self) -> None:
        if self._result is None or self._result is self._counted or self._class_set is None:
            return
        from bisenet_viewer.overlay import class_shares

        self._counted = self._result
        self._window.panel.set_shares(class_shares(self._result.labels, self._class_count).tolist())

    def _show_phase(self) -> None:
        """Bring everything that depends on the player's state up to date."""
        window, player, phase = self._window, self._player, self._player.phase
        if player.classes is not None:
            self._take_classes(player.classes)
        stream = player.stream
        if stream is None:
            window.transport.set_stream(live=False, duration_s=None, seekable=False)
        else:
            window.transport.set_stream(
                live=stream.live, duration_s=stream.duration_s, seekable=stream.seekable, start_s=stream.start_s
            )
        window.transport.set_position(player.position_s)
        window.transport.set_loop(*player.loop)
        window.transport.set_playing(
            phase is Phase.PLAYING,
            ended=phase is Phase.ENDED,
            enabled=phase in (Phase.PLAYING, Phase.PAUSED, Phase.ENDED),
        )
        self._show_names()
        self._show_message(phase)
        self._show_interruption()
        self._show_fault()

    def _show_names(self) -> None:
        player, request = self._player, self._request
        source = naming.source_name(request.source) if player.stream is None else player.stream.name
        model = naming.model_name(request.model) if player.engine is None else player.engine.model
        self._window.setWindowTitle(f"{source} · {model} – {TITLE}")
        self._window.strip.set_input(source if player.stream is None else naming.stream_text(player.stream))
        if player.engine is None:
            self._window.strip.set_model(model)
        else:
            self._window.strip.set_model(naming.engine_text(player.engine), naming.engine_story(player.engine))

    def _show_message(self, phase: Phase) -> None:
        message, stream = self._window.message, self._player.stream
        message.setVisible(not self._window.view.has_picture)
        opening = f"Opening {naming.source_name(self._request.source)}"
        loading = f"Loading the model {naming.model_name(self._request.model)}"
        if phase is Phase.FAILED:
            message.tell("Nothing to show", "Open or drop a video  (Ctrl+O)", busy=False)
        elif phase is Phase.EMPTY:
            message.tell(opening, loading, busy=True)
        elif stream is None:
            message.tell(opening, "" if self._player.engine is not None else loading, busy=True)
        elif phase is Phase.OPENING:
            message.tell(loading, naming.stream_text(stream), busy=True)
        else:
            message.tell("Waiting for the first picture", stream.name, busy=True)

    def _show_interruption(self) -> None:
        """Tell why a live stream stands still, over its last picture, until it goes on."""
        text = naming.interruption_text(self._player.stream_state, self._player.stream)
        if text == self._interruption:
            return
        if text:
            request = self._request
            self._window.banner.tell(text, [("Try now", lambda: self._open(request))])
        elif self._window.banner.text.text() == self._interruption:
            self._window.banner.hide()
        self._interruption = text

    def _show_fault(self) -> None:
        error = self._player.error
        if error is not None and error is not self._told:
            self._window.banner.tell(naming.fault_text(error), self._ways_out(error))
        self._told = error

    def _ways_out(self, error: BaseException) -> list[WayOut]:
        from bisenet.errors import CheckpointError, ConfigError, EngineError

        request = self._request
        again: WayOut = ("Try again", lambda: self._open(request))
        demo: WayOut = ("Try demo", lambda: self.open(naming.DEMO))
        other: WayOut = ("Open file…", self._window.ask_for_file)
        if isinstance(error, CheckpointError | ConfigError) and request.model != self._default_model:
            model = self._default_model
            return [(f"Use {model}", lambda: self._open(replace(request, model=model)))]
        if isinstance(error, EngineError) and request.device != "auto":
            return [("Use any device", lambda: self._open(replace(request, device="auto")))]
        if isinstance(error, SourceError):
            return [again, other, demo]
        return [again, other]

    def tell_fault(self, error: BaseException) -> None:
        """Show a fault of the program itself; what plays goes on."""
        self._window.banner.tell(naming.fault_text(error), [])
