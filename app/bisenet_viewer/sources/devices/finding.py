"""Which cameras there are on this system, and which of them an address means."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.devices import v4l2
from bisenet_viewer.sources.devices.device import Device, Mode


@dataclass(frozen=True, slots=True)
class System:
    """How an operating system is asked for its cameras."""

    list_devices: Callable[[], list[Device]]
    list_modes: Callable[[Device], tuple[Mode, ...]]


def system(platform: str = sys.platform) -> System:
    """That of this machine, or of another platform by Python's name for it."""
    if platform not in ("win32", "darwin"):
        return System(v4l2.list_devices, v4l2.list_modes)
    from bisenet_viewer.sources.devices import ffmpeg

    interface = "dshow" if platform == "win32" else "avfoundation"
    return System(lambda: ffmpeg.list_devices(interface), ffmpeg.list_modes)


def find_device(uri: str, devices: list[Device]) -> Device:
    """The camera of a number (`0`), a device file, a name or a part of one; small or large letters are the same.

    Raises SourceError that lists the cameras there are.
    """
    wanted = uri.removeprefix("camera://").strip()
    if wanted.isdecimal() or wanted.startswith("/"):
        found = [device for device in devices if device.path == _real(wanted) or str(device.number) == wanted]
    else:
        low = wanted.casefold()
        found = [device for device in devices if device.name.casefold() == low]
        found = found or [device for device in devices if low in device.name.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        raise SourceError(f"{wanted!r} may be {_listed(found)}; give the number of one")
    if not devices:
        raise SourceError(f"no camera {wanted}: none is connected; plug one in, or try a video file or demo://")
    raise SourceError(f"no camera {wanted}; there are: {_listed(devices)}")


def find_again(lost: Device, devices: list[Device]) -> Device:
    """A camera that was unplugged: by its name, at its old number if there are several. Raises SourceError."""
    same = [device for device in devices if device.name == lost.name]
    if not same:
        raise SourceError("it is not connected")
    return next((device for device in same if device.number == lost.number), same[0])


def _real(path: str) -> str:
    """The device file behind a link such as those in /dev/v4l/by-id."""
    return str(Path(path).resolve()) if Path(path).is_symlink() else path


def _listed(devices: list[Device]) -> str:
    return ", ".join(f"{device.number} ({device.name})" for device in devices)
