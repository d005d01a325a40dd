"""Cameras: Video4Linux, DirectShow or AVFoundation, opened in the background and found again by name."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator

import av
from av.container import InputContainer

from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.devices.device import MJPEG, Device, Mode
from bisenet_viewer.sources.devices.finding import System, find_again, find_device, system
from bisenet_viewer.sources.live.connection import Clock, Connection, reason_of
from bisenet_viewer.sources.live.source import LiveSource
from bisenet_viewer.sources.live.state import Limits
from bisenet_viewer.timing import Pacer

LIMITS = Limits(attempt_s=45.0)
"""Some drivers on Windows take half a minute to open."""

_OPEN_TIMEOUT_S = 5.0
_READ_TIMEOUT_S = 0.5
_WIDTH, _HEIGHT, _RATE = 1280, 720, 30
"""What is asked for: enough for the networks, and what nearly every camera can send in MJPEG."""
_FLUENT = 24.0
_CODEC_OPTIONS = {"v4l2": "input_format", "dshow": "vcodec"}
"""What the interface calls the choice of a compressed format."""

Opener = Callable[[Device, dict[str, str]], InputContainer]


class CameraFeed:
    """One camera. After its first connection it is looked for by name, since its number may change."""

    def __init__(self, uri: str, system: System, opener: Opener | None = None, clock: Clock | None = None) -> None:
        self._system = system
        self._opener = opener or _open
        self._clock = clock
        self._device = find_device(uri, system.list_devices())
        self._has_run = False
        self._mode = ""

    @property
    def name(self) -> str:
        return self._device.name

    @property
    def title(self) -> str:
        return f"{self.name} ({self._mode})"

    def pacer(self) -> Pacer | None:
        return None

    def connect(self) -> Connection:
        if self._has_run:
            self._device = find_again(self._device, self._system.list_devices())
        modes = self._system.list_modes(self._device)
        connection = Connection(
            self._negotiated(modes),
            gone="it was unplugged or went away",
            timeout_s=_READ_TIMEOUT_S,
            resumes=True,
            clock=self._clock,
        )
        self._mode = connection.mode
        self._has_run = True
        return connection

    def _negotiated(self, modes: tuple[Mode, ...]) -> InputContainer:
        """Try what suits best; what a driver refuses is told only of its own default, the last to be tried."""
        tries = list(wishes(self._device.interface, modes))
        for options in tries[:-1]:
            try:
                return self._opener(self._device, options)
            except av.error.PermissionError:
                break
            except av.error.FFmpegError as error:
                if error.errno == errno.EBUSY:
                    break
        try:
            return self._opener(self._device, tries[-1])
        except av.error.FFmpegError as error:
            raise SourceError(self._fault(error)) from error

    def _fault(self, error: av.error.FFmpegError) -> str:
        if isinstance(error, av.error.PermissionError):
            return "no permission to use it; join the group that owns it, often `video`, or allow it in the settings"
        if error.errno == errno.EBUSY:
            return "it is used by another program; close that first"
        return f"it cannot be opened ({reason_of(error)}); is it a camera that records?"


def open_camera(uri: str) -> LiveSource:
    """Begin to open a camera by number (`0`), device file, name or part of a name; `camera://NAME` is the same.

    Returns at once; what goes wrong later is raised by `await_open`, `info` and `frames`. Raises SourceError that lists
    the cameras there are.
    """
    return LiveSource(CameraFeed(uri, system()), LIMITS)


def wishes(interface: str, modes: tuple[Mode, ...]) -> Iterator[dict[str, str]]:
    """The options to try, best first; the last are the driver's own choice.

    From 720 rows up in MJPEG: uncompressed, many cameras manage 5 to 10 pictures a second there.
    """
    codec_option = _CODEC_OPTIONS.get(interface)
    best = best_mode(modes)
    if best is not None:
        options = {"video_size": f"{best.width}x{best.height}"}
        if best.rate:
            options["framerate"] = f"{min(best.rate, _RATE):g}"
        if codec_option is not None and best.codec == MJPEG:
            options[codec_option] = MJPEG
        yield options
    elif codec_option is not None:
        yield {"video_size": f"{_WIDTH}x{_HEIGHT}", "framerate": str(_RATE), codec_option: MJPEG}
    elif interface == "avfoundation":
        # Its own default, 29.97, is what many cameras refuse.
        yield {"framerate": str(_RATE)}
    yield {}


def best_mode(modes: tuple[Mode, ...]) -> Mode | None:
    """The largest up to 720 rows that is fluent; MJPEG if there is a choice from there up; None if none is small."""
    fitting = [mode for mode in modes if mode.width <= _WIDTH and mode.height <= _HEIGHT]
    if not fitting:
        return None

    def worth(mode: Mode) -> tuple[bool, int, bool]:
        is_large = mode.height >= _HEIGHT
        return mode.rate >= _FLUENT, mode.width * mode.height, (mode.codec == MJPEG) == is_large

    return max(fitting, key=worth)


def _open(device: Device, options: dict[str, str]) -> InputContainer:
    # `nonblock` makes reads of the driver return at once; the timeouts bound those of drivers that ignore it.
    return av.open(
        device.address,
        mode="r",
        format=device.interface,
        options={**options, "fflags": "nonblock"},
        timeout=(_OPEN_TIMEOUT_S, _READ_TIMEOUT_S),
    )
