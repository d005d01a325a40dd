"""`LiveSource`: any live stream as a source that outlives its connections."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from typing import Protocol

import av

from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, StreamInfo
from bisenet_viewer.log import SourceLog
from bisenet_viewer.sources.live.connection import Connection, Picture
from bisenet_viewer.sources.live.reader import Broken, Finished, Lost, News, Reader
from bisenet_viewer.sources.live.state import Limits, Live, StreamPhase, StreamState, StreamWatch
from bisenet_viewer.sources.live.timeline import TIME_BASE, Timeline
from bisenet_viewer.sources.picture import Converter
from bisenet_viewer.timing import Pacer

_SLICE_S = 0.25
"""How often the watch is asked when nothing comes."""
_SILENCE_S = 0.5

_log = logging.getLogger(__name__)


class Feed(Protocol):
    """How to reach one live stream, again and again. Called on a reader's thread, by one at a time."""

    @property
    def name(self) -> str:
        """For people; without secrets. May become more precise with the first connection."""
        ...

    @property
    def title(self) -> str:
        """What the open stream is called, with its mode where that is of use."""
        ...

    def connect(self) -> Connection:
        """Raises SourceError: one line, without secrets, that says what to do."""
        ...

    def pacer(self) -> Pacer | None:
        """A new one for streams whose pictures come in bursts, before they are due; else None."""
        ...


class LiveSource(Live):
    """Reads on a thread of its own and keeps the newest picture only. Returns from its constructor at once.

    `info` waits for the first picture, as `await_open` does. `damaged` and `overtaken` count over all
    connections, the latter since `frames` began.
    """

    def __init__(
        self,
        feed: Feed,
        limits: Limits | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._feed = feed
        self._now = now
        self._watch = StreamWatch(limits or Limits(), now(), jitter)
        self._timeline = Timeline()
        self._converter: Converter | None = None
        self._info: StreamInfo | None = None
        self._first: Picture | None = None
        self._reader: Reader | None = None
        self._damaged_before = self._overtaken_before = 0
        self._told = self._watch.state
        self._ran_until = self._told.since
        self._closed = False
        self._write_log(logging.INFO, "connecting")
        self._connect()

    @property
    def state(self) -> StreamState:
        return self._watch.state

    @property
    def info(self) -> StreamInfo:
        while self._info is None:
            self.await_open(1.0)
        return self._info

    @property
    def damaged(self) -> int:
        return self._damaged_before + (0 if self._reader is None else self._reader.damaged)

    @property
    def overtaken(self) -> int:
        return self._overtaken_before + (0 if self._reader is None else self._reader.overtaken)

    def await_open(self, timeout_s: float) -> bool:
        if self._info is None:
            until = self._now() + min(timeout_s, 1.0)
            while self._info is None and self._now() < until:
                self._first = self._step(_SLICE_S)
                if self._first is not None:
                    self._info = self._describe(self._first)
                elif self._watch.is_over:
                    raise SourceError(f"{self._feed.name}: {self.state.reason or 'no picture came before its end'}")
        return self._info is not None

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        """Yield the newest picture, whenever there is one, from now on; None after each half second without any.

        None also comes when the state has changed.
        """
        if from_s != 0:
            raise ValueError(f"a live stream has no past to go to: expected from_s 0, got {from_s}")
        while not self.await_open(1.0):
            yield None
        # What came before anybody wanted it is not missed.
        self._overtaken_before -= self.overtaken
        self._first = self._step(0.0) or self._first
        index = 0
        heard = self._now()
        told = self.state
        while not self._closed:
            picture, self._first = self._first, None
            if picture is None:
                picture = self._step(_SLICE_S)
            if picture is not None:
                frame = self._frame(picture, index)
                index += frame is not None
                heard = self._now()
                yield frame
            elif self._watch.is_over:
                return
            elif self._now() - heard >= _SILENCE_S or self.state != told:
                told = self.state
                yield None
                heard = self._now()

    def close(self) -> None:
        """Ends the reader; one that hangs in foreign code is left behind after a second and a half."""
        self._closed = True
        self._let_go()

    def _step(self, timeout_s: float) -> Picture | None:
        """Wait for what happens next, a moment at most, and see to it."""
        if self._reader is None:
            if not self._watch.is_due(self._now()):
                time.sleep(timeout_s / 5)
                return None
            self._connect()
        assert self._reader is not None
        news = self._reader.take(timeout_s)
        picture = self._see_to(news)
        self._tell()
        return picture

    def _see_to(self, news: News | None) -> Picture | None:
        match news:
            case Picture():
                self._watch.picture(news.captured_at)
                return news
            case Lost(reason=reason):
                self._let_go()
                self._watch.lost(self._now(), reason)
            case Finished():
                self._let_go()
                self._watch.ended(self._now())
            case Broken(error=error):
                self._let_go()
                raise error
            case None:
                if self._watch.is_hopeless(self._now()) and self._reader is not None:
                    self._reader.leave_behind()
                    self._forget(self._reader)
        return None

    def _connect(self) -> None:
        self._watch.begin(self._now())
        self._timeline.restart()
        self._reader = Reader(self._feed.connect, self._feed.pacer())

    def _let_go(self) -> None:
        if self._reader is not None:
            if not self._reader.close():
                self._write_log(logging.INFO, "the device or server does not answer; its thread is left behind")
            self._forget(self._reader)

    def _forget(self, reader: Reader) -> None:
        """Keep only what it counted."""
        self._damaged_before += reader.damaged
        self._overtaken_before += reader.overtaken
        self._reader = None

    def _describe(self, picture: Picture) -> StreamInfo:
        assert self._reader is not None
        connection = self._reader.connection
        self._converter = Converter(picture.image, None if connection is None else connection.pixel_aspect)
        width, height = self._converter.size
        rate = None if connection is None else connection.rate
        return StreamInfo(name=self._feed.title, width=width, height=height, rate=rate, live=True)

    def _frame(self, picture: Picture, index: int) -> Frame | None:
        """None where the picture cannot be converted, which counts as damage."""
        assert self._converter is not None
        begun = self._now()
        try:
            rgb = self._converter.rgb(picture.image)
        except (av.error.FFmpegError, ValueError):
            self._damaged_before += 1
            return None
        decode_ms = picture.decode_ms + (self._now() - begun) * 1000
        pts = self._timeline.pts(picture.image.pts, picture.image.time_base, picture.captured_at)
        return Frame(index, pts, TIME_BASE, picture.captured_at, rgb, decode_ms)

    def _tell(self) -> None:
        """Write to the log what has changed."""
        old, new = self._told, self._watch.state
        if new == old:
            return
        self._told = new
        if new.phase is StreamPhase.RUNNING:
            mode = "" if self._reader is None or self._reader.connection is None else self._reader.connection.mode
            if old.phase is StreamPhase.CONNECTING:
                self._write_log(logging.INFO, f"running: {mode}")
            else:
                # As loud as the loss that it ends.
                self._write_log(logging.WARNING, f"running again after {new.since - self._ran_until:.1f} s: {mode}")
            return
        if old.phase is StreamPhase.RUNNING:
            self._ran_until = self._watch.heard_at
        if new.phase in (StreamPhase.STALLED, StreamPhase.RECONNECTING):
            self._write_log(logging.WARNING, new.text)
        else:
            # A failure is told by the error that is raised.
            self._write_log(logging.INFO, new.text)

    def _write_log(self, level: int, text: str) -> None:
        SourceLog(_log, self._feed.name).log(level, text)
