"""From a request to a pipeline: where the window meets the sources and the engines."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bisenet_viewer.gui.display import drop_foreign_plugins

if TYPE_CHECKING:
    from bisenet.engines import Engine
    from bisenet_viewer.gui.bridge import Entrance
    from bisenet_viewer.gui.player import Request
    from bisenet_viewer.pipeline.pipeline import Pipeline
    from bisenet_viewer.sources import Source


_log = logging.getLogger(__name__)


def build_pipeline(request: Request, entrance: Entrance) -> Pipeline:
    """A pipeline in real time. The heavy imports are made by the thread that needs them: av here, torch there."""
    import bisenet_viewer.overlay  # noqa: F401  # the window is about to need it, and must not wait for it
    from bisenet_viewer.pipeline.pipeline import Pipeline

    drop_foreign_plugins()
    return Pipeline(
        lambda: _open_source(request),
        lambda: _open_engine(request),
        deliver=entrance.deliver,
        report=entrance.report,
        pacing="realtime",
    )


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
