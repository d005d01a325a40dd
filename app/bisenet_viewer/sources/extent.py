"""How long a video is, how many frames it has and how many a second, where files leave that out or exaggerate."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from bisenet_viewer.sources.container import open_container, time_base, video_stream

READ_THROUGH_BYTES = 64 << 20
"""A file that does not tell its length or count is read to its end to learn them, up to this size."""

_LONGEST_S = 7 * 86_400.0
_HIGHEST_RATE = 1000


@dataclass(frozen=True, slots=True)
class Extent:
    """How long and how dense a video is, as far as it can be known without decoding it."""

    rate: Fraction | None
    """Frames per second."""
    duration_s: float | None
    frame_count: int | None


def extent(container: InputContainer, stream: VideoStream, path: Path) -> Extent:
    """What the file says of itself where that is believable; what it leaves open is found by reading its packets."""
    rate, length_s = _announced_rate(stream), _announced_s(container, stream)
    count = _announced_count(stream, length_s)
    if length_s is not None and count is not None:
        return Extent(rate, length_s, count)
    measured = _measured(path)
    if measured is None:
        estimate = None if length_s is None or rate is None else max(1, round(length_s * rate))
        return Extent(rate, length_s, estimate)
    # Damaged times may lie anywhere; two lengths that agree are to be trusted.
    trusted = length_s is None or measured.duration_s < 2 * length_s
    if rate is None or (trusted and not 2 / 3 <= measured.rate / rate <= 3 / 2):
        rate = measured.rate
    return Extent(rate, length_s or measured.duration_s, measured.frame_count)


def _announced_rate(stream: VideoStream) -> Fraction | None:
    """Frames per second as guessed from the container and the codec; None where neither is believable."""
    for rate in (stream.guessed_rate, stream.average_rate):
        if rate is not None and 0 < rate < _HIGHEST_RATE:
            return Fraction(rate)
    return None


def _announced_s(container: InputContainer, stream: VideoStream) -> float | None:
    """The stream's duration, else the container's; None where that is absurd."""
    own = None if stream.duration is None else float(stream.duration * time_base(stream))
    whole = None if container.duration is None else container.duration / av.time_base
    return next((value for value in (own, whole) if value is not None and 0 < value < _LONGEST_S), None)


def _announced_count(stream: VideoStream, duration_s: float | None) -> int | None:
    """None where the container does not say, or its own duration makes it absurd."""
    absurd = duration_s is not None and stream.frames > duration_s * _HIGHEST_RATE + 1
    return None if stream.frames <= 0 or absurd else stream.frames


@dataclass(frozen=True, slots=True)
class _Measured:
    rate: Fraction
    duration_s: float
    frame_count: int


def _measured(path: Path) -> _Measured | None:
    """By all packets of the video, none decoded; None for a file that is too large, or says nothing so either."""
    if path.stat().st_size > READ_THROUGH_BYTES:
        return None
    times: list[int] = []
    end = 0
    with open_container(path) as container:
        stream = video_stream(container, path)
        # Where it breaks off its frames will, too. IndexError: PyAV at the end, where streams appeared on the way.
        with suppress(av.error.FFmpegError, IndexError):
            for packet in container.demux(stream):
                if packet.size and packet.pts is not None:
                    times.append(packet.pts)
                    end = max(end, packet.pts + (packet.duration or 0))
        base = time_base(stream)
    if len(times) < 2 or max(times) <= min(times):
        return None
    span_s = (max(times) - min(times)) * base
    length_s = float((max(end, max(times)) - min(times)) * base)
    rate = (len(times) - 1) / span_s
    if length_s > _LONGEST_S or rate >= _HIGHEST_RATE:
        return None
    # Times in whole milliseconds make 30 a second 29.99.
    whole = round(rate)
    return _Measured(Fraction(whole) if abs(rate - whole) < rate / 200 else rate, length_s, len(times))
