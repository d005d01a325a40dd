"""Decoding on the graphics card, where there is one that does it right."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path

import av
import numpy as np
from av.codec import Codec
from av.codec.hwaccel import HWAccel, hwdevices_available
from av.container import InputContainer
from numpy.typing import NDArray

from bisenet_viewer.sources.container import open_container, video_stream

DEVICES = ("cuda", "videotoolbox", "d3d11va", "vaapi")
"""In the order they are tried; of each system at most one or two exist."""
WORTH_PIXELS = 1920 * 1080
"""Smaller pictures are decoded by the processor before the card is ready, and need not be fetched from it."""
UNLIKE = 2.0
"""Levels of 255 by which the first picture may differ on average; the standards leave the decoders no freedom."""

FAULTS = (av.error.FFmpegError, NotImplementedError, RuntimeError, ValueError)
"""What PyAV raises where a device is missing, busy, or cannot decode this."""

_log = logging.getLogger(__name__)

Rgb = NDArray[np.uint8]


def decoding_device(path: Path, first: av.VideoFrame, rgb: Callable[[av.VideoFrame], Rgb], codec: str) -> str | None:
    """A device that decodes a file's first picture as the processor did; None: there is none, or it is not worth it.

    first: that picture. rgb: makes (H, W, 3) uint8 of a picture. codec: the decoder's name.
    """
    if first.width * first.height < WORTH_PIXELS:
        return None
    for device in usable_devices(codec):
        try:
            with open_on(path, device) as container:
                seen = next(container.decode(video_stream(container, path)), None)
                alike = seen is not None and difference(rgb(seen), rgb(first)) <= UNLIKE
        except FAULTS as error:
            _log.info("%s: not decoded on %s: %s", path.name, device, error)
            continue
        if alike:
            _log.info("%s: decoded on %s", path.name, device)
            return device
        _log.warning("%s: not decoded on %s: its pictures differ from the processor's", path.name, device)
    return None


def open_on(path: Path, device: str) -> InputContainer:
    """Open a file to be decoded on a device; its pictures come back to the processor. Raises one of FAULTS."""
    return open_container(path, HWAccel(device))


@cache
def usable_devices(codec: str) -> tuple[str, ...]:
    """Which of DEVICES this machine has for a decoder. Asked of the drivers once."""
    return tuple(device for device in DEVICES if device in hwdevices_available() and _opens(device, codec))


def _opens(device: str, codec: str) -> bool:
    try:
        HWAccel(device).create(Codec(codec, "r"))
    except FAULTS:
        return False
    return True


def difference(a: Rgb, b: Rgb) -> float:
    """Levels of 255 on average between two pictures; infinite between two sizes."""
    return float(np.abs(a.astype(np.int16) - b).mean()) if a.shape == b.shape else float("inf")
