"""Where frames come from: the `Source` protocol and `open_source(uri)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from bisenet_viewer.address import NETWORK_SCHEMES
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, StreamInfo


class Source(Protocol):
    """A stream of frames. Opened, iterated and closed on one thread; closed in a `with`.

    The frames of one stream have one size. Those of several files (a folder, a list) have each file's own.
    """

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


def open_source(uri: str, *, on_card: int | None = None) -> Source:
    """Open an address. Raises SourceError: one line that says what to do.

    `0`, `/dev/video0`, `camera://NAME`: a camera. `rtsp://...` and the like: a stream from the network. `screen`: what
    it shows. `demo://`: the drawn street. All else are files: a video, a picture, a folder, `*.jpg`, `img_%04d.png`, a
    `.txt` list.

    on_card: the CUDA card whose engine will read the frames. What videos NVDEC decodes stays there (`Frame.pixels`);
    all else comes to the host, as without it.
    """
    kind = _kind(uri)
    return _open_files(uri, on_card) if kind == "files" and on_card is not None else OPENERS[kind](uri)


def _open_demo(uri: str) -> Source:
    from bisenet_viewer.sources.demo import open_demo

    return open_demo(uri)


def _open_camera(uri: str) -> Source:
    from bisenet_viewer.sources.camera import open_camera

    return open_camera(uri)


def _open_network(uri: str) -> Source:
    from bisenet_viewer.sources.network import open_network

    return open_network(uri)


def _open_screen(uri: str) -> Source:
    from bisenet_viewer.sources.screen import open_screen

    return open_screen(uri)


def _open_files(uri: str, on_card: int | None = None) -> Source:
    from bisenet_viewer.sources.files import open_files

    return open_files(uri, on_card=on_card)


OPENERS: dict[str, Callable[[str], Source]] = {
    "demo": _open_demo,
    "camera": _open_camera,
    "network": _open_network,
    "screen": _open_screen,
    "files": _open_files,
}
"""Each imports its module when first used: the demo needs no decoder, and a file no drawing."""

_HINT = "use a camera number such as 0, a file or folder, a stream such as rtsp://host/path, screen, or demo://"


def _kind(uri: str) -> str:
    """Which of OPENERS an address is for. Raises SourceError where it is for none."""
    if not uri.strip():
        raise SourceError(f"no source given; {_HINT}")
    numbered = re.fullmatch(r"\d+|/dev/video\d+", uri) is not None
    if _exists(uri):
        # A folder called 0 does not hide the first camera; it can be called ./0.
        is_camera = (numbered and not Path(uri).is_file()) or Path(uri).is_char_device()
        return "camera" if is_camera else "files"
    if numbered:
        return "camera"
    scheme, separator, _ = uri.partition("://")
    scheme = scheme.lower()
    if not separator:
        return "screen" if uri == "screen" else "files"
    if scheme in ("demo", "camera", "screen"):
        return scheme
    if scheme in NETWORK_SCHEMES:
        return "network"
    raise SourceError(f"unknown kind of source {scheme}://; {_HINT}")


def _exists(uri: str) -> bool:
    try:
        return Path(uri).expanduser().exists()
    except (OSError, ValueError, RuntimeError):  # no name that a file could have
        return False
