"""`Playlist`: several files, one after the other, as one source."""

from __future__ import annotations

import logging
import math
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from bisenet.closing import Closing
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, StreamInfo
from bisenet_viewer.sources.images import PictureSource
from bisenet_viewer.sources.listing import Listing, is_picture
from bisenet_viewer.sources.video import VideoSource

TIME_BASE = Fraction(1, 1_000_000)
"""Of all frames: the files' own time bases differ."""
_END_S = 1e9
"""Past the end of every file."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Entry:
    path: Path
    info: StreamInfo
    length_us: int
    """As announced; as played, once it was found to be longer."""


class Playlist(Closing):
    """Videos and pictures in the order of a list. Their times run on: each begins where the one before it ends.

    Each file's frames have their own size. All are looked into when the list is opened; what cannot be played then, or
    later, is told in the log, counted as damaged, and left out.
    """

    def __init__(self, listing: Listing, *, on_card: int | None = None) -> None:
        """on_card: as for `VideoSource`. Raises SourceError when no file of the list can be played."""
        self._on_card = on_card
        self._rate = listing.rate
        self._left_out = self._damaged = listing.missing
        self._entries: list[_Entry] = []
        self._playing: VideoSource | PictureSource | None = None
        errors: list[SourceError] = []
        for path in listing.paths:
            try:
                with self._open(path) as source:
                    self._entries.append(_Entry(path, source.info, self._length_us(source.info)))
            except SourceError as error:
                errors.append(error)
        if not self._entries:
            more = f"; nor can the {len(errors) - 1} others" if len(errors) > 1 else ""
            raise SourceError(f"{errors[0]}{more}")
        for each in errors:
            _log.warning("%s: left out: %s", listing.name, each)
        self._left_out += len(errors)
        self._damaged = self._left_out
        counts = [entry.info.frame_count for entry in self._entries]
        self._info = replace(
            self._entries[0].info,
            name=listing.name,
            start_s=0.0,
            duration_s=sum(entry.length_us for entry in self._entries) / 1e6,
            frame_count=sum(count or 0 for count in counts) if all(counts) else None,
        )

    @property
    def info(self) -> StreamInfo:
        """Its size and rate are those of the first file that can be played."""
        return self._info

    @property
    def damaged(self) -> int:
        """Frames of this iteration, and files of the list, that could not be read."""
        return self._damaged

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        """Yield the frames of all files from a time on, in microseconds; past the end, the last frame."""
        self._damaged = self._left_out
        # A frame's time in seconds may be a hair below its microseconds.
        aim_us = max(0, math.floor(min(from_s, _END_S) * 1e6 + 0.01))
        k, offset_us = self._at(aim_us)
        index, last_us = 0, -1
        for frame in self._first(k, offset_us, aim_us):
            frame = replace(frame, index=index)
            yield frame
            index, last_us = index + 1, frame.pts
        while True:
            entry = self._entries[k]
            # A file that goes on past its announced end puts off all that follows, from now on.
            entry.length_us = max(entry.length_us, last_us + 1 - offset_us)
            offset_us += entry.length_us
            k += 1
            if k == len(self._entries):
                return
            for frame in self._played(k, offset_us, 0):
                last_us = max(frame.pts, last_us + 1)
                yield replace(frame, index=index, pts=last_us)
                index += 1

    def close(self) -> None:
        if self._playing is not None:
            self._playing.close()
            self._playing = None

    def _first(self, k: int, offset_us: int, aim_us: int) -> Iterator[Frame]:
        """The frames of entry k from a time on; where it has none, the last frame before it."""
        local_s = max(0, aim_us - offset_us) / 1e6
        any_came = False
        for frame in self._played(k, offset_us, local_s):
            any_came = True
            yield frame
        while not any_came and k > 0:
            k -= 1
            offset_us -= self._entries[k].length_us
            for frame in self._played(k, offset_us, _END_S):
                any_came = True
                yield frame

    def _played(self, k: int, offset_us: int, local_s: float) -> Generator[Frame, None, None]:
        """An entry's frames from a time after its own beginning on, with the times of the list."""
        before = self._damaged
        self.close()
        try:
            source = self._playing = self._open(self._entries[k].path)
        except SourceError as error:
            _log.warning("left out: %s", error)
            self._damaged += 1
            return
        start_s = source.info.start_s
        # Rounding to microseconds may have put the time before the frame it is of.
        frames = source.frames(start_s + local_s + 0.6e-6 if local_s > 0 else 0.0)
        try:
            with closing(_generator(frames)):
                for frame in frames:
                    self._damaged = before + source.damaged
                    if frame is not None:
                        pts = offset_us + round((frame.pts * frame.time_base - Fraction(start_s)) / TIME_BASE)
                        yield replace(frame, pts=pts, time_base=TIME_BASE)
        except SourceError as error:
            _log.warning("breaks off: %s", error)
            self._damaged += 1
        finally:
            if self._playing is source:
                self.close()

    def _at(self, aim_us: int) -> tuple[int, int]:
        """Which entry is shown at a time, and when it begins; past the end, the last."""
        offset_us = 0
        for k, entry in enumerate(self._entries):
            if aim_us < offset_us + entry.length_us or k == len(self._entries) - 1:
                return k, offset_us
            offset_us += entry.length_us
        raise AssertionError("a playlist has an entry")

    def _open(self, path: Path) -> VideoSource | PictureSource:
        if is_picture(path):
            return PictureSource(Listing(path.name, (path,), self._rate))
        return VideoSource(path, on_card=self._on_card)

    def _length_us(self, info: StreamInfo) -> int:
        """How long a file is shown: a picture for its share of a second, and so a video that does not tell."""
        length_s = 1 / self._rate if info.duration_s is None else Fraction(info.duration_s)
        return max(1, round(length_s / TIME_BASE))


def _generator(frames: Iterator[Frame | None]) -> Generator[Frame | None, None, None]:
    assert isinstance(frames, Generator)
    return frames
