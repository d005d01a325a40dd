"""`SystemMonitor`: reads once a second what the machine does, on a thread of its own. No Qt.

Asking the system, and starting nvidia-smi, may take longer than a frame lasts: the window only picks up the newest.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from bisenet.closing import Closing
from bisenet_viewer.errors import SourceError
from bisenet_viewer.gui.numbers.snapshot import CameraMode, SystemFigures
from bisenet_viewer.meters import processor
from bisenet_viewer.meters.gpu import GpuMeter

EVERY_S = 1.0
_END_S = 5.0
"""More than a reading and the end of nvidia-smi take."""

_log = logging.getLogger(__name__)


class Meters(Protocol):
    """What is read: `MachineMeters`, or what a test has. Confined to one thread; closed in a `with`."""

    def read(self) -> SystemFigures: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Camera:
    """Which camera's modes are wanted."""

    uri: str
    size: tuple[int, int]
    title: str
    """Of the stream; it names the codec that is on."""


class SystemMonitor(Closing):
    """Runs from `start` to `close`, both of which may be repeated. What it found last is read on any thread."""

    def __init__(
        self,
        open_meters: Callable[[], Meters] | None = None,
        ask_camera: Callable[[Camera], CameraMode | None] | None = None,
        every_s: float = EVERY_S,
    ) -> None:
        """open_meters: called, used and closed on the thread; None: those of this machine."""
        self._open_meters = open_meters or MachineMeters
        self._ask_camera = ask_camera or camera_mode
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._camera: Camera | None = None
        self.figures: SystemFigures | None = None
        """None until the first reading."""
        self.camera_mode: CameraMode | None = None
        """Of the camera that is watched; None until it was asked, and where it does not tell."""

    @property
    def is_running(self) -> bool:
        return self._thread is not None

    def start(self) -> None:
        """Begin to read; returns at once."""
        if self._thread is None:
            self._stop = threading.Event()
            self._thread = threading.Thread(target=self._run, args=(self._stop,), name="system-figures", daemon=True)
            self._thread.start()

    def watch_camera(self, camera: Camera | None) -> None:
        """Ask a camera for its modes with the next reading, once; None: there is no camera."""
        if camera != self._camera:
            self._camera, self.camera_mode = camera, None

    def close(self) -> None:
        """End the thread and wait for it, within bounds; `start` begins anew."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stop.set()
        thread.join(_END_S)
        if thread.is_alive():
            _log.warning("not ended within %g s and left behind: %s", _END_S, thread.name)
        self.figures = None

    def _run(self, stop: threading.Event) -> None:
        asked: Camera | None = None
        try:
            with self._open_meters() as meters:
                while not stop.wait(self._every_s):
                    self.figures = meters.read()
                    camera = self._camera
                    if camera is not None and camera != asked:
                        asked = camera
                        mode = self._ask_camera(camera)
                        self.camera_mode = mode if camera == self._camera else None
        except Exception:  # noqa: BLE001  the thread's top function
            _log.exception("the system's figures cannot be read any more")


class MachineMeters(Closing):
    """This machine's own figures, each `read` over the time since the last one. Confined to one thread."""

    def __init__(self) -> None:
        import psutil

        self._psutil = psutil
        self._process = psutil.Process()
        self._cores = psutil.cpu_count() or 1
        self._process.cpu_percent()  # the first call only begins to count
        psutil.cpu_percent()
        self._before = processor.read()
        self._gpu = GpuMeter(0, every_ms=round(EVERY_S * 1000))

    def read(self) -> SystemFigures:
        """The means since the last call."""
        before, self._before = self._before, processor.read()
        gpu = self._gpu.usage()
        return SystemFigures(
            own_cpu=min(1.0, self._process.cpu_percent() / 100 / self._cores),
            all_cpu=self._psutil.cpu_percent() / 100,
            resident_mib=self._process.memory_info().rss / 2**20,
            watts=processor.usage(before, self._before).watts,
            gpu=gpu if gpu.name else None,
        )

    def close(self) -> None:
        self._gpu.close()


def camera_mode(camera: Camera) -> CameraMode | None:
    """The fastest that a camera can send in a size, as its driver says; None where that is not told.

    Asks the driver: not for the GUI thread.
    """
    from bisenet_viewer.sources.devices.finding import find_device, system

    try:
        cameras = system()
        modes = cameras.list_modes(find_device(camera.uri, cameras.list_devices()))
    except SourceError:
        return None
    same = [mode for mode in modes if (mode.width, mode.height) == camera.size and mode.rate]
    if not same:
        return None
    best = max(same, key=lambda mode: (mode.rate, mode.codec in camera.title))
    return CameraMode(best.codec, best.rate, best.codec in camera.title)
