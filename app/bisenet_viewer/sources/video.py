"""Video files: every frame, with the container's own times, upright, from any moment on."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from bisenet.closing import Closing
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, StreamInfo
from bisenet_viewer.sources.container import check_file, open_container, time_base, video_stream
from bisenet_viewer.sources.decoders import DeviceDecoder, GaveUpError, device_decoder
from bisenet_viewer.sources.extent import extent
from bisenet_viewer.sources.picture import Converter

if TYPE_CHECKING:
    from bisenet.engines.cuda.pictures import Picture

_STEPS_BACK_S = (0, 2, 10, 60)
"""How far before its aim a seek begins; further where the file's index led past the key frame that is needed."""
_READ_ERRORS = 16
"""So many in a row are the end of the file."""

_log = logging.getLogger(__name__)

_Picture = tuple[av.VideoFrame, int, Fraction]
"""A decoded picture, its pts and the time base of that."""
_Shown = tuple["Picture", int, Fraction]
"""The same, ready for a frame."""


class VideoSource(Closing):
    """One video stream of one file. Each iteration opens the file anew, so none can disturb another."""

    def __init__(self, path: Path, *, on_card: int | None = None) -> None:
        """on_card: the CUDA card whose engine will read the frames, so that those may stay there.

        Raises SourceError with one line that says what is wrong with the file.
        """
        check_file(path)
        self._path = path
        self._damaged = 0
        self._iteration = 0
        self._active: InputContainer | None = None
        self._device: DeviceDecoder | None = None
        """None: the processor decodes."""
        with open_container(path) as container:
            stream = video_stream(container, path)
            known = extent(container, stream, path)
            self._rate = known.rate
            first = next(self._timed(container, stream), None)
            if first is None:
                raise SourceError(
                    f"no picture of {path} can be decoded: the file is damaged or cut off; try another copy"
                )
            picture, _, _ = first
            self._converter = Converter(picture, stream.sample_aspect_ratio)
            _check_convertible(self._converter, picture, path)
            codec = stream.codec_context.codec.name
        self._device = device_decoder(path, picture, self._converter, codec, on_card)
        width, height = self._converter.size
        self._info = StreamInfo(
            name=path.name,
            width=width,
            height=height,
            rate=self._rate,
            live=False,
            start_s=_time_s(first),
            duration_s=known.duration_s,
            frame_count=known.frame_count,
            seekable=True,
        )
        self._damaged = 0

    @property
    def info(self) -> StreamInfo:
        return self._info

    @property
    def damaged(self) -> int:
        return self._damaged

    @property
    def _decoder(self) -> str:
        return "cpu" if self._device is None else self._device.name

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        """Yield the frames from a time of the container's clock on; past the end, the last frame."""
        self._damaged = 0
        self._iteration += 1
        mine = self._iteration
        index = 0
        try:
            begun = time.monotonic()
            for pixels, pts, base in self._shown(from_s):
                now = time.monotonic()
                yield Frame(index, pts, base, now, pixels, (now - begun) * 1000, decoder=self._decoder)
                index += 1
                begun = time.monotonic()
        finally:
            # A later iteration may have begun before this one was dropped.
            if self._iteration == mine:
                self.close()

    def _shown(self, from_s: float) -> Iterator[_Shown]:
        """The pictures from a time on. Where a device gives up, the processor goes on from there."""
        last: _Shown | None = None
        try:
            for shown in self._ready(from_s):
                last = shown
                yield shown
        except GaveUpError as error:
            _log.warning("%s: %s gave up (%s); decoded by the processor", self._path.name, self._decoder, error)
            self._device = None
        else:
            return
        resumed = self._ready(from_s if last is None else _time_s(last))
        yield from (shown for shown in resumed if last is None or shown[1] > last[1])

    def _ready(self, from_s: float) -> Iterator[_Shown]:
        """What cannot be converted is counted and left out."""
        for picture, pts, base in self._begun(from_s):
            try:
                pixels = self._converter.rgb(picture) if self._device is None else self._device.pixels(picture)
            except (av.error.FFmpegError, ValueError):
                self._damaged += 1
                continue
            yield pixels, pts, base

    def _begun(self, from_s: float) -> Iterator[_Picture]:
        sought = self._sought(from_s) if from_s > 0 else None
        return sought or _forward(self._timed(*self._reopened()), from_s)

    def _reopened(self) -> tuple[InputContainer, VideoStream]:
        self.close()
        self._active = open_container(self._path) if self._device is None else self._device.open(self._path)
        return self._active, video_stream(self._active, self._path)

    def _sought(self, from_s: float) -> Iterator[_Picture] | None:
        """Seek to a key frame before a time and decode up to it; None where the file's index leads elsewhere."""
        container, stream = self._reopened()
        base = time_base(stream)
        for back_s in _STEPS_BACK_S:
            aim = math.floor((Fraction(from_s) - back_s) / base)
            if aim <= (stream.start_time or 0):
                return None
            damaged = self._damaged
            try:
                container.seek(min(aim, (1 << 62)), stream=stream)
            except (av.error.FFmpegError, OverflowError):
                return None
            pictures = self._timed(container, stream, from_key=True)
            first = next(pictures, None)
            if first is not None and _time_s(first) <= from_s:
                return _forward(chain([first], pictures), from_s)
            self._damaged = damaged
        return None

    def _timed(self, container: InputContainer, stream: VideoStream, *, from_key: bool = False) -> Iterator[_Picture]:
        """The pictures with their times; one without a time follows on the one before it."""
        base = time_base(stream)
        step = max(1, round(1 / self._rate / base)) if self._rate else 1
        due = stream.start_time or 0
        for picture in self._decoded(container, stream, from_key):
            pts = due if picture.pts is None else picture.pts
            due = pts + (picture.duration or step)
            yield picture, pts, base

    def _decoded(self, container: InputContainer, stream: VideoStream, from_key: bool) -> Iterator[av.VideoFrame]:
        """Every picture that can be decoded; what cannot is counted. A file that breaks off ends."""
        for packet in self._packets(container, stream):
            if from_key and packet.size and not packet.is_keyframe:
                continue  # a seek in a file without an index ends anywhere
            from_key = False
            try:
                pictures = packet.decode()
            except av.error.FFmpegError as error:
                if self._device is not None:
                    raise GaveUpError(error) from error
                self._damaged += 1
                continue
            for picture in pictures:
                if isinstance(picture, av.VideoFrame):
                    yield picture

    def _packets(self, container: InputContainer, stream: VideoStream) -> Iterator[av.Packet[VideoStream]]:
        """Read on over damage, until there is nothing but errors."""
        errors = 0
        while errors < _READ_ERRORS:
            try:
                for packet in container.demux(stream):
                    errors = 0
                    yield packet
            except av.error.FFmpegError:
                errors += 1
                self._damaged += errors == 1
            except IndexError:
                errors += 1  # PyAV stumbles over streams that appear on the way; asked again, it knows them
            else:
                return
        # What the decoder still holds back is asked for as at a regular end.
        end = cast("av.Packet[VideoStream]", av.Packet())
        end.stream = stream
        yield end

    def close(self) -> None:
        if self._active is not None:
            self._active.close()
            self._active = None


def open_video(path: Path, *, on_card: int | None = None) -> VideoSource:
    """Open a video file. Raises SourceError with one line that says what is wrong with it."""
    return VideoSource(path, on_card=on_card)


def _check_convertible(converter: Converter, picture: av.VideoFrame, path: Path) -> None:
    try:
        converter.rgb(picture)
    except (av.error.FFmpegError, ValueError) as error:
        raise SourceError(
            f"the pictures of {path} ({picture.format.name}) cannot be shown; convert it, for example with ffmpeg"
        ) from error


def _time_s(picture: _Picture | _Shown) -> float:
    _, pts, base = picture
    return float(pts * base)


def _forward(pictures: Iterator[_Picture], from_s: float) -> Iterator[_Picture]:
    """Leave out what is over before `from_s`, but never the last."""
    shown: _Picture | None = None
    for picture in pictures:
        if _time_s(picture) > from_s:
            if shown is not None:
                yield shown
            yield picture
            break
        shown = picture
    else:
        if shown is not None:
            yield shown
    yield from pictures
