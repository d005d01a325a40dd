"""Cameras without one: a test pattern plays the driver, and time is made by hand."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, cast

import av
import pytest
from av.container import InputContainer

from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame
from bisenet_viewer.sources.camera import CameraSource, Clock, Device, find_device

DEVICE = Device("test camera", "lavfi", "testsrc2=size=96x64:rate=30", "input_format")


def pattern(seconds: float | None = None) -> InputContainer:
    duration = "" if seconds is None else f":duration={seconds}"
    return av.open(DEVICE.address + duration, format="lavfi")


class HandClock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.time_s = 100.0

    def clock(self) -> Clock:
        return Clock(now=lambda: self.time_s, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.time_s += seconds


class Stalling:
    """A container that has nothing yet for the reads in `silent`."""

    def __init__(self, silent: range, error: type[av.error.FFmpegError] = av.error.BlockingIOError) -> None:
        self._inner = pattern()
        self._silent, self._reads, self._error = silent, 0, error
        self.closed = False
        self.streams = self._inner.streams

    def demux(self, stream: Any) -> Iterator[Any]:
        self._reads += 1
        if self._reads in self._silent:
            raise self._error(errno.EAGAIN, "nothing yet")
        return self._inner.demux(stream)

    def close(self) -> None:
        self.closed = True
        self._inner.close()


def test_mjpeg_is_asked_for_first() -> None:
    asked: list[dict[str, str]] = []

    def opener(_: Device, options: dict[str, str]) -> InputContainer:
        asked.append(options)
        return pattern()

    with CameraSource(DEVICE, opener) as source:
        assert source.info.live
        assert not source.info.seekable
        assert source.info.name == "test camera (wrapped_avframe 96x64)"
    assert asked == [{"video_size": "1280x720", "framerate": "30", "input_format": "mjpeg"}]


def test_the_drivers_default_comes_second() -> None:
    asked: list[dict[str, str]] = []

    def opener(_: Device, options: dict[str, str]) -> InputContainer:
        asked.append(options)
        if options:
            raise av.error.ArgumentError(errno.EINVAL, "no such format")
        return pattern()

    with CameraSource(DEVICE, opener) as source:
        assert source.info.width == 96
    assert [bool(options) for options in asked] == [True, False]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (av.error.PermissionError(errno.EACCES, "denied"), "no permission to use test camera"),
        (av.error.OSError(errno.EBUSY, "busy"), "test camera is used by another program"),
        (av.error.OSError(errno.EIO, "input/output error"), "cannot open test camera"),
    ],
)
def test_what_a_person_is_told(error: av.error.FFmpegError, expected: str) -> None:
    def opener(_device: Device, _options: dict[str, str]) -> InputContainer:
        raise error

    with pytest.raises(SourceError, match=expected):
        CameraSource(DEVICE, opener)


@pytest.mark.parametrize("error", [av.error.BlockingIOError, av.error.ExitError])
def test_a_stalled_camera_yields_none_within_a_second_and_goes_on(error: type[av.error.FFmpegError]) -> None:
    hand = HandClock()
    container = Stalling(range(4, 900), error)
    with CameraSource(DEVICE, lambda _d, _o: cast(InputContainer, container), hand.clock()) as source:
        shown: list[tuple[float, Frame | None]] = [(hand.time_s, frame) for frame in islice(source.frames(), 8)]
    silences = [time_s for time_s, frame in shown if frame is None]
    assert len(silences) >= 3
    assert all(0 < later - before <= 1 for before, later in pairwise(silences))
    frames = [frame for _, frame in shown if frame is not None]
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert shown[-1][1] is not None
    assert container.closed


def test_a_camera_that_never_shows_anything_is_closed() -> None:
    hand = HandClock()
    container = Stalling(range(1, 10**6))
    with pytest.raises(SourceError, match="sends no pictures"):
        CameraSource(DEVICE, lambda _d, _o: cast(InputContainer, container), hand.clock())
    assert container.closed
    assert hand.time_s < 107


def test_a_camera_that_is_unplugged_is_told_of() -> None:
    with (
        CameraSource(DEVICE, lambda _d, _o: pattern(seconds=0.2)) as source,
        pytest.raises(SourceError, match="test camera went away"),
    ):
        list(source.frames())


def test_devices_on_linux(tmp_path: Path) -> None:
    for name in ("video0", "video2", "video10", "null"):
        (tmp_path / name).touch()
    assert find_device("2", "linux", tmp_path) == Device(
        str(tmp_path / "video2"), "v4l2", str(tmp_path / "video2"), "input_format"
    )
    with pytest.raises(SourceError, match=r"no camera 1; there are: .*video0, .*video2, .*video10$"):
        find_device("1", "linux", tmp_path)


def test_no_device_at_all(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no camera 0: none is connected; .* demo://"):
        find_device("0", "linux", tmp_path)


def test_devices_on_other_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_device("1", "darwin").address == "1:none"
    cameras = [av.device.DeviceInfo(n, n, False, ["video"]) for n in ("Front", "Back")]
    monkeypatch.setattr(av.device, "enumerate_input_devices", lambda _: cameras)
    assert find_device("1", "win32").address == "video=Back"
    with pytest.raises(SourceError, match=r"no camera 2; there are: 0 \(Front\), 1 \(Back\)"):
        find_device("2", "win32")
