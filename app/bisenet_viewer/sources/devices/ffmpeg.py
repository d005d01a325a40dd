"""Cameras on Windows (DirectShow) and macOS (AVFoundation): what FFmpeg lists, and the modes that it only logs."""

from __future__ import annotations

import contextlib
import re
import threading

import av
import av.device
import av.logging

from bisenet_viewer.sources.devices.device import Device, Mode, tidied

_DSHOW_MODE = re.compile(
    r"(?:vcodec|pixel_format)=(\S+)\s+min s=\d+x\d+ fps=[\d.]+\s+max s=(?P<w>\d+)x(?P<h>\d+) fps=(?P<fps>[\d.]+)"
)
_AVFOUNDATION_MODE = re.compile(r"(?P<w>\d+)x(?P<h>\d+)@\[[\d.]+ (?P<fps>[\d.]+)\]fps")
_LEVEL = threading.Lock()
"""FFmpeg's log level is one for the whole process."""


def list_devices(interface: str) -> list[Device]:
    """The cameras of `dshow` or `avfoundation`, in FFmpeg's order; none where it cannot list them."""
    try:
        found = av.device.enumerate_input_devices(interface)
    except (av.error.FFmpegError, ValueError):
        return []
    cameras = [
        entry
        for entry in found
        if "video" in entry.media_types and not (entry.description or entry.name).startswith("Capture screen")
    ]
    prefix, suffix = ("video=", "") if interface == "dshow" else ("", ":none")
    return [
        Device(entry.description or entry.name, number, interface, f"{prefix}{entry.name}{suffix}")
        for number, entry in enumerate(cameras)
    ]


def list_modes(device: Device) -> tuple[Mode, ...]:
    """What a camera can send; nothing where that cannot be found out."""
    if device.interface == "dshow":
        return dshow_modes(_logged(device, {"list_options": "true"}))
    # It names what it can do when it is asked for what it cannot.
    return avfoundation_modes(_logged(device, {"framerate": "1000"}))


def dshow_modes(log: str) -> tuple[Mode, ...]:
    """From DirectShow's `list_options`."""
    return tidied(
        [Mode(m[1], int(m["w"]), int(m["h"]), float(m["fps"])) for m in _DSHOW_MODE.finditer(" ".join(log.split()))]
    )


def avfoundation_modes(log: str) -> tuple[Mode, ...]:
    """From the `Supported modes` of AVFoundation, which does not tell the pixel format."""
    return tidied([Mode("", int(m["w"]), int(m["h"]), float(m["fps"])) for m in _AVFOUNDATION_MODE.finditer(log)])


def _logged(device: Device, options: dict[str, str]) -> str:
    """What FFmpeg logs while it opens a device, which is not to succeed."""
    with _LEVEL:
        level = av.logging.get_level()
        av.logging.set_level(av.logging.INFO)
        try:
            with av.logging.Capture() as lines, contextlib.suppress(av.error.FFmpegError):
                av.open(device.address, mode="r", format=device.interface, options=options, timeout=(5.0, 1.0)).close()
        finally:
            av.logging.set_level(level)
    return " ".join(message for _, _, message in lines)
