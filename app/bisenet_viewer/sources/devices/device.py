"""`Device`, a camera that is connected, and `Mode`, what it can send."""

from __future__ import annotations

from dataclasses import dataclass

MJPEG = "mjpeg"


@dataclass(frozen=True, slots=True)
class Mode:
    """One codec in one size, at its highest rate."""

    codec: str
    """FFmpeg's name of the codec (`mjpeg`, `h264`) or of the pixel format (`yuyv422`); empty where it is not told."""
    width: int
    height: int
    rate: float
    """Pictures per second."""

    def __str__(self) -> str:
        return f"{self.width}x{self.height} {self.codec} {self.rate:.4g} fps".replace("  ", " ")


@dataclass(frozen=True, slots=True)
class Device:
    """A camera as its operating system's interface wants it named."""

    name: str
    """For people, and for finding it again: its number may change while it is unplugged."""
    number: int
    """What a person may write in place of the name."""
    interface: str
    """The FFmpeg input device: `v4l2`, `dshow`, `avfoundation`."""
    address: str
    path: str = ""
    """The device file, on Linux."""


def tidied(modes: list[Mode]) -> tuple[Mode, ...]:
    """Each codec and size once, at its highest rate; the largest first, MJPEG before others of its size."""
    best: dict[tuple[str, int, int], Mode] = {}
    for mode in modes:
        key = (mode.codec, mode.width, mode.height)
        if key not in best or best[key].rate < mode.rate:
            best[key] = mode
    return tuple(sorted(best.values(), key=lambda m: (-m.width * m.height, -m.width, m.codec != MJPEG, m.codec)))
