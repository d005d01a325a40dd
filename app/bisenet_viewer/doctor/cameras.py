"""The cameras, and whether one may use them."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bisenet_viewer.doctor.finding import Finding
from bisenet_viewer.sources.camera import best_mode
from bisenet_viewer.sources.devices.device import Device, Mode
from bisenet_viewer.sources.devices.finding import System, system

_NAME = "Cameras"


def check_cameras(cameras: System | None = None) -> Finding:
    cameras = cameras or system()
    devices = cameras.list_devices()
    found = [(device, cameras.list_modes(device)) for device in devices]
    forbidden = [device for device in devices if device.path and not os.access(device.path, os.R_OK | os.W_OK)]
    return judge_cameras(found, forbidden, _group(forbidden[0].path) if forbidden else "")


def judge_cameras(found: Sequence[tuple[Device, tuple[Mode, ...]]], forbidden: Sequence[Device], group: str) -> Finding:
    """forbidden: those whose files may not be opened. group: that may open them."""
    if forbidden:
        names = ", ".join(f"{device.name} ({device.path})" for device in forbidden)
        fix = f"sudo usermod -aG {group} $USER, then log in again" if group else "allow it in the system's settings"
        return Finding(_NAME, "warn", f"not allowed to use {names}", fix)
    silent = [device for device, modes in found if not modes]
    if silent:
        names = ", ".join(device.name for device in silent)
        return Finding(_NAME, "warn", f"{names} does not tell its modes", "close the program that uses the camera")
    if not found:
        return Finding(_NAME, "ok", "none is connected")
    return Finding(_NAME, "ok", "; ".join(_told(device, modes) for device, modes in found))


def _told(device: Device, modes: tuple[Mode, ...]) -> str:
    return f"{device.number}: {device.name}, {best_mode(modes) or modes[0]} of {len(modes)} modes"


def _group(path: str) -> str:
    """The name of the group that a device file belongs to; empty where there are none."""
    if sys.platform == "win32":
        return ""
    import grp

    try:
        return grp.getgrgid(Path(path).stat().st_gid).gr_name
    except (OSError, KeyError):
        return ""
