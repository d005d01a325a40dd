"""`Connection`: one open live stream, read picture by picture without ever waiting long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from bisenet.closing import Closing
from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.live.backlog import Backlog
from bisenet_viewer.sources.picture import MOST_PIXELS

_POLL_S = 0.002
"""How often a device that has nothing yet is asked again; far less than the time between two pictures."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, so that tests need not wait for it."""

    now: Callable[[], float] = field(default=time.monotonic)
    sleep: Callable[[float], None] = field(default=time.sleep)


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture on its way to the reader's owner."""

    image: av.VideoFrame
    captured_at: float
    """`time.monotonic()` seconds at which its data had come."""
    decode_ms: float


class StreamEnded(Exception):  # noqa: N818  a regular end, like StopIteration
    """The stream is over, as it said itself."""


class Connection(Closing):
    """Owns a container from here on, also when this constructor fails.

    gone: the line for when the connection breaks. timeout_s: the bound of a read, as the container was opened with.
    resumes: whether a read that timed out may be repeated (RTSP and
    devices); otherwise FFmpeg's buffer remembers the fault for ever. catches_up: what was read too late is left
    undecoded; not for devices, which keep the newest few pictures only, nor for HLS, which sends them long before they
    are due.
    """

    def __init__(
        self,
        container: InputContainer,
        *,
        gone: str,
        timeout_s: float,
        resumes: bool,
        catches_up: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._container: InputContainer | None = container
        self._packets: Iterator[av.Packet[VideoStream]] | None = None
        self._gone = gone
        self._timeout_s = timeout_s
        self._resumes = resumes
        self._clock = clock or Clock()
        self._backlog = Backlog() if catches_up else None
        self._damaged = 0
        self._duration_s: float | None = None
        self._is_at_end = False
        self._read_s = 0.0
        """How far into the stream it was read."""
        try:
            self._stream = _prepared(container)
            if container.duration is not None and container.duration > 0:
                self._duration_s = container.duration / av.time_base
        except BaseException:
            self.close()
            raise

    @property
    def mode(self) -> str:
        """What was agreed on: codec, size and rate."""
        context, rate = self._stream.codec_context, self.rate
        size = f"{context.name} {context.width}x{context.height}"
        return size if rate is None else f"{size}, {float(rate):.4g} fps"

    @property
    def rate(self) -> Fraction | None:
        """Nominal frames per second; None where unknown or absurd."""
        rate = self._stream.average_rate or self._stream.guessed_rate
        return Fraction(rate) if rate is not None and 0 < rate < 1000 else None

    @property
    def pixel_aspect(self) -> Fraction | None:
        """Width of a pixel by its height, where the stream says so."""
        return self._stream.sample_aspect_ratio

    @property
    def start_s(self) -> float:
        """The stream's time of its first picture."""
        return float((self._stream.start_time or 0) * (self._stream.time_base or 0))

    @property
    def duration_s(self) -> float | None:
        """None where there is no end to be seen."""
        return self._duration_s

    @property
    def damaged(self) -> int:
        """Packets and pictures that were thrown away because they were corrupt."""
        return self._damaged

    @property
    def left_out(self) -> int:
        """Packets that were not decoded, to catch up."""
        return 0 if self._backlog is None else self._backlog.left_out

    def read(self) -> list[Picture]:
        """The pictures of the next packet; none where it holds none, or where nothing came for a while.

        Raises SourceError when the connection broke, StreamEnded at a regular end.
        """
        if self._container is None:
            raise SourceError(self._gone)
        if self._is_at_end:
            raise self._end()
        begun = self._clock.now()
        packet = self._next(self._container)
        now = self._clock.now()
        if packet is None:
            return []
        if packet.size == 0:
            # The decoder gives what it has held back.
            self._is_at_end = True
            return [Picture(image, now, 0.0) for image in self._decode(packet)]
        if packet.is_corrupt:
            self._damaged += 1
            return []
        stamp = packet.dts if packet.dts is not None else packet.pts
        time_s = None if stamp is None else float(stamp * packet.time_base)
        if time_s is not None:
            self._read_s = max(self._read_s, time_s - self.start_s)
        if self._backlog is not None and not self._backlog.admits(
            time_s, is_key=packet.is_keyframe, read_s=now - begun, now=now
        ):
            return []
        images = self._decode(packet)
        if now - begun >= self._timeout_s:
            # Nothing has come: before FFmpeg tells of a time-out, it hands out what its parser had held back.
            return []
        decode_ms = (self._clock.now() - now) * 1000
        return [Picture(image, now, decode_ms) for image in images]

    def _next(self, container: InputContainer) -> av.Packet[VideoStream] | None:
        """The next packet; None when there is none yet."""
        # One generator for as long as it lasts: PyAV's leak a little when they are dropped, and holes between leaks are
        # what glibc cannot fill again (0.5 MB/s). One that has raised is over.
        packets, self._packets = self._packets or container.demux(self._stream), None
        try:
            packet = next(packets)
        except StopIteration:
            raise self._end() from None
        except av.error.BlockingIOError:
            self._clock.sleep(_POLL_S)
            return None
        except av.error.ExitError:
            if self._resumes:
                return None
            raise SourceError(f"{self._gone} (nothing came for a while)") from None
        except av.error.FFmpegError as error:
            # FFmpeg's own text repeats the address, password and all.
            raise SourceError(f"{self._gone} ({reason_of(error)})") from None
        self._packets = packets
        return packet

    def _end(self) -> StreamEnded | SourceError:
        """What a clean end of the data means: RTSP ends as cleanly where the server was killed."""
        if self._duration_s is not None and (not self._resumes or self._read_s > self._duration_s - 1):
            return StreamEnded()
        return SourceError(self._gone)

    def _decode(self, packet: av.Packet[VideoStream]) -> list[av.VideoFrame]:
        try:
            images = [image for image in packet.decode() if isinstance(image, av.VideoFrame)]
        except av.error.FFmpegError:
            self._damaged += 1
            return []
        whole = [image for image in images if not image.is_corrupt]
        self._damaged += len(images) - len(whole)
        return whole

    def close(self) -> None:
        self._packets = None
        if self._container is not None:
            self._container.close()
            self._container = None


def reason_of(error: av.error.FFmpegError) -> str:
    """What FFmpeg says went wrong, in small letters, without the address."""
    text = (error.strerror or type(error).__name__).strip()
    return text[:1].lower() + text[1:]


def _prepared(container: InputContainer) -> VideoStream:
    stream = next((stream for stream in container.streams.video if stream.codec_context is not None), None)
    if stream is None:
        raise SourceError("there is no picture in this stream; choose another one")
    # Frame threads would hold each picture back.
    stream.thread_type = "SLICE"
    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    return stream
