"""The capture thread's work: from a source, each frame when it is due, to the channel."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import replace

from bisenet_viewer.channel import Channel
from bisenet_viewer.frame import Frame, StreamInfo
from bisenet_viewer.pipeline.counting import Counts
from bisenet_viewer.pipeline.events import Event, SourceOpened, StreamChanged
from bisenet_viewer.pipeline.items import Captured, EndForGood, EndOf, Item
from bisenet_viewer.pipeline.transport import Start, Transport
from bisenet_viewer.sources import Source
from bisenet_viewer.sources.live.state import Live, StreamState
from bisenet_viewer.timing import Clock, Pacer

_FRAME_S = 0.04
"""Of a stream that does not say how long a frame is shown."""
_OPENING_S = 0.5


class Capture:
    """Opens, reads and closes the source, all in `run`."""

    def __init__(
        self,
        open_source: Callable[[], Source],
        channel: Channel[Item],
        transport: Transport,
        counts: Counts,
        clock: Clock,
        *,
        tell: Callable[[Event], None],
        deliver_frame: Callable[[Frame], None] | None,
        realtime: bool,
    ) -> None:
        """tell: may raise Stopped. deliver_frame: takes each frame that is due, while frames are wanted."""
        self._open_source = open_source
        self._channel = channel
        self._transport = transport
        self._counts = counts
        self._clock = clock
        self._tell = tell
        self._deliver_frame = deliver_frame
        self._realtime = realtime
        self._stream_state: StreamState | None = None

    def run(self) -> None:
        """Until the stream ends for good. Raises what breaks the source, Stopped and ChannelClosed."""
        self._transport.check()
        with self._open_source() as source:
            if isinstance(source, Live):
                self._await_open(source)
            self._transport.opened(seekable=source.info.seekable)
            self._tell(SourceOpened(source.info))
            self._play(source)
        self._channel.append(EndForGood())

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
        generation = 0
        while True:
            start = self._transport.await_start()
            if start.generation != generation:
                # Only this thread puts, so all that waits is of before the seek.
                self._channel.clear()
                generation = start.generation
            if pacer is not None:
                pacer.reset()
            if self._read(source, start, pacer):
                if not self._realtime:
                    return
                self._channel.append(EndOf(start.generation))

    def _read(self, source: Source, start: Start, pacer: Pacer | None) -> bool:
        """Pass on frames until the stream ends (True) or a seek or a loop leads away (False)."""
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
        # What ends as it begins is one picture, to be looked at once.
        if last_s <= info.start_s or not self._transport.has_loop:
            return False
        over_s = last_s + (float(1 / info.rate) if info.rate else _FRAME_S)
        if not self._transport.await_release(over_s, first=False, pacer=pacer):
            return True
        return self._transport.loops_back(math.inf, begun_s=start.from_s)

    def _pass_on(self, frame: Frame, generation: int) -> None:
        if self._deliver_frame is not None and self._transport.wants_frames:
            with self._transport.delivery(generation) as wanted:
                if wanted:
                    self._deliver_frame(frame)
        # Of a camera one frame waits for the engine to open. Those before it were in nobody's way and are no drops.
        replaced = 0 if self._transport.is_ready else self._channel.clear()
        self._counts.add_captured(self._clock.monotonic(), replaced)
        self._channel.put(Captured(frame, generation))
