"""Cameras: Video4Linux, DirectShow or AVFoundation, read without ever waiting long."""

from __future__ import annotations

import contextlib
import errno
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from bisenet.closing import Closing
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, StreamInfo
from bisenet_viewer.sources.picture import Converter

_OPEN_TIMEOUT_S = 5.0
_READ_TIMEOUT_S = 0.5
_POLL_S = 0.002
"""How often a camera that has nothing yet is asked again; far less than the time between two pictures."""


@dataclass(frozen=True, slots=True)
class Device:
    """A camera as its operating system's interface wants it named."""

    name: str
    """For people."""
    interface: str
    """The FFmpeg input device: `v4l2`, `dshow`, `avfoundation`."""
    address: str
    codec_option: str
    """What the interface calls the choice of MJPEG."""


Opener = Callable[[Device, dict[str, str]], InputContainer]


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, so that tests need not wait for it."""

    now: Callable[[], float] = field(default=time.monotonic)
    sleep: Callable[[float], None] = field(default=time.sleep)


class CameraSource(Closing):
    """One camera. Its first picture is awaited on opening, since only that tells its size for sure."""

    def __init__(self, device: Device, opener: Opener | None = None, clock: Clock | None = None) -> None:
        self._device = device
        self._clock = clock or Clock()
        self._damaged = 0
        self._container: InputContainer | None = None
        container = self._container = _negotiate(device, opener or _open)
        try:
            self._stream = _prepared(container, device)
            self._converter = Converter(self._await_first())
        except BaseException:
            self.close()
            raise
        width, height = self._converter.size
        rate = self._stream.average_rate or self._stream.guessed_rate
        codec = self._stream.codec_context.name
        self._info = StreamInfo(
            name=f"{device.name} ({codec} {width}x{height})",
            width=width,
            height=height,
            rate=Fraction(rate) if rate else None,
            live=True,
        )

    @property
    def info(self) -> StreamInfo:
        return self._info

    @property
    def damaged(self) -> int:
        return self._damaged

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        """Yield what the camera shows from now on; None whenever it has shown nothing for half a second."""
        if from_s != 0:
            raise ValueError(f"a camera has no past to go to: expected from_s 0, got {from_s}")
        assert self._stream.time_base is not None
        index = 0
        for picture, captured_at in self._pictures():
            if picture is None:
                yield None
                continue
            rgb = self._converter.rgb(picture)
            decode_ms = (self._clock.now() - captured_at) * 1000
            time_base = self._stream.time_base
            pts = round(captured_at / time_base) if picture.pts is None else picture.pts
            yield Frame(index, pts, time_base, captured_at, rgb, decode_ms)
            index += 1

    def _await_first(self) -> av.VideoFrame:
        until = self._clock.now() + _OPEN_TIMEOUT_S
        for picture, _ in self._pictures():
            if picture is not None:
                return picture
            if self._clock.now() > until:
                break
        raise SourceError(
            f"{self._device.name} sends no pictures; close what else uses it, or unplug it and plug it in again"
        )

    def _pictures(self) -> Iterator[tuple[av.VideoFrame | None, float]]:
        """Decoded pictures and when their data came; None after each half second without any."""
        heard = self._clock.now()
        while self._container is not None:
            packet = self._read(self._container)
            now = self._clock.now()
            for picture in self._decode(packet):
                heard = now
                yield picture, now
            if now - heard >= _READ_TIMEOUT_S:
                heard = now
                yield None, now
            elif packet is None:
                self._clock.sleep(_POLL_S)

    def _read(self, container: InputContainer) -> av.Packet[VideoStream] | None:
        """The next packet; None when there is none yet."""
        try:
            packet = next(container.demux(self._stream), None)
        except (av.error.BlockingIOError, av.error.ExitError):
            # Asked too early, or the read timed out: neither ends the stream.
            return None
        except av.error.FFmpegError as error:
            raise SourceError(self._gone) from error
        if packet is None or packet.size == 0:  # the end, which a camera does not have
            raise SourceError(self._gone)
        return packet

    def _decode(self, packet: av.Packet[VideoStream] | None) -> list[av.VideoFrame]:
        if packet is None:
            return []
        try:
            return [picture for picture in packet.decode() if isinstance(picture, av.VideoFrame)]
        except av.error.FFmpegError:
            self._damaged += 1
            return []

    @property
    def _gone(self) -> str:
        return f"{self._device.name} went away; plug it in again and reopen it"

    def close(self) -> None:
        if self._container is not None:
            self._container.close()
            self._container = None


def open_camera(uri: str) -> CameraSource:
    """Open a camera by number (`0`) or device file. Raises SourceError that lists the cameras there are."""
    return CameraSource(find_device(uri))


def find_device(uri: str, platform: str = sys.platform, devices_dir: Path = Path("/dev")) -> Device:
    """The device an address means. Raises SourceError where there is none such."""
    if platform == "darwin":
        return Device(f"camera {uri}", "avfoundation", f"{_number(uri)}:none", "")
    if platform == "win32":
        names = [d.name for d in av.device.enumerate_input_devices("dshow") if "video" in d.media_types]
        number = _number(uri)
        if number >= len(names):
            raise SourceError(_missing(uri, [f"{k} ({name})" for k, name in enumerate(names)]))
        return Device(names[number], "dshow", f"video={names[number]}", "vcodec")
    path = devices_dir / f"video{uri}" if uri.isdecimal() else Path(uri)
    if not path.exists():
        present = sorted(devices_dir.glob("video*"), key=lambda p: (len(p.name), p.name))
        raise SourceError(_missing(uri, [str(p) for p in present]))
    return Device(str(path), "v4l2", str(path), "input_format")


def _number(uri: str) -> int:
    digits = uri.removeprefix("/dev/video")
    return int(digits)


def _missing(uri: str, present: list[str]) -> str:
    if not present:
        return f"no camera {uri}: none is connected; plug one in, or try a video file or demo://"
    return f"no camera {uri}; there are: {', '.join(present)}"


def _negotiate(device: Device, opener: Opener) -> InputContainer:
    """Open a camera in MJPEG at 720p: uncompressed, many manage 5 to 10 frames a second. Else as its driver likes."""
    if device.codec_option:
        # A driver that cannot do this refuses; why is told by the second try.
        with contextlib.suppress(av.error.FFmpegError):
            return opener(device, {"video_size": "1280x720", "framerate": "30", device.codec_option: "mjpeg"})
    try:
        return opener(device, {})
    except av.error.PermissionError as error:
        raise SourceError(f"no permission to use {device.name}; join the group that owns it, often `video`") from error
    except av.error.FFmpegError as error:
        if error.errno == errno.EBUSY:
            raise SourceError(f"{device.name} is used by another program; close that first") from error
        raise SourceError(f"cannot open {device.name} ({error.strerror}); is it a camera that records?") from error


def _open(device: Device, options: dict[str, str]) -> InputContainer:
    # `nonblock` makes reads of the driver return at once; the timeouts bound those of drivers that ignore it.
    return av.open(
        device.address,
        mode="r",
        format=device.interface,
        options={**options, "fflags": "nonblock"},
        timeout=(_OPEN_TIMEOUT_S, _READ_TIMEOUT_S),
    )


def _prepared(container: InputContainer, device: Device) -> VideoStream:
    if not container.streams.video:
        raise SourceError(f"{device.name} sends no pictures; choose another camera")
    stream = container.streams.video[0]
    stream.thread_type = "SLICE"  # frame threads would hold each picture back
    return stream
