"""The cameras of this machine as a person chooses among them. No Qt."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bisenet_viewer.sources.devices.device import Device


@dataclass(frozen=True, slots=True)
class Camera:
    """One that is connected."""

    name: str
    source: str
    """What opens it: by its name, which stays when its number changes, where no other has the same."""


def cameras_of(devices: list[Device]) -> tuple[Camera, ...]:
    """In the order of their numbers."""
    counts = Counter(device.name.strip().casefold() for device in devices)
    return tuple(
        Camera(device.name, f"camera://{device.name}")
        if counts[device.name.strip().casefold()] == 1
        else Camera(f"{device.name} ({device.number})", str(device.number))
        for device in devices
    )


def find_cameras() -> tuple[Camera, ...]:
    """Those there are now. Asks the drivers, so not for the GUI thread."""
    from bisenet_viewer.sources.devices.finding import system

    return cameras_of(system().list_devices())
