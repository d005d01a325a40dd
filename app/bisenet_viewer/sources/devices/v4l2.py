"""Cameras on Linux: names from sysfs, modes from the driver (Video4Linux 2, `videodev2.h`)."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bisenet_viewer.sources.devices.device import MJPEG, Device, Mode, tidied

DEVICES = Path("/dev")
NAMES = Path("/sys/class/video4linux")

_QUERYCAP = 0x80685600  # _IOR('V', 0, struct v4l2_capability)
_ENUM_FMT = 0xC0405602  # _IOWR('V', 2, struct v4l2_fmtdesc)
_ENUM_FRAMESIZES = 0xC02C564A  # _IOWR('V', 74, struct v4l2_frmsizeenum)
_ENUM_FRAMEINTERVALS = 0xC034564B  # _IOWR('V', 75, struct v4l2_frmivalenum)
_CAPTURES = 0x1 | 0x1000
"""V4L2_CAP_VIDEO_CAPTURE and its multi-planar kind."""
_HAS_DEVICE_CAPS = 0x80000000
_CAPTURE = 1
_DISCRETE = 1
_CODECS = {"MJPG": MJPEG, "JPEG": MJPEG, "H264": "h264", "HEVC": "hevc", "YUYV": "yuyv422", "NV12": "nv12"}

Ioctl = Callable[[int, int, bytearray], None]
"""File descriptor, request, structure; raises OSError."""


def list_devices(devices_dir: Path = DEVICES, names_dir: Path = NAMES, ioctl: Ioctl | None = None) -> list[Device]:
    """The cameras, by number. A camera's further device files, for metadata, are left out."""
    numbers = sorted(
        int(path.name.removeprefix("video"))
        for path in devices_dir.glob("video*")
        if path.name.removeprefix("video").isdecimal()
    )
    return [
        device_of(number, devices_dir, names_dir)
        for number in numbers
        if _captures(devices_dir / f"video{number}", names_dir / f"video{number}", ioctl or _ioctl)
    ]


def device_of(number: int, devices_dir: Path = DEVICES, names_dir: Path = NAMES) -> Device:
    """The device of a number, which must be there."""
    path = devices_dir / f"video{number}"
    name = _text(names_dir / path.name / "name") or str(path)
    return Device(name, number, "v4l2", str(path), str(path))


def list_modes(device: Device, ioctl: Ioctl | None = None) -> tuple[Mode, ...]:
    """What a camera can send; nothing where the driver does not say or may not be asked."""
    ask = ioctl or _ioctl
    try:
        file = os.open(device.path, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return ()
    try:
        return tidied(list(_modes(file, ask)))
    finally:
        os.close(file)


def _captures(path: Path, names: Path, ioctl: Ioctl) -> bool:
    """Whether pictures come from a device file."""
    capability = bytearray(104)
    try:
        file = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        # In use or forbidden. The first of a camera's device files is the one with the pictures.
        return _text(names / "index") in ("", "0")
    try:
        ioctl(file, _QUERYCAP, capability)
    except OSError:
        return _text(names / "index") in ("", "0")
    finally:
        os.close(file)
    whole, own = struct.unpack_from("=II", capability, 84)
    return bool((own if whole & _HAS_DEVICE_CAPS else whole) & _CAPTURES)


def _modes(file: int, ioctl: Ioctl) -> Iterator[Mode]:
    for description in _enumerated(file, ioctl, _ENUM_FMT, 64, struct.pack("=I", _CAPTURE)):
        pixel_format = bytes(description[44:48])
        codec = _CODECS.get(pixel_format.decode("ascii", "replace"), pixel_format.decode("ascii", "replace").lower())
        for size in _enumerated(file, ioctl, _ENUM_FRAMESIZES, 44, pixel_format):
            kind, width, height = struct.unpack_from("=III", size, 8)
            if kind != _DISCRETE:
                # From, to and step: the largest stands for all.
                _, width, _, _, height, _ = struct.unpack_from("=6I", size, 12)
            yield Mode(codec, width, height, _rate(file, ioctl, pixel_format + struct.pack("=II", width, height)))
            if kind != _DISCRETE:
                break


def _rate(file: int, ioctl: Ioctl, wanted: bytes) -> float:
    """The highest, 0 where it is not told."""
    best = 0.0
    for interval in _enumerated(file, ioctl, _ENUM_FRAMEINTERVALS, 52, wanted):
        kind, numerator, denominator = struct.unpack_from("=III", interval, 16)
        if numerator:
            best = max(best, denominator / numerator)
        if kind != _DISCRETE:
            break
    return best


def _enumerated(file: int, ioctl: Ioctl, request: int, size: int, wanted: bytes) -> Iterator[bytearray]:
    """What the driver answers for index 0, 1, ... until it refuses. wanted: what follows the index."""
    for index in range(256):
        answer = bytearray(struct.pack("=I", index) + wanted).ljust(size, b"\0")
        try:
            ioctl(file, request, answer)
        except OSError:
            return
        yield answer


def _ioctl(file: int, request: int, structure: bytearray) -> None:
    if sys.platform == "win32":
        raise OSError("there is no ioctl here")
    import fcntl

    fcntl.ioctl(file, request, structure)


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
