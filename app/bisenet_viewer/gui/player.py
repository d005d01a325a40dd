"""What plays: one pipeline after another, as the window sees them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from bisenet_viewer.gui.bridge import Bridge, Entrance
from bisenet_viewer.gui.preparation import Preparation

if TYPE_CHECKING:
    from bisenet.classes import ClassSet
    from bisenet.engines import EngineInfo
    from bisenet_viewer.frame import Result, StreamInfo
    from bisenet_viewer.pipeline.counting import PipelineStats
    from bisenet_viewer.pipeline.events import Event
    from bisenet_viewer.pipeline.pipeline import Pipeline
    from bisenet_viewer.sources.live.state import StreamState

_MOMENT_S = 1e-4
"""Less than any frame lasts."""
_JOIN_S = 6.0
"""More than a bounded stop and the imports take."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """What to play, and with what."""

    source: str
    model: str
    device: str = "auto"
    imgsz: tuple[int, int] | None = None
    engine: str = "auto"
    precision: str = "auto"
    context_every: int = 1


Build = Callable[[Request, Entrance], "Pipeline"]
"""Makes the pipeline of a request, not started. Runs on a thread of its own; may import what it likes."""


class Phase(Enum):
    """Where the player is."""

    EMPTY = auto()
    OPENING = auto()
    PLAYING = auto()
    PAUSED = auto()
    ENDED = auto()
    FAILED = auto()


class Player(QObject):
    """Owns the pipeline and the bridge to it. Closed explicitly, once; no thread is left after that."""

    changed = pyqtSignal()
    """Phase, stream, engine or error are not what they were."""
    result_waiting = pyqtSignal()
    """`take` would return something."""

    def __init__(self, build: Build, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._build = build
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._look)
        self._pipeline: Pipeline | None = None
        self._preparation: Preparation | None = None
        self._next: Request | None = None
        """Asked for while another one was being prepared."""
        self._closed = False
        self._paused = False
        self._ended = False
        self._seeking = False
        """A seek was sent, and no result has come from there yet."""
        self._next_seek_s: float | None = None
        self.request: Request | None = None
        self.stream: StreamInfo | None = None
        self.engine: EngineInfo | None = None
        self.classes: ClassSet | None = None
        self.error: Exception | None = None
        self.stream_state: StreamState | None = None
        """What a live stream is doing; None for what is not live."""
        self.position_s = 0.0
        self.loop: tuple[float | None, float | None] = (None, None)
        """Seconds where a loop begins and ends, as far as that was said."""

    @property
    def phase(self) -> Phase:
        if self.request is None:
            return Phase.EMPTY
        if self.error is not None:
            return Phase.FAILED
        if self._pipeline is None or self.stream is None or self.engine is None:
            return Phase.OPENING
        if self._ended:
            return Phase.ENDED
        return Phase.PAUSED if self._paused else Phase.PLAYING

    def open(self, request: Request) -> None:
        """Play this in place of what plays now. Returns at once; the old pipeline stops in the background."""
        self.request = request
        self.stream = self.engine = self.classes = self.error = self.stream_state = None
        self.position_s = 0.0
        self.loop = (None, None)
        self._paused = self._ended = self._seeking = False
        self._next_seek_s = None
        self._bridge.renew()
        if self._preparation is None:
            old, self._pipeline = self._pipeline, None
            self._prepare(request, old)
        else:
            self._next = request
        self.changed.emit()

    def play_pause(self) -> None:
        """Pause, go on, or play again from the start."""
        if self.phase is Phase.ENDED:
            self.seek(0.0)
        elif self.phase in (Phase.PLAYING, Phase.PAUSED, Phase.OPENING):
            self._paused = not self._paused
            if self._pipeline is not None:
                (self._pipeline.pause if self._paused else self._pipeline.resume)()
            self.changed.emit()

    def seek(self, time_s: float) -> None:
        """Go to a time of a seekable stream; others are left alone. The newest wish wins.

        While a slider is dragged each place is shown before the next is asked for: otherwise every wish would make the
        result on its way obsolete, and nothing would be seen until the hand rests.
        """
        if self._pipeline is None or self.stream is None or not self.stream.seekable or self.error is not None:
            return
        start_s, duration_s = self.stream.start_s, self.stream.duration_s or float("inf")
        self.position_s = min(max(start_s, time_s), start_s + duration_s)
        if self._seeking:
            self._next_seek_s = self.position_s
        else:
            self._send_seek(self._pipeline, self.position_s)
        self.changed.emit()

    def _send_seek(self, pipeline: Pipeline, time_s: float) -> None:
        self._seeking = True
        pipeline.seek(time_s)
        # The pipeline delivers and reports nothing of before the seek any more; what it did until then is waiting here.
        for event in self._bridge.take_events():
            self._note(event)
        self._bridge.forget_result()
        self._ended = False
        if not self._paused:
            # It pauses itself at the end.
            pipeline.resume()

    def _reached(self) -> None:
        """Something came from where the last seek led: go on to where it is wanted next."""
        self._seeking = False
        if self._next_seek_s is not None and self._pipeline is not None:
            time_s, self._next_seek_s = self._next_seek_s, None
            self._send_seek(self._pipeline, time_s)

    def step(self, delta_s: float) -> None:
        """Seek from where the video is, or is about to be."""
        self.seek(self.position_s + delta_s)

    def step_frame(self, *, forward: bool) -> None:
        """Pause, and show the next frame or the one before."""
        if self.phase not in (Phase.PLAYING, Phase.PAUSED, Phase.ENDED) or self._pipeline is None:
            return
        if not self._paused:
            self._paused = True
            self._pipeline.pause()
        if not forward:
            # The frame that was shown just before this one began to be.
            self.seek(self.position_s - _MOMENT_S)
        elif not self._seeking and not self._ended:
            self._pipeline.step()
        self.changed.emit()

    def mark_loop(self) -> None:
        """Begin a loop here, then end it here, then do without it."""
        if self._pipeline is None or self.stream is None or not self.stream.seekable:
            return
        start, end = self.loop
        if start is None:
            self.loop = (self.position_s, None)
        elif end is None and self.position_s > start:
            self.loop = (start, self.position_s)
            self._pipeline.loop((start, self.position_s))
            self.seek(start)
        else:
            self.loop = (None, None)
            self._pipeline.loop(None)
        self.changed.emit()

    def take(self) -> Result | None:
        """The newest result, once."""
        result = self._bridge.take()
        if result is not None:
            if self._next_seek_s is None:
                self.position_s = result.frame.time_s
            self._reached()
        return result

    def stats(self) -> PipelineStats | None:
        """None while there is no pipeline."""
        return None if self._pipeline is None else self._pipeline.stats()

    @property
    def replaced(self) -> int:
        """How many results were replaced by newer ones because the window was busy."""
        return self._bridge.replaced

    def close(self) -> None:
        """Stop everything and wait for it, within bounds. Harmless when repeated."""
        self._closed = True
        self._bridge.renew()
        if self._preparation is not None:
            if not self._preparation.join(_JOIN_S):
                log.error("the preparation of %s did not end in time", self.request)
            self._pipeline = self._preparation.pipeline
            self._preparation = None
        if self._pipeline is not None:
            self._pipeline.stop()

    def _prepare(self, request: Request, old: Pipeline | None) -> None:
        entrance = self._bridge.renew()
        self._preparation = Preparation(old, lambda: self._build(request, entrance), self._bridge.wake)
        self._preparation.start()

    def _look(self) -> None:
        """Fetch what came over the bridge."""
        if self._closed:
            return
        if self._preparation is not None and self._preparation.done:
            self._start(self._preparation)
        events = self._bridge.take_events()
        for event in events:
            self._note(event)
        if events:
            self.changed.emit()
        self.result_waiting.emit()

    def _start(self, preparation: Preparation) -> None:
        preparation.join(_JOIN_S)
        self._preparation = None
        if self._next is not None:
            request, self._next = self._next, None
            self._prepare(request, preparation.pipeline)
            return
        self._pipeline, self.error = preparation.pipeline, preparation.error
        if self._pipeline is not None:
            if self._paused:
                self._pipeline.pause()
            self._pipeline.start()
        self.changed.emit()

    def _note(self, event: Event) -> None:
        # Imported already, by the preparation: the first paint must not wait for it.
        from bisenet_viewer.pipeline.events import Ended, EngineOpened, Failed, SourceOpened, StreamChanged

        match event:
            case SourceOpened(info=stream):
                self.stream = stream
            case EngineOpened(info=engine, classes=classes):
                self.engine, self.classes = engine, classes
            case StreamChanged(state=state):
                self.stream_state = state
            case Ended():
                self._ended = True
            case Failed(error=error):
                self.error = error
