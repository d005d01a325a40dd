"""`Pipeline`: owns the capture and the inference thread, and what passes between them.

    capture:    open_source -> frames, each held until it is due -> Channel
    inference:  open_engine -> Channel -> Engine.infer -> deliver

Sources and engines are opened, used and closed on their own thread. What both threads do is decided in `Transport`.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Literal, Self

from bisenet.classes import ClassSet
from bisenet.engines import Engine, EngineInfo, Laps
from bisenet_viewer.channel import Channel, ChannelClosed
from bisenet_viewer.frame import Frame, Result, StreamInfo
from bisenet_viewer.sources import Source
from bisenet_viewer.sources.live.state import Live, StreamState
from bisenet_viewer.timing import Clock, Pacer, RateMeter, SystemClock
from bisenet_viewer.transport import Start, Stopped, Transport

STOP_S = 3.0
"""How long `stop` waits for the threads."""

_FRAMES_WAITING = 4
_FRAME_S = 0.04
"""Of a stream that does not say how long a frame is shown."""
_OPENING_S = 0.5

_log = logging.getLogger(__name__)

Pacing = Literal["realtime", "every-frame"]


@dataclass(frozen=True, slots=True)
class SourceOpened:
    """Frames will come."""

    info: StreamInfo


@dataclass(frozen=True, slots=True)
class EngineOpened:
    """Results will come."""

    info: EngineInfo
    classes: ClassSet


@dataclass(frozen=True, slots=True)
class StreamChanged:
    """A live stream came, stalled, broke off or came back; results go on or stay away accordingly."""

    state: StreamState


@dataclass(frozen=True, slots=True)
class Ended:
    """The source has no more frames, and all results were delivered."""


@dataclass(frozen=True, slots=True)
class Failed:
    """What ended both threads. The last event, told once."""

    error: Exception


Event = SourceOpened | EngineOpened | StreamChanged | Ended | Failed


@dataclass(frozen=True, slots=True)
class PipelineStats:
    """What happened until now."""

    captured: int
    """Frames that were due for inference: of a camera, none in a pause and only the last before the engine is open."""
    inferred: int
    capture_fps: float
    inference_fps: float
    drops: Mapping[str, int]
    """Frames that never became a result, by cause: `inference busy`, `damaged`; live also `capture busy`."""


@dataclass(frozen=True, slots=True)
class _Captured:
    frame: Frame
    generation: int


@dataclass(frozen=True, slots=True)
class _EndOf:
    """Follows the last frame of a generation; more may come after a seek."""

    generation: int


@dataclass(frozen=True, slots=True)
class _EndForGood:
    """Follows the last frame there will ever be."""

    error: Exception | None = None


class Pipeline:
    """From a source to results, on two threads named `capture` and `inference`.

    pacing: `realtime` plays a recording at its own speed and lets the newest frame win where inference is slower; at
    the end it stays there, paused, for a seek. A recording starts when the engine is open, so that none of it is
    missed; of a camera the engine gets the newest frame then. `every-frame` takes each frame as fast as inference can,
    and ends at the end.

    confidence: whether the results say how sure the network is, which costs time.

    deliver: takes the results, in order, on the inference thread. May block under `every-frame`; whoever makes it block
    must let it go before `stop`. report: takes the events, on either thread; must not block.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        open_engine: Callable[[], Engine],
        *,
        deliver: Callable[[Result], None],
        report: Callable[[Event], None],
        pacing: Pacing,
        clock: Clock | None = None,
        confidence: bool = False,
    ) -> None:
        if pacing not in ("realtime", "every-frame"):
            raise ValueError(f"expected the pacing realtime or every-frame, got {pacing!r}")
        self._open_source = open_source
        self._open_engine = open_engine
        self._deliver = deliver
        self._report = report
        self._realtime = pacing == "realtime"
        self._confidence = confidence
        self._clock = clock or SystemClock()
        self._transport = Transport(self._clock)
        self._channel: Channel[_Captured | _EndOf | _EndForGood] = (
            Channel(1, "newest") if self._realtime else Channel(_FRAMES_WAITING, "wait")
        )
        self._counts = _Counts()
        self._stream_state: StreamState | None = None
        # Events of the two threads come one after the other, Failed last.
        self._telling = threading.Lock()
        # Daemons: foreign code that never returns must not keep the process from ending.
        self._threads = (
            threading.Thread(target=self._capture, name="capture", daemon=True),
            threading.Thread(target=self._infer, name="inference", daemon=True),
        )

    def start(self) -> None:
        """Open the source and the engine, both at once, and go. Once only."""
        if self._transport.stopped:
            raise RuntimeError("the pipeline was stopped before")
        for thread in self._threads:
            thread.start()

    def pause(self) -> None:
        """Hold the frames back, after those that are on their way. Before `start`: only the first frame comes."""
        self._transport.pause()

    def resume(self) -> None:
        """Go on with the next frame, at once."""
        self._transport.resume()

    def step(self) -> None:
        """In a pause, go on by one frame. What stands before the end of a file stays there."""
        self._transport.step()

    def loop(self, span: tuple[float, float] | None) -> None:
        """Play from the first time to the second again and again, from when that is reached; None: no more.

        Without effect on a stream that cannot seek. Raises ValueError unless the first is the earlier.
        """
        self._transport.loop(span)

    @property
    def paused(self) -> bool:
        """Also after Ended under `realtime`."""
        return self._transport.paused

    def seek(self, time_s: float) -> None:
        """Go on from another time; once this has returned, no delivery of anything from before begins or goes on.

        (One that takes more than half a second, or that calls this itself, is not waited for.) The newest request wins;
        in a pause, one frame is delivered from there. Without effect on a stream that cannot seek, and after the end
        under `every-frame`.
        """
        self._transport.seek(time_s)

    def stop(self) -> bool:
        """Deliver nothing more, end both threads and wait for that, up to STOP_S. Harmless when repeated.

        False when a thread is still held by foreign code (a model that loads, a device that hangs). It ends, and closes
        what it opened, when that returns; still nothing is delivered or reported.
        """
        if threading.current_thread() in self._threads:
            raise RuntimeError("a pipeline cannot be stopped from its own threads")
        self._transport.stop()
        self._close_channel()
        ended = self.join(STOP_S)
        if not ended:
            busy = ", ".join(thread.name for thread in self._threads if thread.is_alive())
            _log.warning("not ended within %g s and left behind: %s", STOP_S, busy)
        return ended

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait until both threads have ended; False when they have not within that time. Stops nothing."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(None if until is None else max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def stats(self) -> PipelineStats:
        return self._counts.stats(self._clock.monotonic(), self._channel.dropped)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # The capture thread.

    def _capture(self) -> None:
        try:
            self._transport.check()
            with self._open_source() as source:
                if isinstance(source, Live):
                    self._await_open(source)
                self._transport.opened(seekable=source.info.seekable)
                self._tell(SourceOpened(source.info))
                self._play(source)
            self._channel.append(_EndForGood())
        except Exception as error:  # noqa: BLE001  a thread's top function
            self._break_off(error)

    def _await_open(self, live: Live) -> None:
        """A stream that is slow to open can be stopped meanwhile."""
        is_open = False
        while not is_open:
            self._transport.check()
            self._follow(live)
            is_open = live.await_open(_OPENING_S)
        self._follow(live)

    def _follow(self, live: Live) -> None:
        """Count and tell what a live stream says beside its frames."""
        self._counts.saw_overtaken(live.overtaken)
        if live.state != self._stream_state:
            self._stream_state = live.state
            self._tell(StreamChanged(live.state))

    def _play(self, source: Source) -> None:
        """Read from wherever it is wanted; returns at the end under `every-frame`."""
        pacer = Pacer() if self._realtime and not source.info.live else None
        while True:
            start = self._transport.await_start()
            # Only this thread puts, so all that waits is of before the seek.
            self._channel.clear()
            if pacer is not None:
                pacer.reset()
            if self._read(source, start, pacer):
                if not self._realtime:
                    return
                self._channel.append(_EndOf(start.generation))

    def _read(self, source: Source, start: Start, pacer: Pacer | None) -> bool:
        """Pass on frames until the stream ends (True) or a seek leads away (False)."""
        # What comes at its own time is never made to wait: it would be stale by then.
        is_passing = self._realtime and source.info.live
        if (
            isinstance(source, Live)
            and not self._realtime
            and not self._transport.await_release(start.from_s, first=True, pacer=None)
        ):
            # Its first frame would be seconds old when the engine is open, and those after it lost.
            return False
        frames = source.frames(start.from_s)
        first, last_s = True, start.from_s
        try:
            for frame in frames:
                self._counts.saw_damaged(source.damaged)
                if isinstance(source, Live):
                    self._follow(source)
                if self._transport.seek_wanted():
                    return False
                if frame is None or (is_passing and not self._transport.admits(first=first)):
                    continue
                if not is_passing and not self._transport.await_release(frame.time_s, first=first, pacer=pacer):
                    return False
                if self._transport.loops_back(frame.time_s, begun_s=start.from_s):
                    return False
                if pacer is not None:
                    # It was decoded ahead of its time: its latency counts from the moment it was due to be seen.
                    frame = replace(frame, captured_at=self._clock.monotonic())
                self._pass_on(frame, start.generation)
                first, last_s = False, frame.time_s
            return not self._loops_at_end(last_s, start, pacer, source.info)
        finally:
            self._counts.saw_damaged(source.damaged)
            if isinstance(frames, Generator):
                # It lets go of the file before the next iteration opens it.
                frames.close()

    def _loops_at_end(self, last_s: float, start: Start, pacer: Pacer | None, info: StreamInfo) -> bool:
        """After the last frame: whether a seek, or a loop that has its turn when that frame is over, leads away."""
        if not self._transport.has_loop:
            return False
        over_s = last_s + (float(1 / info.rate) if info.rate else _FRAME_S)
        if not self._transport.await_release(over_s, first=False, pacer=pacer):
            return True
        return self._transport.loops_back(math.inf, begun_s=start.from_s)

    def _pass_on(self, frame: Frame, generation: int) -> None:
        # Of a camera one frame waits for the engine to open. Those before it were in nobody's way and are no drops.
        replaced = 0 if self._transport.is_ready else self._channel.clear()
        self._counts.add_captured(self._clock.monotonic(), replaced)
        self._channel.put(_Captured(frame, generation))

    def _break_off(self, error: Exception) -> None:
        """Fail, after the results of the frames that came before."""
        if self._transport.stopped or self._counts.captured == 0:
            self._fail(error)
            return
        try:
            self._channel.append(_EndForGood(error))
        except ChannelClosed:
            self._fail(error)

    # The inference thread.

    def _infer(self) -> None:
        try:
            self._transport.check()
            with self._open_engine() as engine:
                self._tell(EngineOpened(engine.info, engine.classes))
                self._transport.ready()
                error = self._infer_all(engine)
            if error is None:
                self._tell(Ended())
            else:
                self._fail(error)
        except Exception as error:  # noqa: BLE001  a thread's top function
            self._fail(error)

    def _infer_all(self, engine: Engine) -> Exception | None:
        """Until the end for good; what broke the source, if anything did."""
        while True:
            item = self._channel.get()
            if isinstance(item, _EndForGood):
                return item.error
            if isinstance(item, _Captured) and self._transport.is_current(item.generation):
                self._infer_one(engine, item)
            elif isinstance(item, _EndOf):
                with self._transport.delivery(item.generation) as wanted:
                    if wanted:
                        self._transport.pause()
                        self._tell(Ended())

    def _infer_one(self, engine: Engine, item: _Captured) -> None:
        laps: Laps = {}
        if self._confidence:
            labels, confidence = engine.infer_confidence(item.frame.rgb, laps)
        else:
            labels, confidence = engine.infer(item.frame.rgb, laps), None
        self._counts.add_inferred(self._clock.monotonic())
        result = Result(item.frame, labels, {"decode": item.frame.decode_ms, **laps}, confidence)
        with self._transport.delivery(item.generation) as wanted:
            if wanted:
                self._deliver(result)

    # Either thread.

    def _tell(self, event: Event) -> None:
        with self._telling:
            self._transport.check()
            self._report(event)

    def _fail(self, error: Exception) -> None:
        """End both threads; the first error is reported, unless the pipeline was stopped before it."""
        if self._transport.stop():
            self._close_channel()
            with self._telling:
                self._report(Failed(error))
        elif not isinstance(error, Stopped | ChannelClosed):
            _log.info("after the stop: %s", error, exc_info=error)

    def _close_channel(self) -> None:
        self._channel.close()
        self._channel.clear()


