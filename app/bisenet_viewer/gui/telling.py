"""`Telling`: what the player says of itself, in the bar, the strip, the title and where there is no picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from bisenet_viewer.gui.opening import naming
from bisenet_viewer.gui.opening.kinds import Kind, kind_of
from bisenet_viewer.gui.player import Phase, Player, Request
from bisenet_viewer.gui.texts import window as texts
from bisenet_viewer.gui.transport.thumbnails import Thumbnails
from bisenet_viewer.gui.window import Window

if TYPE_CHECKING:
    from bisenet_viewer.frame import StreamInfo


class Telling(QObject):
    """Brought up to date with `tell`, whenever the player has changed."""

    opened = pyqtSignal(str)
    """The source is open."""
    ended = pyqtSignal()
    """It was played to its end."""

    def __init__(self, window: Window, player: Player) -> None:
        super().__init__(window)
        self._window, self._player = window, player
        self._thumbnails = Thumbnails(parent=self)
        self._told_stream: StreamInfo | None = None
        self._told_phase = Phase.EMPTY
        window.transport.use_thumbnails(self._thumbnails)
        self._tell_stream("")

    def tell(self, request: Request) -> None:
        """request: what was asked for, also before the player knows of it; without a source nothing is wanted."""
        player, phase, transport = self._player, self._player.phase, self._window.transport
        stream = player.stream
        if stream is not self._told_stream:
            self._told_stream = stream
            self._tell_stream(request.source)
        transport.set_position(player.position_s)
        transport.set_loop(*player.loop)
        transport.set_loop_file(player.loops_file)
        transport.set_speed(player.speed, enabled=stream is not None and not stream.live)
        transport.set_playing(
            phase is Phase.PLAYING,
            ended=phase is Phase.ENDED,
            enabled=phase in (Phase.PLAYING, Phase.PAUSED, Phase.ENDED),
        )
        self._tell_names(request)
        self._tell_message(phase, request)
        has_ended = phase is Phase.ENDED and self._told_phase is not Phase.ENDED
        self._told_phase = phase
        if has_ended:
            self.ended.emit()

    def close(self) -> None:
        """End the thread of the thumbnails, within bounds."""
        self._thumbnails.close()

    def _tell_stream(self, source: str) -> None:
        """Another stream, or none."""
        stream, transport = self._player.stream, self._window.transport
        if stream is None:
            transport.set_stream(live=False, duration_s=None, seekable=False)
            self._thumbnails.open(None)
            return
        transport.set_stream(
            live=stream.live, duration_s=stream.duration_s, seekable=stream.seekable, start_s=stream.start_s
        )
        is_file = not stream.live and stream.seekable and kind_of(source) is Kind.FILE
        self._thumbnails.open(Path(source).expanduser() if is_file else None)
        self.opened.emit(source)

    def _tell_names(self, request: Request) -> None:
        player, strip = self._player, self._window.strip
        if not request.source:
            self._window.setWindowTitle(texts.TITLE)
            strip.set_input("")
            strip.set_model("")
            return
        source = naming.source_name(request.source) if player.stream is None else player.stream.name
        model = naming.model_name(request.model) if player.engine is None else player.engine.model
        self._window.setWindowTitle(texts.title(source, model))
        strip.set_input(source if player.stream is None else naming.stream_text(player.stream))
        if player.engine is None:
            strip.set_model(model)
        else:
            strip.set_model(naming.engine_text(player.engine), naming.engine_story(player.engine))

    def _tell_message(self, phase: Phase, request: Request) -> None:
        """What stands where there is no picture: what is being waited for, or what can be opened."""
        window, stream = self._window, self._player.stream
        has_picture = window.view.has_picture
        # Before the first paint there is a request already, which is about to be opened.
        is_idle = phase is Phase.FAILED or (phase is Phase.EMPTY and not request.source)
        window.start.setVisible(is_idle and not has_picture)
        window.message.setVisible(not is_idle and not has_picture)
        loading = texts.loading(naming.model_name(request.model))
        if stream is None:
            detail = loading if self._player.engine is None else ""
            hint = naming.waiting_hint(request.source)
            window.message.tell(texts.opening(naming.source_name(request.source)), detail, busy=True, hint=hint)
        elif phase is Phase.OPENING:
            window.message.tell(loading, naming.stream_text(stream), busy=True)
        else:
            window.message.tell(*texts.waiting_for(stream.name), busy=True)
