"""Cameras without one: a test pattern plays the driver, on all three systems."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from typing import Any

import av
import pytest
from av.container import InputContainer
from tests.app.sources.live.scripted import WAIT_S

from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame
from bisenet_viewer.sources.camera import CameraFeed, best_mode, wishes
from bisenet_viewer.sources.devices.device import Device, Mode
from bisenet_viewer.sources.devices.finding import System, find_again, find_device
from bisenet_viewer.sources.live.connection import Clock, Connection
from bisenet_viewer.sources.live.source import LiveSource
from bisenet_viewer.sources.live.state import Limits, StreamPhase

ADDRESSES = {
    "v4l2": Device("test camera", 0, "v4l2", "/dev/video0", "/dev/video0"),
    "dshow": Device("test camera", 0, "dshow", "video=test camera"),
    "avfoundation": Device("test camera", 0, "avfoundation", "0:none"),
}
MODES = (Mode("mjpeg", 1280, 720, 30.0), Mode("yuyv422", 1280, 720, 10.0), Mode("yuyv422", 640, 480, 30.0))
QUICK = Limits(stall_s=0.3, drop_s=1.0, attempt_s=2.0, shortest_delay_s=0.02)


def pattern(seconds: float | None = None) -> InputContainer:
    duration = "" if seconds is None else f":duration={seconds}"
    return av.open(f"testsrc2=size=96x64:rate=30{duration},realtime", format="lavfi")


class Drivers:
    """Which cameras there are, and what was asked of them."""

    def __init__(self, *devices: Device, modes: tuple[Mode, ...] = ()) -> None:
        self.devices = list(devices)
        self.modes = modes
        self.refused: dict[str, av.error.FFmpegError] = {}
        """By what is asked for; `anything` refuses all."""
        self.seconds: float | None = None
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def system(self) -> System:
        return System(lambda: list(self.devices), lambda _: self.modes)

    def open(self, device: Device, options: dict[str, str]) -> InputContainer:
        self.asked.append((device.address, options))
        for part, error in self.refused.items():
            if part == "anything" or part in options:
                raise error
        return pattern(self.seconds)

    def feed(self, uri: str = "0") -> CameraFeed:
        return CameraFeed(uri, self.system, self.open)


@pytest.mark.parametrize(
    ("interface", "expected"),
    [
        ("v4l2", {"video_size": "1280x720", "framerate": "30", "input_format": "mjpeg"}),
        ("dshow", {"video_size": "1280x720", "framerate": "30", "vcodec": "mjpeg"}),
        ("avfoundation", {"video_size": "1280x720", "framerate": "30"}),
    ],
)
def test_mjpeg_is_asked_for_at_720p(interface, expected):
    drivers = Drivers(ADDRESSES[interface], modes=MODES)
    with LiveSource(drivers.feed(), QUICK) as source:
        assert source.info.live
        assert source.info.name == "test camera (wrapped_avframe 96x64, 30 fps)"
    assert drivers.asked == [(ADDRESSES[interface].address, expected)]


@pytest.mark.parametrize(
    ("interface", "expected"),
    [
        ("v4l2", [{"video_size": "1280x720", "framerate": "30", "input_format": "mjpeg"}, {}]),
        ("dshow", [{"video_size": "1280x720", "framerate": "30", "vcodec": "mjpeg"}, {}]),
        ("avfoundation", [{"framerate": "30"}, {}]),
    ],
)
def test_a_camera_that_does_not_tell_its_modes(interface, expected):
    assert list(wishes(interface, ())) == expected


@pytest.mark.parametrize(
    ("modes", "best"),
    [
        (MODES, MODES[0]),
        ((Mode("mjpeg", 640, 480, 30), Mode("yuyv422", 640, 480, 30)), Mode("yuyv422", 640, 480, 30)),
        ((Mode("yuyv422", 1280, 720, 10), Mode("yuyv422", 640, 480, 30)), Mode("yuyv422", 640, 480, 30)),
        ((Mode("yuyv422", 1280, 720, 10), Mode("yuyv422", 640, 480, 15)), Mode("yuyv422", 1280, 720, 10)),
        ((Mode("mjpeg", 1920, 1080, 30), Mode("mjpeg", 1280, 720, 60)), Mode("mjpeg", 1280, 720, 60)),
        ((Mode("mjpeg", 1920, 1080, 30),), None),
        ((), None),
    ],
)
def test_the_mode_that_suits_best(modes, best):
    assert best_mode(modes) == best


def test_the_drivers_default_comes_second():
    drivers = Drivers(ADDRESSES["v4l2"])
    drivers.refused["video_size"] = av.error.ArgumentError(errno.EINVAL, "no such format")
    with LiveSource(drivers.feed(), QUICK) as source:
        assert source.info.width == 96
    assert [bool(options) for _, options in drivers.asked] == [True, False]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (av.error.PermissionError(errno.EACCES, "denied"), "test camera: no permission to use it"),
        (av.error.OSError(errno.EBUSY, "busy"), "test camera: it is used by another program"),
        (av.error.OSError(errno.EIO, "Input/output error"), r"test camera: it cannot be opened \(input/output error\)"),
    ],
)
def test_what_a_person_is_told(error, expected):
    drivers = Drivers(ADDRESSES["v4l2"], modes=MODES)
    drivers.refused["anything"] = error
    with pytest.raises(SourceError, match=expected), LiveSource(drivers.feed(), QUICK) as source:
        _ = source.info


def next_frame(frames: Iterator[Frame | None]) -> Frame:
    until = time.monotonic() + WAIT_S
    for frame in frames:
        if frame is not None:
            return frame
        assert time.monotonic() < until
    raise AssertionError("the stream ended")


@pytest.mark.parametrize("interface", list(ADDRESSES))
def test_a_camera_that_is_unplugged_is_found_again_by_its_name(interface):
    there = ADDRESSES[interface]
    other = Device("another", 0, interface, "elsewhere")
    back = Device("test camera", 1, interface, f"{there.address}, later", "/dev/video1")
    drivers = Drivers(there, modes=MODES)
    drivers.seconds = 0.2
    with LiveSource(drivers.feed(), QUICK) as source:
        frames = source.frames()
        first = next_frame(frames)
        drivers.devices = [other]
        until = time.monotonic() + WAIT_S
        while "not connected" not in source.state.reason and time.monotonic() < until:
            next(frames)
        assert source.state.phase is StreamPhase.RECONNECTING
        drivers.devices = [other, back]
        later = next_frame(frames)
        assert source.state.phase is StreamPhase.RUNNING
    assert later.pts > first.pts
    assert [address for address, _ in drivers.asked][-1] == back.address


class Stalling:
    """A container that has nothing yet for the reads in `silent`; as with PyAV's, what raises so is over."""

    def __init__(self, silent: range, error: type[av.error.FFmpegError]) -> None:
        self._inner = av.open("testsrc2=size=96x64:rate=30", format="lavfi")
        self._silent, self._reads, self._error = silent, 0, error
        self.closed = False
        self.streams, self.duration = self._inner.streams, self._inner.duration

    def demux(self, stream: Any) -> Iterator[Any]:
        for packet in self._inner.demux(stream):
            self._reads += 1
            if self._reads in self._silent:
                raise self._error(errno.EAGAIN, "nothing yet")
            yield packet

    def close(self) -> None:
        self.closed = True
        self._inner.close()


