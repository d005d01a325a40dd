"""`bisenet-viewer cameras`: which cameras are connected, and what they can send."""

from __future__ import annotations

from collections.abc import Iterator

from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.camera import best_mode
from bisenet_viewer.sources.devices.device import Device, Mode
from bisenet_viewer.sources.devices.finding import System, system

_MODES_A_LINE = 4


def run(cameras: System | None = None) -> int:
    """Print them, with number, name and modes; the mode that is asked for on opening is marked with a star.

    Raises SourceError where there is none.
    """
    cameras = cameras or system()
    devices = cameras.list_devices()
    if not devices:
        raise SourceError("no camera is connected; plug one in, or try a video file, a stream or demo://")
    for device in devices:
        print("\n".join(_lines(device, cameras.list_modes(device))))
    print(f"\nopen one with: bisenet-viewer {devices[0].number}, or camera:// and its name or a part of it")
    return 0


def _lines(device: Device, modes: tuple[Mode, ...]) -> Iterator[str]:
    yield f"{device.number:>3}  {device.name}" + (f"  ({device.path})" if device.path else "")
    if not modes:
        yield "     it does not tell its modes; it may be in use by another program, or forbidden to you"
        return
    chosen = best_mode(modes)
    texts = [f"{mode}{' *' if mode == chosen else ''}" for mode in modes]
    for at in range(0, len(texts), _MODES_A_LINE):
        yield "     " + ", ".join(texts[at : at + _MODES_A_LINE])
