"""`RemoteRecording`: a video file on a web server, or the play list of one; every frame of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from bisenet.closing import Closing
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, StreamInfo
from bisenet_viewer.sources.live.connection import Connection, Picture
from bisenet_viewer.sources.live.reader import Broken, Finished, Lost, Reader
from bisenet_viewer.sources.live.source import Feed
from bisenet_viewer.sources.picture import Converter

_SILENCE_S = 0.5
_TIME_BASE = Fraction(1, 90_000)


class RemoteRecording(Closing):
    """Read from its beginning in each iteration, over a connection of its own. It cannot seek."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._damaged = 0
        self._reader: Reader | None = self._begun()
        try:
            first = self._await_first(self._reader)
            connection = self._reader.connection
            assert connection is not None
            self._converter = Converter(first.image, connection.pixel_aspect)
            self._info = _described(feed.title, connection, self._converter)
        except BaseException:
            self.close()
            raise
        self._first: Picture | None = first

    @property
    def info(self) -> StreamInfo:
        return self._info

    @property
    def damaged(self) -> int:
        return self._damaged + (0 if self._reader is None else self._reader.damaged)

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        """Yield every frame; None after each half second without any."""
        if from_s != 0:
            raise ValueError(f"a recording on a web server cannot seek: expected from_s 0, got {from_s}")
        self._damaged = 0
        index, due = 0, Fraction(0)
        for picture in self._pictures():
            begun = time.monotonic()
            rgb = None if picture is None else self._rgb(picture)
            if picture is None or rgb is None:
                yield None
                continue
            now = time.monotonic()
            due = _time(picture, otherwise=due)
            yield Frame(index, round(due / _TIME_BASE), _TIME_BASE, now, rgb, picture.decode_ms + (now - begun) * 1000)
            due += 1 / (self._info.rate or Fraction(25))
            index += 1

    def _pictures(self) -> Iterator[Picture | None]:
        """All from the beginning: the first iteration goes on with the connection that the constructor made."""
        first, self._first = self._first, None
        mine = self._reader
        if mine is None or first is None:
            self.close()
            mine = self._reader = self._begun()
        try:
            if first is not None:
                yield first
            while self._reader is mine:
                picture = self._next(mine)
                if isinstance(picture, Finished):
                    return
                yield picture
        finally:
            # A later iteration may have begun before this one was dropped.
            if self._reader is mine:
                self.close()

    def _rgb(self, picture: Picture) -> NDArray[np.uint8] | None:
        """None where it cannot be converted, which counts as damage."""
        try:
            return self._converter.rgb(picture.image)
        except (av.error.FFmpegError, ValueError):
            self._damaged += 1
            return None

    def close(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()
            self._damaged += reader.damaged

    def _begun(self) -> Reader:
        return Reader(self._feed.connect, keeps_all=True)

    def _await_first(self, reader: Reader) -> Picture:
        while True:
            picture = self._next(reader)
            if isinstance(picture, Picture):
                return picture
            if picture is not None:
                raise SourceError(f"{self._feed.name}: no picture of it can be decoded; try another copy")

    def _next(self, reader: Reader) -> Picture | Finished | None:
        match reader.take(_SILENCE_S):
            case Lost(reason=reason):
                raise SourceError(f"{self._feed.name}: {reason}")
            case Broken(error=error):
                raise error
            case news:
                return news


def _described(name: str, connection: Connection, converter: Converter) -> StreamInfo:
    width, height = converter.size
    duration_s, rate = connection.duration_s, connection.rate
    return StreamInfo(
        name=name,
        width=width,
        height=height,
        rate=rate,
        live=False,
        duration_s=duration_s,
        frame_count=None if duration_s is None or rate is None else max(1, round(duration_s * rate)),
        start_s=connection.start_s,
    )


def _time(picture: Picture, *, otherwise: Fraction) -> Fraction:
    pts, time_base = picture.image.pts, picture.image.time_base
    return otherwise if pts is None or time_base is None else Fraction(pts * time_base)
