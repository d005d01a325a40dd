"""Cameras on Linux, with a sysfs of files and a driver of functions."""

from __future__ import annotations

import errno
import os
import struct
from pathlib import Path

import pytest

from bisenet_viewer.sources.devices import v4l2
from bisenet_viewer.sources.devices.device import Device, Mode

CAPTURE, METADATA, HAS_DEVICE_CAPS = 0x1, 0x00800000, 0x80000000
FORMATS = {
    b"YUYV": {(640, 480): [(1, 30), (1, 15)], (1280, 720): [(1, 10)]},
    b"MJPG": {(640, 480): [(1, 30)], (1280, 720): [(1, 30)], (1920, 1080): [(1001, 30000)]},
}


class Driver:
    """Answers as a camera's driver does. Which device file is asked is told by its content."""

    def __call__(self, file: int, request: int, structure: bytearray) -> None:
        kind = os.pread(file, 20, 0)
        if kind == b"silent":
            raise OSError(errno.ENOTTY, "not a camera")
        if request == 0x80685600:
            own = METADATA if kind == b"metadata" else CAPTURE
            struct.pack_into("=II", structure, 84, CAPTURE | METADATA | HAS_DEVICE_CAPS, own)
            return
        (index,) = struct.unpack_from("=I", structure)
        answers = {
            0xC0405602: self._formats, 0xC02C564A: self._sizes, 0xC034564B: self._intervals,
        }[request](structure, kind == b"stepwise")  # fmt: skip
        if index >= len(answers):
            raise OSError(errno.EINVAL, "no more")
        offset, answer = answers[index]
        structure[offset : offset + len(answer)] = answer

    def _formats(self, structure: bytearray, _stepwise: bool) -> list[tuple[int, bytes]]:
        assert struct.unpack_from("=I", structure, 4) == (1,)
        return [(44, name) for name in FORMATS]

    def _sizes(self, structure: bytearray, stepwise: bool) -> list[tuple[int, bytes]]:
        sizes = FORMATS[bytes(structure[4:8])]
        if stepwise:
            return [(8, struct.pack("=7I", 3, 16, 1280, 8, 16, 720, 8))]
        return [(8, struct.pack("=III", 1, *size)) for size in sizes]

    def _intervals(self, structure: bytearray, _stepwise: bool) -> list[tuple[int, bytes]]:
        size = struct.unpack_from("=II", structure, 8)
        return [(16, struct.pack("=III", 1, *interval)) for interval in FORMATS[bytes(structure[4:8])][size]]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    devices, names = tmp_path / "dev", tmp_path / "sys"
    devices.mkdir()
    for number, content in ((0, "camera"), (1, "metadata"), (2, "camera"), (10, "silent"), (11, "silent")):
        (devices / f"video{number}").write_text(content)
        folder = names / f"video{number}"
        folder.mkdir(parents=True)
        (folder / "name").write_text(f"Camera {number // 2}: Integrated\n")
        (folder / "index").write_text(f"{number % 2}\n")
    (devices / "video-decoder").touch()
    return devices, names


def test_cameras_by_number_without_their_metadata(folders):
    devices, names = folders
    found = v4l2.list_devices(devices, names, Driver())
    assert [(device.number, device.name) for device in found] == [
        (0, "Camera 0: Integrated"), (2, "Camera 1: Integrated"), (10, "Camera 5: Integrated"),
    ]  # fmt: skip
    assert found[1] == Device("Camera 1: Integrated", 2, "v4l2", str(devices / "video2"), str(devices / "video2"))


def test_a_camera_without_a_name_is_called_by_its_file(folders, tmp_path):
    devices, _ = folders
    assert v4l2.list_devices(devices, tmp_path / "none", Driver())[0].name == str(devices / "video0")


def test_no_cameras(tmp_path):
    assert v4l2.list_devices(tmp_path / "none", tmp_path / "none") == []


def test_modes_largest_first_at_their_highest_rate(folders):
    devices, names = folders
    assert v4l2.list_modes(v4l2.device_of(0, devices, names), Driver()) == (
        Mode("mjpeg", 1920, 1080, 30000 / 1001),
        Mode("mjpeg", 1280, 720, 30.0),
        Mode("yuyv422", 1280, 720, 10.0),
        Mode("mjpeg", 640, 480, 30.0),
        Mode("yuyv422", 640, 480, 30.0),
    )


def test_sizes_in_steps_are_told_by_the_largest(folders):
    devices, names = folders
    (devices / "video0").write_text("stepwise")
    assert v4l2.list_modes(v4l2.device_of(0, devices, names), Driver()) == (
        Mode("mjpeg", 1280, 720, 30.0),
        Mode("yuyv422", 1280, 720, 10.0),
    )


def test_a_driver_that_may_not_be_asked_has_no_modes(folders):
    devices, names = folders
    assert v4l2.list_modes(v4l2.device_of(10, devices, names), Driver()) == ()
    (devices / "video0").unlink()
    assert v4l2.list_modes(v4l2.device_of(0, devices, names), Driver()) == ()


def test_what_is_no_driver_is_survived(folders):
    devices, names = folders
    # The real ioctl on plain files.
    assert [device.number for device in v4l2.list_devices(devices, names)] == [0, 2, 10]
    assert v4l2.list_modes(v4l2.device_of(0, devices, names)) == ()