class _Counts:
    """Written by both threads, read by any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._captured = self._inferred = self._damaged = self._damaged_seen = 0
        self._overtaken: int | None = None
        self._capture_rate = RateMeter()
        self._inference_rate = RateMeter()

    @property
    def captured(self) -> int:
        with self._lock:
            return self._captured

    def add_captured(self, now: float, in_place_of: int) -> None:
        with self._lock:
            self._captured += 1 - in_place_of
            self._capture_rate.tick(now)

    def add_inferred(self, now: float) -> None:
        with self._lock:
            self._inferred += 1
            self._inference_rate.tick(now)

    def saw_damaged(self, count: int) -> None:
        """count: as the source says; it may begin anew with each iteration."""
        with self._lock:
            self._damaged += count - self._damaged_seen if count >= self._damaged_seen else count
            self._damaged_seen = count

    def saw_overtaken(self, count: int) -> None:
        """count: as the source says; it begins once."""
        with self._lock:
            self._overtaken = count

    def stats(self, now: float, pushed_out: int) -> PipelineStats:
        with self._lock:
            live = {} if self._overtaken is None else {"capture busy": self._overtaken}
            return PipelineStats(
                captured=self._captured,
                inferred=self._inferred,
                capture_fps=self._capture_rate.rate(now),
                inference_fps=self._inference_rate.rate(now),
                drops={"inference busy": pushed_out, "damaged": self._damaged, **live},
            )
