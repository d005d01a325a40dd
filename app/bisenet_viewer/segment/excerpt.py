"""`Excerpt`: a part of a source, or every few of its frames, as a source."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction

from bisenet.closing import Closing
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, StreamInfo
from bisenet_viewer.sources import Source
from bisenet_viewer.sources.live.state import Live, StreamState

_NEAR_S = 1e-6
"""A frame that is so near to a border is on it: times in seconds are rounded."""


class Excerpt(Closing):
    """The frames from one time to another, counted from the recording's beginning, and of these the first of every few.

    The frames keep their times. Their index counts from the excerpt's first frame, also those that are left out.
    """

    def __init__(self, source: Source, *, from_s: float, to_s: float | None, every: int) -> None:
        """source: is closed with this one."""
        self._source = source
        self._from_s = from_s
        self._to_s = to_s
        self._every = every

    @property
    def info(self) -> StreamInfo:
        """Of the excerpt, as far as it can be told before it is read."""
        info = self._source.info
        duration_s = _duration_s(info, self._from_s, self._to_s)
        count = None
        if duration_s is not None and info.rate is not None:
            count = max(1, math.ceil(round(duration_s * info.rate, 3) / self._every))
        if self._from_s == 0 and self._to_s is None and info.frame_count is not None:
            count = math.ceil(info.frame_count / self._every)
        return replace(
            info,
            rate=None if info.rate is None else Fraction(info.rate) / self._every,
            duration_s=duration_s,
            frame_count=count,
            seekable=False,
        )

    @property
    def damaged(self) -> int:
        """As the source's."""
        return self._source.damaged

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        """As `Source.frames`, from the beginning of the excerpt only. Raises SourceError when that is past the end."""
        if from_s:
            raise ValueError("an excerpt is read from its beginning")
        info = self._source.info
        if info.duration_s is not None and self._from_s >= info.duration_s:
            raise SourceError(f"{info.name} ends at {info.duration_s:.2f} s: choose an earlier --from")
        is_sought = self._from_s > 0 and info.seekable
        begin_s = info.start_s if is_sought else None
        with _closed(self._source.frames(info.start_s + self._from_s + _NEAR_S if is_sought else 0.0)) as frames:
            first: int | None = None
            for frame in frames:
                if frame is None:
                    yield None
                    continue
                if begin_s is None:
                    begin_s = frame.time_s
                if self._to_s is not None and frame.time_s - begin_s >= self._to_s - _NEAR_S:
                    return
                # A source that seeks gives the frame that is shown at that time, which began before.
                if not is_sought and frame.time_s - begin_s < self._from_s - _NEAR_S:
                    yield None
                    continue
                if first is None:
                    first = frame.index
                index = frame.index - first
                yield replace(frame, index=index) if index % self._every == 0 else None

    def close(self) -> None:
        """Close the source."""
        self._source.close()


class LiveExcerpt(Excerpt, Live):
    """An excerpt of a live stream, which tells what the stream does."""

    def __init__(self, source: Source, live: Live, *, from_s: float, to_s: float | None, every: int) -> None:
        """live: the same object, by its other side."""
        super().__init__(source, from_s=from_s, to_s=to_s, every=every)
        self._live = live

    @property
    def state(self) -> StreamState:
        """As the stream's."""
        return self._live.state

    @property
    def overtaken(self) -> int:
        """As the stream's."""
        return self._live.overtaken

    def await_open(self, timeout_s: float) -> bool:
        """As the stream's."""
        return self._live.await_open(timeout_s)


def excerpt_of(source: Source, *, from_s: float, to_s: float | None, every: int) -> Source:
    """The source itself where all of it is wanted."""
    if from_s == 0 and to_s is None and every == 1:
        return source
    if isinstance(source, Live):
        return LiveExcerpt(source, source, from_s=from_s, to_s=to_s, every=every)
    return Excerpt(source, from_s=from_s, to_s=to_s, every=every)


def _duration_s(info: StreamInfo, from_s: float, to_s: float | None) -> float | None:
    """Seconds from one time to the other, or to the end, where that is known."""
    ends = [end for end in (info.duration_s, to_s) if end is not None]
    return max(0.0, min(ends) - from_s) if ends else None


@contextmanager
def _closed(frames: Iterator[Frame | None]) -> Generator[Iterator[Frame | None]]:
    """Let go of the file when the reader has enough."""
    try:
        yield frames
    finally:
        if isinstance(frames, Generator):
            frames.close()
