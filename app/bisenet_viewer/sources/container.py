"""A file opened for decoding, and the stream in it that is shown."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.picture import MOST_PIXELS

DECODER_THREADS = 2
"""Decoding shares the machine with inference and encoding."""

_FOREIGN_FORMATS = {"tty", "concat", "lavfi", "srt", "ass", "webvtt"}
"""What the demuxers take for video or for a list of other files, and is text."""


def check_file(path: Path) -> None:
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
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise SourceError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    if empty:
        raise SourceError(f"{path} is empty; copy or record it again")


def open_container(path: Path, hardware: HWAccel | None = None) -> InputContainer:
    """Open a file. Raises SourceError; with `hardware` also what the hardware's driver makes PyAV raise."""
    try:
        # Absolute, so that no part of the name is read as a protocol; and a play list in disguise opens nothing else.
        container = av.open(
            str(path.absolute()),
            mode="r",
            options={"protocol_whitelist": "file"},
            metadata_errors="replace",
            hwaccel=hardware,
        )
    except av.error.FFmpegError as error:
        if hardware is not None:
            raise
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


def video_stream(container: InputContainer, path: Path) -> VideoStream:
    """The first stream of moving pictures that there is a decoder for, set up to decode.

    Raises SourceError where there is none, and closes the container.
    """
    covers, unknown = 0, 0
    for stream in container.streams.video:
        if stream.disposition & Disposition.attached_pic:
            covers += 1
        elif getattr(stream, "codec_context", None) is None:
            unknown += 1
        else:
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = DECODER_THREADS
            stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
            return stream
    sound = bool(container.streams.audio) or covers > 0
    container.close()
    if unknown:
        raise SourceError(f"no decoder for the video in {path}; convert it, for example with ffmpeg to H.264")
    raise SourceError(f"{path} holds no video{', only sound' if sound else ''}; give a video file")


def time_base(stream: VideoStream) -> Fraction:
    """Seconds per unit of the stream's pts."""
    # Every demuxer sets one; the type says it need not.
    assert stream.time_base is not None
    return stream.time_base
