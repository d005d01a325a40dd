"""Still pictures: one, or many one after the other."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet.closing import Closing
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, StreamInfo
from bisenet_viewer.sources.listing import Listing

_log = logging.getLogger(__name__)


class PictureSource(Closing):
    """Pictures at an even rate, each in its own size. One that cannot be read leaves its time to the one before it."""

    def __init__(self, listing: Listing) -> None:
        """Raises SourceError when none of the pictures can be read: for a single one, its own."""
        self._paths = listing.paths
        self._missing = listing.missing
        self._damaged = listing.missing
        self._time_base = 1 / listing.rate
        first, errors = self._first_readable()
        if first is None:
            more = f"; nor can the {len(errors) - 1} others" if len(errors) > 1 else ""
            raise SourceError(f"{errors[0]}{more}")
        height, width, _ = first.shape
        count = len(self._paths)
        self._info = StreamInfo(
            name=listing.name,
            width=width,
            height=height,
            rate=listing.rate,
            live=False,
            duration_s=float(count * self._time_base) if count > 1 else None,
            frame_count=count,
            seekable=True,
        )

    @property
    def info(self) -> StreamInfo:
        """Its size is that of the first picture that can be read."""
        return self._info

    @property
    def damaged(self) -> int:
        """Pictures of this iteration that could not be read, and entries of a list that are not there."""
        return self._damaged

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        """Yield the pictures from a time on; past the end, the last. Picture k is shown from k / rate on."""
        self._damaged = self._missing
        # The last one whose time is not later than from_s, by the times as they are told: as floats.
        start = min(max(0, int(Fraction(from_s) / self._time_base) + 1), len(self._paths) - 1)
        while start > 0 and float(start * self._time_base) > from_s:
            start -= 1
        index = 0
        for k in self._order(start):
            begun = time.monotonic()
            try:
                rgb = read_picture(self._paths[k])
            except SourceError as error:
                self._damaged += 1
                _log.warning("%s; left out", error)
                continue
            now = time.monotonic()
            yield Frame(index, k, self._time_base, now, rgb, (now - begun) * 1000)
            index += 1

    def close(self) -> None:
        """Nothing stays open between two pictures."""

    def _order(self, start: int) -> Iterator[int]:
        """From `start` on; where that one cannot be read, from the one that is shown in its place."""
        shown = start
        while shown > 0 and not _readable(self._paths[shown]):
            shown -= 1
        yield shown
        yield from range(start if shown < start else start + 1, len(self._paths))

    def _first_readable(self) -> tuple[NDArray[np.uint8] | None, list[SourceError]]:
        errors: list[SourceError] = []
        for path in self._paths:
            try:
                return read_picture(path), errors
            except SourceError as error:
                errors.append(error)
        return None, errors


def read_picture(path: Path) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 RGB, upright as its EXIF tag says, what is transparent over white.

    16-bit pictures keep their upper 8 bits; grey, palette and CMYK become RGB. Raises SourceError, in one line.
    """
    try:
        # Not cv2.imread: on Windows it cannot open names outside the system's code page.
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except FileNotFoundError as error:
        raise SourceError(f"no such file: {path}; check the spelling and the folder") from error
    except PermissionError as error:
        raise SourceError(f"no permission to read {path}; change its access rights or copy it") from error
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}") from error
    if data.size == 0:
        raise SourceError(f"{path} is empty; copy or save it again")
    try:
        bgr = cv2.imdecode(data, cv2.IMREAD_COLOR)
        stored = None if bgr is None or _is_jpeg(data) else cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    except (cv2.error, MemoryError) as error:
        raise SourceError(f"{path} is not a picture that can be shown: it is damaged, or too large") from error
    if bgr is None:
        raise SourceError(f"{path} is not a picture that can be shown: unknown format, or damaged or cut off")
    rgb = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
    if stored is not None and stored.ndim == 3 and stored.shape[2] == 4:
        return _over_white(rgb, np.asarray(stored))
    return rgb


def _readable(path: Path) -> bool:
    try:
        read_picture(path)
    except SourceError:
        return False
    return True


def _is_jpeg(data: NDArray[np.uint8]) -> bool:
    return bytes(data[:2]) == b"\xff\xd8"


def _over_white(rgb: NDArray[np.uint8], stored: NDArray[Any]) -> NDArray[np.uint8]:
    """rgb: (H, W, 3), upright. stored: (H', W', 4) as in the file, whose fourth channel says how opaque it is."""
    deep = stored.dtype == np.uint16
    plain = stored[..., 2::-1] >> 8 if deep else stored[..., 2::-1]
    if stored.dtype not in (np.uint8, np.uint16) or not np.array_equal(plain, rgb):
        # Turned by its EXIF tag, which OpenCV does not do to the transparency; such a picture is shown without it.
        return rgb
    alpha = stored[..., 3:].astype(np.float32) / (65535 if deep else 255)
    return np.asarray(np.rint(rgb * alpha + 255 * (1 - alpha)), np.uint8)