@pytest.mark.parametrize("error", [av.error.BlockingIOError, av.error.ExitError])
def test_a_driver_that_has_nothing_yet_is_asked_again(error):
    slept: list[float] = []
    container = Stalling(range(2, 5), error)
    clock = Clock(now=lambda: 100.0, sleep=slept.append)
    with Connection(container, gone="gone", timeout_s=1.0, resumes=True, clock=clock) as connection:
        assert [len(connection.read()) for _ in range(6)] == [1, 0, 0, 0, 1, 1]
        assert connection.damaged == 0
    assert len(slept) == (3 if error is av.error.BlockingIOError else 0)
    assert container.closed


def test_what_a_timed_out_read_hands_out_is_not_new():
    times = iter(100.0 + k for k in range(100))
    container = Stalling(range(0), av.error.ExitError)
    # Each read takes as long as the time between two looks at this clock.
    with Connection(container, gone="gone", timeout_s=1.0, resumes=True, clock=Clock(lambda: next(times))) as late:
        assert late.read() == []
    times = iter(100.0 + k for k in range(100))
    with Connection(
        Stalling(range(0), av.error.ExitError),
        gone="gone",
        timeout_s=1.5,
        resumes=True,
        clock=Clock(lambda: next(times)),
    ) as punctual:
        assert len(punctual.read()) == 1


def test_a_stream_that_cannot_be_resumed_is_lost():
    container = Stalling(range(2, 5), av.error.ExitError)
    with Connection(container, gone="the connection was lost", timeout_s=1.0, resumes=False) as connection:
        connection.read()
        with pytest.raises(SourceError, match="the connection was lost"):
            connection.read()


def test_sound_alone_is_no_camera():
    container = av.open("sine=duration=1", format="lavfi")
    with pytest.raises(SourceError, match="no picture in this stream"):
        Connection(container, gone="gone", timeout_s=1.0, resumes=True)


LIFE, CONFERENCE, BRIO = (
    Device("HP LifeCam", 0, "v4l2", "/dev/video0", "/dev/video0"),
    Device("Logitech Conference", 2, "v4l2", "/dev/video2", "/dev/video2"),
    Device("Logitech BRIO", 4, "v4l2", "/dev/video4", "/dev/video4"),
)
ALL = [LIFE, CONFERENCE, BRIO]


@pytest.mark.parametrize(
    ("uri", "device"),
    [
        ("0", LIFE),
        ("4", BRIO),
        ("/dev/video2", CONFERENCE),
        ("brio", BRIO),
        ("camera://brio", BRIO),
        ("camera://2", CONFERENCE),
        ("logitech conference", CONFERENCE),
        ("camera://HP LifeCam", LIFE),
    ],
)
def test_by_number_file_and_name(uri, device):
    assert find_device(uri, ALL) == device


def test_an_exact_name_is_not_taken_for_a_part_of_another():
    short, long = (Device(name, k, "dshow", name) for k, name in enumerate(("USB Camera", "USB Camera HD")))
    assert find_device("usb camera", [long, short]) == short


@pytest.mark.parametrize(
    ("uri", "devices", "expected"),
    [
        ("1", ALL, r"no camera 1; there are: 0 \(HP LifeCam\), 2 \(Logitech Conference\), 4 \(Logitech BRIO\)$"),
        ("/dev/video9", [LIFE], r"no camera /dev/video9; there are: 0 \(HP LifeCam\)$"),
        ("logitech", ALL, r"'logitech' may be 2 \(Logitech Conference\), 4 \(Logitech BRIO\); give the number"),
        ("0", [], "no camera 0: none is connected; .* demo://"),
    ],
)
def test_a_camera_that_is_not_there(uri, devices, expected):
    with pytest.raises(SourceError, match=expected):
        find_device(uri, devices)


def test_of_two_of_one_name_the_one_with_the_old_number_is_meant():
    twins = [Device("twin", k, "v4l2", f"/dev/video{k}") for k in (0, 2)]
    assert find_again(twins[1], twins) == twins[1]
    assert find_again(twins[1], twins[:1]) == twins[0]
