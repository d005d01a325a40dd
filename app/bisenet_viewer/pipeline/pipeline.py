"""`Pipeline`: owns the capture and the inference thread, and what passes between them.

    capture:    open_source -> frames, each held until it is due -> Channel
    inference:  open_engine -> Channel -> Engine.infer -> deliver
    opening:    another engine, while the one there is goes on; only now and then

What these threads do is in `Capture`, `Inference` and `EngineSlot`; what was asked of them is decided in `Transport`.

On a card the next frames are begun with while one is computed (`Underway`), but only under `every-frame`. In real time
that would make no picture come sooner: an engine that keeps up is free when a frame comes, and one that does not would
work off the frames it took before the newest.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Literal, Self

from bisenet.classes import ClassSet
from bisenet.engines import BlendTable, Engine
from bisenet_viewer.channel import Channel, ChannelClosed
from bisenet_viewer.frame import Frame, Result
from bisenet_viewer.pipeline.capture import Capture
from bisenet_viewer.pipeline.counting import Counts, PipelineStats
from bisenet_viewer.pipeline.events import Ended, Event, Failed
from bisenet_viewer.pipeline.inference import Inference
from bisenet_viewer.pipeline.items import EndForGood, Item
from bisenet_viewer.pipeline.transport import Stopped, Transport
from bisenet_viewer.sources import Source
from bisenet_viewer.timing import Clock, SystemClock

STOP_S = 3.0
"""How long `stop` waits for the threads."""

_FRAMES_WAITING = 4

_log = logging.getLogger(__name__)

Pacing = Literal["realtime", "every-frame"]


class Pipeline:
    """From a source to results, on two threads named `capture` and `inference`.

    pacing: `realtime` plays a recording at its own speed and lets the newest frame win where inference is slower; at
    the end it stays there, paused, for a seek. A recording starts when the engine is open, so that none of it is
    missed; of a camera the engine gets the newest frame then. `every-frame` takes each frame as fast as inference can,
    and ends at the end.

    confidence: whether the results say how sure the network is, which costs time. details: whether they have scores
    and shares. blend: what an engine on a card draws, by the classes that it knows; where it did, and nothing but
    classes was asked for, the results have `drawn`. Under `every-frame` only.

    deliver: takes the results, in order, on the inference thread. May block under `every-frame`; whoever makes it block
    must let it go before `stop`. report: takes the events, on either thread; must not block. deliver_frame: takes each
    frame that is due, on the capture thread and before it is inferred, while that is wanted; must not block.
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
        details: bool = False,
        blend: Callable[[ClassSet], BlendTable | None] = lambda _classes: None,
        deliver_frame: Callable[[Frame], None] | None = None,
    ) -> None:
        if pacing not in ("realtime", "every-frame"):
            raise ValueError(f"expected the pacing realtime or every-frame, got {pacing!r}")
        realtime = pacing == "realtime"
        self._report = report
        self._clock = clock or SystemClock()
        self._transport = Transport(self._clock)
        self._transport.want(confidence=confidence)
        self._channel: Channel[Item] = Channel(1, "newest") if realtime else Channel(_FRAMES_WAITING, "wait")
        self._counts = Counts()
        shared = self._channel, self._transport, self._counts, self._clock
        self._capture = Capture(
            open_source, *shared, tell=self._tell, deliver_frame=deliver_frame, realtime=realtime
        )  # fmt: skip
        self._inference = Inference(
            open_engine, *shared, tell=self._tell, deliver=deliver, details=details, overlap=not realtime, blend=blend
        )  # fmt: skip
        # Events of the two threads come one after the other, Failed last.
        self._telling = threading.Lock()
        # Daemons: foreign code that never returns must not keep the process from ending.
        self._threads = (
            threading.Thread(target=self._run_capture, name="capture", daemon=True),
            threading.Thread(target=self._run_inference, name="inference", daemon=True),
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
        # What was wanted just before may not be seen in the last frame.
        self._channel.nudge()

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

    def set_loop_file(self, on: bool) -> None:
        """Whether the beginning follows the end, in place of Ended; a loop that is there is played all the same.

        Without effect on a stream that cannot seek, on a single picture, and where it has ended already.
        """
        self._transport.set_loop_file(on)

    def set_speed(self, factor: float) -> None:
        """Play at so many times a recording's own speed under `realtime`, from now on; live streams are left alone.

        Raises ValueError unless it is 0.25 to 4.
        """
        self._transport.set_speed(factor)

    def want(self, *, confidence: bool | None = None, frames: bool | None = None) -> None:
        """Whether results say how sure the network is, and whether frames are delivered; None: as it was.

        In a pause the last frame is inferred and delivered again when that makes another result of it.
        """
        self._transport.want(confidence=confidence, frames=frames)
        self._channel.nudge()

    def switch_engine(self, open_engine: Callable[[], Engine]) -> int:
        """Open another engine while the one there is goes on, then use that from one frame to the next.

        EngineOpened tells of it, before its first result, with the number that is returned here; EngineRefused when it
        cannot be opened, or fails on the last frame. The newest wish wins: what was wished for before and is not in
        use yet is told of no more. In a pause the last frame is inferred and delivered again.
        """
        return self._inference.switch.wish(open_engine)

    def keep_engine(self) -> bool:
        """Take back the last `switch_engine`; False when it is too late for that, or there was none."""
        return self._inference.switch.withdraw()

    def compare_with(self, open_engine: Callable[[], Engine] | None) -> int:
        """Have each frame inferred by a second engine too, after the first; None: no more.

        As `switch_engine`, with CompareOpened and CompareRefused; after the latter there is no second engine.
        """
        return self._inference.compare.wish(open_engine)

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
        """Deliver nothing more, end all threads and wait for that, up to STOP_S. Harmless when repeated.

        False when a thread is still held by foreign code (a model that loads, a device that hangs). It ends, and closes
        what it opened, when that returns; still nothing is delivered or reported.
        """
        if threading.current_thread() in self._threads:
            raise RuntimeError("a pipeline cannot be stopped from its own threads")
        self._transport.stop()
        self._close_channel()
        self._inference.close_slots()
        ended = self.join(STOP_S)
        if not ended:
            busy = [thread.name for thread in self._threads if thread.is_alive()]
            busy += ["opening" for slot in self._inference.slots if slot.is_busy]
            _log.warning("not ended within %g s and left behind: %s", STOP_S, ", ".join(busy))
        return ended

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait until all threads have ended; False when they have not within that time. Stops nothing."""
        until = None if timeout_s is None else time.monotonic() + timeout_s

        def left_s() -> float | None:
            return None if until is None else max(0.0, until - time.monotonic())

        for thread in self._threads:
            if thread.ident is not None:
                thread.join(left_s())
        openings_ended = [slot.join(left_s()) for slot in self._inference.slots]
        return all(openings_ended) and not any(thread.is_alive() for thread in self._threads)

    def stats(self) -> PipelineStats:
        return self._counts.stats(self._clock.monotonic(), self._channel.dropped)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # The capture thread.

    def _run_capture(self) -> None:
        try:
            self._capture.run()
        except Exception as error:  # noqa: BLE001  a thread's top function
            self._break_off(error)

    def _break_off(self, error: Exception) -> None:
        """Fail, after the results of the frames that came before."""
        if self._transport.stopped or self._counts.captured == 0:
            self._fail(error)
            return
        try:
            self._channel.append(EndForGood(error))
        except ChannelClosed:
            self._fail(error)

    # The inference thread.

    def _run_inference(self) -> None:
        try:
            error = self._inference.run()
            if error is None:
                self._tell(Ended())
            else:
                self._fail(error)
        except Exception as error:  # noqa: BLE001  a thread's top function
            self._fail(error)

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
