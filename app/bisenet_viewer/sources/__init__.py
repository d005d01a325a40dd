"""Where frames come from: the `Source` protocol and `open_source(uri)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, StreamInfo


class Source(Protocol):
    """A stream of frames. Opened, iterated and closed on one thread; closed in a `with`."""

    @property
    def info(self) -> StreamInfo:
        """What is known of the stream."""
        ...

    @property
    def damaged(self) -> int:
        """How many frames or packets of the current iteration could not be decoded and were left out."""
        ...

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        """Yield the frames from a time on; each call starts anew, one iteration at a time.

        The first frame is the one shown at `from_s` (the last whose time is not later). None is yielded when nothing
        came for a while (at most a second), so that the caller can look whether it is wanted to stop. The iterator ends
        with the stream. `from_s` other than 0 raises ValueError where `info.seekable` is False. Raises SourceError
        when the stream breaks off.
        """
        ...

    def close(self) -> None:
        """Let go of files and devices; harmless when repeated."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_source(uri: str) -> Source:
    """Open a camera (`0`, `/dev/video0`), a file, or `demo://`. Raises SourceError: one line that says what to do."""
    return OPENERS[_kind(uri)](uri)


def _open_demo(uri: str) -> Source:
    from bisenet_viewer.sources.demo import open_demo

    return open_demo(uri)


def _open_camera(uri: str) -> Source:
    from bisenet_viewer.sources.camera import open_camera

    return open_camera(uri)


def _open_video(uri: str) -> Source:
    from bisenet_viewer.sources.video import open_video

    return open_video(Path(uri).expanduser())


OPENERS: dict[str, Callable[[str], Source]] = {"demo": _open_demo, "camera": _open_camera, "video": _open_video}
"""Each imports its module when first used: the demo needs no decoder, and a file no drawing."""

_NETWORK = ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https", "udp", "tcp", "rtp", "srt")


def _kind(uri: str) -> str:
    """Which of OPENERS an address is for. Raises SourceError where it is for none."""
    if not uri.strip():
        raise SourceError("no source given; use a camera number such as 0, a video file, or demo://")
    scheme, separator, _ = uri.partition("://")
    if not separator or Path(uri).exists():
        return "camera" if re.fullmatch(r"\d+|/dev/video\d+", uri) and not Path(uri).is_file() else "video"
    if scheme.lower() == "demo":
        return "demo"
    if scheme.lower() in _NETWORK:
        raise SourceError(
            f"network streams ({scheme}://) come in a later release; use a camera, a video file, or demo://"
        )
    raise SourceError(f"unknown kind of source {scheme}://; use a camera number such as 0, a video file, or demo://")
