"""Small pictures out of a video file, for the seek bar: the key frame before a moment, then the frame itself."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from bisenet.closing import Closing
from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.container import check_file, open_container, time_base, video_stream
from bisenet_viewer.sources.picture import Converter

FAULTS = (SourceError, av.error.FFmpegError, ValueError, IndexError, OverflowError)
"""What opening and reading raise where a file is no video, or is damaged."""
WIDTH, HEIGHT = 160, 120
"""The largest that a picture is made."""

_NEAR_S = 0.25
"""A key frame so near to the moment that is wanted will do."""
_MOST_FRAMES = 400
"""As far as is decoded from a key frame on; files with longer ways show the key frame."""
_STEPS_BACK_S = (0, 2, 10, 60)
"""How far before its aim a seek begins; further where the file's index led past it, or it is cut off before it."""
_NICE = 15


class SmallConverter(Converter):
    """Scales in the same step in which it converts: upright, square pixels, HDR as on an ordinary screen."""

    def __init__(self, first: av.VideoFrame, pixel_aspect: Fraction | None) -> None:
        super().__init__(first, pixel_aspect)
        width, height = self.size
        scale = min(1.0, WIDTH / width, HEIGHT / height)
        self._width = max(1, round(self._width * scale))
        self._height = max(1, round(self._height * scale))


class ThumbnailFile(Closing):
    """A file opened a second time, decoded by one thread, and used by one. Raises one of FAULTS."""

    def __init__(self, path: Path) -> None:
        check_file(path)
        self._container = open_container(path)
        self._stream = video_stream(self._container, path)
        self._stream.thread_type = "NONE"
        self._stream.codec_context.thread_count = 1
        self._base = time_base(self._stream)
        self._converter: SmallConverter | None = None

    def pictures(self, time_s: float, is_wanted: Callable[[], bool]) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """Yield what is shown at a time of the stream's clock, better and better, each with its own time.

        First the key frame before it, (H, W, 3) uint8 RGB; then, while `is_wanted`, the frame itself.
        """
        shown, following = self._sought(time_s)
        if shown is None:
            return
        yield self._time_of(shown), self._rgb(shown)
        if time_s - self._time_of(shown) <= _NEAR_S:
            return
        for frame in islice(following, _MOST_FRAMES):
            if not is_wanted() or self._time_of(frame) > time_s:
                break
            shown = frame
        if is_wanted():
            yield self._time_of(shown), self._rgb(shown)

    def _sought(self, time_s: float) -> tuple[av.VideoFrame | None, Iterator[av.VideoFrame]]:
        """The last key frame that is not later than a time, or else the first there is; and the frames after it."""
        start = self._stream.start_time or 0
        for back_s in _STEPS_BACK_S:
            aim = max(start, int((time_s - back_s) / self._base))
            frames = self._decoded(aim)
            first = next(frames, None)
            if aim == start or (first is not None and self._time_of(first) <= time_s):
                break
        return first, frames

    def _decoded(self, aim: int) -> Iterator[av.VideoFrame]:
        """The frames from the key frame before a pts on, or from where the file's index leads."""
        self._container.seek(aim, stream=self._stream)
        for frame in self._container.decode(self._stream):
            if frame.pts is not None:
                yield frame

    def _time_of(self, frame: av.VideoFrame) -> float:
        return float((frame.pts or 0) * self._base)

    def _rgb(self, frame: av.VideoFrame) -> NDArray[np.uint8]:
        if self._converter is None:
            self._converter = SmallConverter(frame, self._stream.sample_aspect_ratio)
        return self._converter.rgb(frame)

    def close(self) -> None:
        self._container.close()


def lower_priority() -> None:
    """Let this thread wait for those that capture and infer, where the system knows priorities of threads."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
