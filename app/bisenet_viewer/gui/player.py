"""What plays: one pipeline after another, as the window sees them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from bisenet_viewer.gui.bridge import Bridge, Entrance
from bisenet_viewer.gui.models import Models, OpenEngine
from bisenet_viewer.gui.place import Loop, Place
from bisenet_viewer.gui.preparation import Preparation
from bisenet_viewer.timing import FASTEST, SLOWEST

if TYPE_CHECKING:
    from bisenet.classes import ClassSet
    from bisenet.engines import EngineInfo
    from bisenet_viewer.frame import Frame, Result, StreamInfo
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
    """Phase, stream, models, speed, loops or faults are not what they were."""
    result_waiting = pyqtSignal()
    """`take` would return something."""
    frame_waiting = pyqtSignal()
    """`newest_frame` would return something."""

    def __init__(self, build: Build, open_engine: OpenEngine, parent: QObject | None = None) -> None:
        """open_engine: for the models that come while it plays."""
        super().__init__(parent)
        self._build = build
        self._models = Models(open_engine)
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._look)
        self._bridge.frame_arrived.connect(self._tell_frame)
        self._pipeline: Pipeline | None = None
        self._preparation: Preparation | None = None
        self._next: Request | None = None
        """Asked for while another one was being prepared."""
        self._closed = False
        self._paused = False
        self._ended = False
        self._place = Place()
        self._speed = 1.0
        self._loops_file = False
        self._wants_confidence = self._wants_frames = False
        self.stream: StreamInfo | None = None
        self.error: Exception | None = None
        self.stream_state: StreamState | None = None
        """What a live stream is doing; None for what is not live."""

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

    @property
    def request(self) -> Request | None:
        """What plays, or is about to, and with what; None before anything was asked for."""
        return self._models.request

    @property
    def engine(self) -> EngineInfo | None:
        """What made the newest result; before there is one, what is open."""
        return self._models.engine

    @property
    def classes(self) -> ClassSet | None:
        """What that engine's ids stand for."""
        return self._models.classes

    @property
    def switching(self) -> Request | None:
        """What is being prepared to run in place of `request`."""
        return self._models.switching

    @property
    def wanted(self) -> Request | None:
        """`switching`, while there is one, else `request`: what the next source is to be opened with."""
        return self.switching or self.request

    @property
    def comparison(self) -> Request | None:
        """What each frame is inferred by as well, or is about to be."""
        return self._models.comparison

    @property
    def compared_engine(self) -> EngineInfo | None:
        """The second engine; None until it is open."""
        return self._models.compared_engine

    @property
    def compared_classes(self) -> ClassSet | None:
        """What the second engine's ids stand for."""
        return self._models.compared_classes

    @property
    def refused(self) -> Exception | None:
        """Why the last switch or comparison was not done."""
        return self._models.refused

    @property
    def position_s(self) -> float:
        """Presentation time of what is seen, or of where it is wanted to be."""
        return self._place.position_s

    @property
    def loop(self) -> Loop:
        """Seconds where a loop begins and ends, as far as that was said."""
        return self._place.loop

    @property
    def speed(self) -> float:
        """Times a recording's own speed; live streams have theirs."""
        return self._speed

    @property
    def loops_file(self) -> bool:
        """Whether a recording begins again at its end."""
        return self._loops_file

    def open(self, request: Request) -> None:
        """Play this in place of what plays now. Returns at once; the old pipeline stops in the background.

        Speed, file loop, wants and comparison stay as they are; an engine that the new one needs too stays open.
        """
        self._begin(request)
        if self._preparation is None:
            old, self._pipeline = self._pipeline, None
            self._prepare(request, old)
        else:
            self._next = request
        self.changed.emit()

    def leave(self) -> None:
        """Play nothing. Returns at once; what plays, or is being opened, stops in the background."""
        self._begin(None)
        self._next = None
        if self._preparation is None and self._pipeline is not None:
            old, self._pipeline = self._pipeline, None
            self._prepare(None, old)
        self.changed.emit()

    def _begin(self, request: Request | None) -> None:
        """Forget what was known of the last stream."""
        self._models.begin(request)
        self.stream = self.error = self.stream_state = None
        self._place = Place()
        self._paused = self._ended = False
        self._bridge.renew()

    def switch_model(self, request: Request) -> None:
        """Run another model, or with other settings, while it plays: what there is goes on until the other is ready.

        The newest wish wins; `switching` says that one is on its way, `refused` that it did not come. Before the first
        engine is open, after a fault, and for another source this is `open`.
        """
        pipeline, now = self._pipeline, self.request
        has_failed = self.error is not None
        if has_failed or pipeline is None or now is None or now.source != request.source or self.engine is None:
            self.open(request)
            return
        self._models.switch(pipeline, request)
        self.changed.emit()

    def compare_with(self, request: Request | None) -> None:
        """Have each frame inferred by a second model too; None: no more."""
        self._models.compare(self._pipeline, request)
        self.changed.emit()

    def want(self, *, confidence: bool | None = None, frames: bool | None = None) -> None:
        """Whether results say how sure the network is, and whether `newest_frame` has any; None: as it was."""
        if confidence is not None:
            self._wants_confidence = confidence
        if frames is not None:
            self._wants_frames = frames
        if self._pipeline is not None:
            self._pipeline.want(confidence=confidence, frames=frames)

    def set_speed(self, factor: float) -> None:
        """Play recordings at so many times their own speed, 0.25 to 4, from now on. Raises ValueError for others."""
        if not SLOWEST <= factor <= FASTEST:
            raise ValueError(f"expected a speed from {SLOWEST:g} to {FASTEST:g}, got {factor}")
        self._speed = factor
        if self._pipeline is not None:
            self._pipeline.set_speed(factor)
        self.changed.emit()

    def set_loop_file(self, on: bool) -> None:
        """Whether a recording begins again at its end."""
        self._loops_file = on
        if self._pipeline is not None:
            self._pipeline.set_loop_file(on)
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
        """Go to a time of a seekable stream; others are left alone. The newest wish wins."""
        if self._pipeline is None or self.stream is None or not self.stream.seekable or self.error is not None:
            return
        self._send_seek(self._pipeline, self._place.move(self.stream, time_s))
        self.changed.emit()

    def _send_seek(self, pipeline: Pipeline, time_s: float | None) -> bool:
        """None: not now. Returns whether there is something to tell."""
        if time_s is None:
            return False
        pipeline.seek(time_s)
        # The pipeline delivers and reports nothing of before the seek any more; what it did until then is waiting here.
        events = self._bridge.take_events()
        for event in events:
            self._note(event)
        self._bridge.forget()
        self._ended = False
        if not self._paused:
            # It pauses itself at the end.
            pipeline.resume()
        return bool(events)

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
        elif not self._place.is_moving and not self._ended:
            self._pipeline.step()
        self.changed.emit()

    def mark_loop(self) -> None:
        """Begin a loop here, then end it here, then do without it."""
        if self._pipeline is None or self.stream is None or not self.stream.seekable:
            return
        self._place.mark_loop()
        start_s, end_s = self._place.loop
        if start_s is not None and end_s is not None:
            self._pipeline.loop((start_s, end_s))
            self.seek(start_s)
        else:
            self._pipeline.loop(None)
        self.changed.emit()

    def take(self) -> Result | None:
        """The newest result, once. Where another model made it, that is told by `changed` before this returns."""
        result = self._bridge.take()
        if result is not None:
            has_changed = self._models.note_taken(result)
            next_s = self._place.arrive(result.frame.time_s)
            if self._pipeline is not None:
                has_changed |= self._send_seek(self._pipeline, next_s)
            if has_changed:
                self.changed.emit()
        return result

    def newest_frame(self) -> Frame | None:
        """The newest frame, once, before it is inferred; None also where nobody wanted frames."""
        return self._bridge.take_frame()

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

    def _prepare(self, request: Request | None, old: Pipeline | None) -> None:
        entrance = self._bridge.renew()
        build = None if request is None else lambda: self._build(request, entrance)
        self._preparation = Preparation(old, build, self._bridge.wake)
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
        if self.request is None:
            if preparation.pipeline is not None:
                self._prepare(None, preparation.pipeline)
            return
        self._pipeline, self.error = preparation.pipeline, preparation.error
        if self._pipeline is not None:
            self._hand_on(self._pipeline)
            self._pipeline.start()
        self.changed.emit()

    def _hand_on(self, pipeline: Pipeline) -> None:
        """Tell a new pipeline what was asked of those before it."""
        if self._paused:
            pipeline.pause()
        pipeline.set_speed(self._speed)
        pipeline.set_loop_file(self._loops_file)
        pipeline.want(confidence=self._wants_confidence, frames=self._wants_frames)

    def _tell_frame(self) -> None:
        if not self._closed:
            self.frame_waiting.emit()

    def _note(self, event: Event) -> None:
        # Imported already, by the preparation: the first paint must not wait for it.
        from bisenet_viewer.pipeline import events

        match event:
            case events.SourceOpened(info=stream):
                self.stream = stream
            case events.EngineOpened():
                self._models.note_opened(event, self._pipeline)
            case events.EngineRefused():
                self._models.note_refused(event)
            case events.CompareOpened():
                self._models.note_compared(event)
            case events.CompareRefused():
                self._models.note_compare_refused(event)
            case events.StreamChanged(state=state):
                self.stream_state = state
            case events.Ended():
                self._ended = True
            case events.Failed(error=error):
                self.error = error
