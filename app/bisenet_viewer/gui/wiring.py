"""From a request to a pipeline: where the window meets the sources and the engines."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from bisenet.closing import Closing
from bisenet_viewer.gui.display import drop_foreign_plugins
from bisenet_viewer.gui.engine_shelf import EngineShelf

if TYPE_CHECKING:
    from bisenet.engines import Engine
    from bisenet_viewer.gui.bridge import Entrance
    from bisenet_viewer.gui.player import Request
    from bisenet_viewer.pipeline.pipeline import Pipeline
    from bisenet_viewer.sources import Source


_log = logging.getLogger(__name__)


class Wiring(Closing):
    """Makes what a player plays with, and keeps engines for the next that wants the same. Closed after the player."""

    def __init__(self) -> None:
        self._shelf = EngineShelf()

    def build_pipeline(self, request: Request, entrance: Entrance) -> Pipeline:
        """In real time, and not started. The heavy imports are made by the threads that need them.

        The overlay comes with it, which the window is about to need and must not wait for.
        """
        from bisenet_viewer.pipeline.pipeline import Pipeline

        drop_foreign_plugins()
        return Pipeline(
            lambda: _open_source(request),
            lambda: self.open_engine(request),
            deliver=entrance.deliver,
            deliver_frame=entrance.deliver_frame,
            report=entrance.report,
            pacing="realtime",
            details=True,
        )

    def open_engine(self, request: Request) -> Engine:
        """One that was used before, or a new one; from any thread. Raises EngineError, CheckpointError."""
        kind = (request.model, _version(request.model), request.device, request.imgsz, request.engine)
        more = (request.precision, request.context_every)
        return self._shelf.lend((*kind, *more), lambda: _open_engine(request))

    def close(self) -> None:
        """Let go of all engines that are not in use; the others go when they come back."""
        self._shelf.close()


def _version(model: str) -> tuple[int, int] | None:
    """Tells a model's file from what it was before training wrote it anew; None: it is a name, or there is none."""
    try:
        status = Path(model).stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size


def _open_source(request: Request) -> Source:
    from bisenet_viewer.sources import open_source

    return open_source(request.source)


def _open_engine(request: Request) -> Engine:
    from bisenet.engines import open_engine

    return open_engine(
        request.engine,
        request.model,
        imgsz=request.imgsz,
        device=request.device,
        precision=request.precision,
        context_every=request.context_every,
        say=_log.info,
    )
