"""`Statistics`: gathers what the panel shows, from the results, the paintings and the system. No Qt."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from bisenet_viewer.gui.numbers.display_meter import DisplayMeter
from bisenet_viewer.gui.numbers.snapshot import Snapshot
from bisenet_viewer.gui.numbers.stage_times import StageTimes
from bisenet_viewer.gui.numbers.system_monitor import Camera, SystemMonitor
from bisenet_viewer.gui.opening import naming
from bisenet_viewer.gui.player import Phase

if TYPE_CHECKING:
    from bisenet_viewer.frame import Result
    from bisenet_viewer.gui.player import Player

COLUMNS = 50
"""Of the chart: one for each fifth of a second."""

_CAMERA = re.compile(r"\d+|/dev/video\d+|camera://.*")


class Statistics:
    """Gathers always, which costs microseconds; the system is asked only from `start` to `stop`."""

    def __init__(self, clock: Callable[[], float], monitor: SystemMonitor | None = None) -> None:
        """clock: in seconds, `time.monotonic`'s."""
        self._clock = clock
        self._times = StageTimes()
        self._decoder: str | None = None
        self._monitor = monitor or SystemMonitor()

    def note_result(self, result: Result) -> None:
        """A result is about to be shown."""
        self._times.add(self._clock(), result.stage_ms)
        self._decoder = result.frame.decoder

    def note_painted(self, display_ms: float) -> None:
        """A result was painted; display_ms: what making its images and painting them took."""
        self._times.add(self._clock(), {"display": display_ms})

    def clear(self) -> None:
        """Begin anew, for another source or another model."""
        self._times.clear()
        self._decoder = None

    def start(self) -> None:
        """Ask the system from now on, once a second."""
        self._monitor.start()

    def stop(self) -> None:
        """Ask it no more; no thread is left. Harmless when repeated."""
        self._monitor.close()

    def snapshot(self, player: Player, meter: DisplayMeter) -> Snapshot:
        """All figures of now."""
        now = self._clock()
        stats, stream = player.stats(), player.stream
        source = "" if player.request is None else player.request.source
        is_camera = stream is not None and stream.live and _CAMERA.fullmatch(source) is not None
        if stream is not None and is_camera:
            self._monitor.watch_camera(Camera(source, (stream.width, stream.height), stream.name))
        else:
            self._monitor.watch_camera(None)
        speed = 1.0 if stream is None or stream.live else player.speed
        return Snapshot(
            stages=self._times.spreads(now),
            columns=self._times.columns(now, COLUMNS),
            age=meter.age_ms,
            capture_fps=0.0 if stats is None else stats.capture_fps,
            inference_fps=0.0 if stats is None else stats.inference_fps,
            display_fps=meter.fps,
            nominal_fps=None if stream is None or stream.rate is None else float(stream.rate) * speed,
            drops={} if stats is None else {**stats.drops, "display busy": player.replaced},
            stream="" if stream is None else stream.name,
            size=None if stream is None else (stream.width, stream.height),
            is_live=stream is not None and stream.live,
            is_drawn=source.startswith(naming.DEMO),
            is_playing=player.phase in (Phase.PLAYING, Phase.OPENING, Phase.EMPTY),
            engine=player.engine,
            decoder=self._decoder,
            system=self._monitor.figures,
            camera=self._monitor.camera_mode,
        )
