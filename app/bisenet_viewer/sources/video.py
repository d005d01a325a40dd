"""Video files: every frame, with the container's own times, upright, from any moment on."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from bisenet.closing import Closing
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, StreamInfo
from bisenet_viewer.sources.picture import Converter

DECODER_THREADS = 2
"""Decoding shares the machine with inference and encoding."""

_FOREIGN_FORMATS = {"tty", "concat", "lavfi", "srt", "ass", "webvtt"}
"""What the demuxers take for video or for a list of other files, and is text."""
_LONGEST_S = 7 * 86_400.0
_HIGHEST_RATE = 1000


class VideoSource(Closing):
    """One video stream of one file. Each iteration opens the file anew, so none can disturb another."""

    def __init__(self, path: Path) -> None:
        _check(path)
        self._path = path
        self._damaged = 0
        self._active: InputContainer | None = None
        with _open(path) as container:
            stream = _video_stream(container, path)
            self._rate = _rate(stream)
            first = next((frame for frame in self._decoded(container, stream)), None)
            if first is None:
                raise SourceError(
                    f"no picture of {path} can be decoded: the file is damaged or cut off; try another copy"
                )
            width, height = Converter(first).size
            duration_s = _duration_s(container, stream)
            self._info = StreamInfo(
                name=path.name,
                width=width,
                height=height,
                rate=self._rate,
                live=False,
                duration_s=duration_s,
                frame_count=_frame_count(stream, duration_s, self._rate),
                seekable=True,
            )
        self._damaged = 0

    @property
    def info(self) -> StreamInfo:
        return self._info

    @property
    def damaged(self) -> int:
        return self._damaged

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        """Yield the frames from a time of the container's clock on; past the end, the last frame."""
        self._damaged = 0
        mine: InputContainer | None = None
        try:
            begun = time.monotonic()
            pictures = self._sought(from_s) if from_s > 0 else None
            if pictures is None:
                pictures = _forward(self._timed(self._reopened()), from_s)
            mine = self._active
            converter: Converter | None = None
            for index, (picture, pts, time_base) in enumerate(pictures):
                converter = converter or Converter(picture)
                rgb = converter.rgb(picture)
                now = time.monotonic()
                yield Frame(index, pts, time_base, now, rgb, (now - begun) * 1000)
                begun = time.monotonic()
        finally:
            # A later iteration may have begun before this one was dropped.
            if self._active is mine:
                self.close()

    def _reopened(self) -> InputContainer:
        self.close()
        self._active = _open(self._path)
        return self._active

    def _sought(self, from_s: float) -> Iterator[_Picture] | None:
        """Seek to the key frame before a time and decode up to it; None where the file's index leads elsewhere."""
        container = self._reopened()
        stream = _video_stream(container, self._path)
        try:
            container.seek(math.floor(Fraction(from_s) / _time_base(stream)), stream=stream)
        except av.error.FFmpegError:
            return None
        damaged = self._damaged
        pictures = self._timed(container)
        first = next(pictures, None)
        if first is None or _time_s(first) > from_s:
            self._damaged = damaged
            return None
        return _forward(chain([first], pictures), from_s)

    def _timed(self, container: InputContainer) -> Iterator[_Picture]:
        """The pictures with their times; one without a time follows on the one before it."""
        stream = _video_stream(container, self._path)
        time_base = _time_base(stream)
        step = max(1, round(1 / self._rate / time_base)) if self._rate else 1
        due = stream.start_time or 0
        for picture in self._decoded(container, stream):
            pts = due if picture.pts is None else picture.pts
            due = pts + (picture.duration or step)
            yield picture, pts, time_base

    def _decoded(self, container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
        """Every picture that can be decoded; what cannot is counted. A file that breaks off ends."""
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.error.FFmpegError:
                self._damaged += 1
                return
            try:
                pictures = packet.decode()
            except av.error.FFmpegError:
                self._damaged += 1
                continue
            for picture in pictures:
                if isinstance(picture, av.VideoFrame):
                    yield picture

    def close(self) -> None:
        if self._active is not None:
            self._active.close()
            self._active = None


_Picture = tuple[av.VideoFrame, int, Fraction]
"""A decoded picture, its pts and the time base of that."""


def open_video(path: Path) -> VideoSource:
    """Open a video file. Raises SourceError with one line that says what is wrong with it."""
    return VideoSource(path)


def _time_s(picture: _Picture) -> float:
    _, pts, time_base = picture
    return float(pts * time_base)


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


def _check(path: Path) -> None:
    """Raise SourceError for what is no readable file at all."""
    if path.is_dir():
        raise SourceError(f"{path} is a folder; give one of the video files in it")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as error:
        raise SourceError(f"no such file: {path}; check the spelling and the folder") from error
    except PermissionError as error:
        raise SourceError(f"no permission to read {path}; change its access rights or copy it") from error
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}") from error
    if empty:
        raise SourceError(f"{path} is empty; copy or record it again")


def _open(path: Path) -> InputContainer:
    try:
        # Absolute, so that no part of the name is read as a protocol; and a play list in disguise opens nothing else.
        container = av.open(
            str(path.absolute()), mode="r", options={"protocol_whitelist": "file"}, metadata_errors="replace"
        )
    except av.error.FFmpegError as error:
        raise SourceError(f"{path} is not a video that can be played: {_reason(error)}") from error
    if container.format.name in _FOREIGN_FORMATS:
        container.close()
        raise SourceError(f"{path} is not a video that can be played: it holds text")
    return container


def _reason(error: av.error.FFmpegError) -> str:
    text = (error.strerror or "unknown format").strip()
    if isinstance(error, av.error.InvalidDataError):
        return "unknown format, or damaged or cut off at its start or end"
    return text[:1].lower() + text[1:]


def _video_stream(container: InputContainer, path: Path) -> VideoStream:
    """The first stream of moving pictures that there is a decoder for, set up to decode."""
    covers, unknown = 0, 0
    for stream in container.streams.video:
        if stream.disposition & Disposition.attached_pic:
            covers += 1
        elif getattr(stream, "codec_context", None) is None:
            unknown += 1
        else:
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = DECODER_THREADS
            return stream
    sound = bool(container.streams.audio) or covers > 0
    container.close()
    if unknown:
        raise SourceError(f"no decoder for the video in {path}; convert it, for example with ffmpeg to H.264")
    raise SourceError(f"{path} holds no video{', only sound' if sound else ''}; give a video file")


def _time_base(stream: VideoStream) -> Fraction:
    # Every demuxer sets one; the type says it need not.
    assert stream.time_base is not None
    return stream.time_base


def _rate(stream: VideoStream) -> Fraction | None:
    """Frames per second as guessed from the container and the codec; None where neither is believable."""
    for rate in (stream.guessed_rate, stream.average_rate):
        if rate is not None and 0 < rate < _HIGHEST_RATE:
            return Fraction(rate)
    return None


def _duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    """The stream's duration, else the container's; None where that is absurd."""
    own = None if stream.duration is None else float(stream.duration * _time_base(stream))
    whole = None if container.duration is None else container.duration / av.time_base
    return next((value for value in (own, whole) if value is not None and 0 < value < _LONGEST_S), None)


def _frame_count(stream: VideoStream, duration_s: float | None, rate: Fraction | None) -> int | None:
    """As the container says, unless its own duration makes that absurd; else estimated."""
    estimate = None if duration_s is None or rate is None else max(1, round(duration_s * rate))
    if stream.frames <= 0:
        return estimate
    absurd = duration_s is not None and stream.frames > duration_s * _HIGHEST_RATE + 1
    return estimate if absurd else stream.frames
