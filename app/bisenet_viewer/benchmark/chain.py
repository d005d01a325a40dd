"""From a decoded picture to its overlay, with the time of each stage: the `FrameChain` protocol and `EngineChain`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from bisenet.closing import Closing
from bisenet.engines import Engine, EngineInfo, Laps
from bisenet_viewer.overlay import OverlayStyle, render

FRAME_STAGES = ("pre", "network", "post", "overlay")


@dataclass(frozen=True, slots=True)
class Step:
    """One frame's way through a chain."""

    overlay: NDArray[np.uint8]
    """(H, W, 3) uint8 RGB."""
    stage_ms: Laps
    """Of FRAME_STAGES, in their order."""
    total_ms: float
    """By the clock, with what lies between the stages."""


class FrameChain(Protocol):
    """What is measured. Confined to one thread; closed in a `with`."""

    @property
    def info(self) -> EngineInfo:
        """What is running."""
        ...

    def run(self, rgb: NDArray[np.uint8]) -> Step:
        """(H, W, 3) uint8 RGB -> its overlay and times."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class EngineChain(Closing):
    """An engine and the overlay, as `segment` runs them."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.perf_counter) -> None:
        """Takes the engine over: closing this closes it. clock: in seconds."""
        self._engine = engine
        self._clock = clock
        self._style = OverlayStyle.of(engine.classes)

    @property
    def info(self) -> EngineInfo:
        """The engine's."""
        return self._engine.info

    def run(self, rgb: NDArray[np.uint8]) -> Step:
        """See `FrameChain.run`."""
        laps: Laps = {}
        begin = self._clock()
        labels = self._engine.infer(rgb, laps)
        inferred = self._clock()
        overlay = render(rgb, labels, self._style)
        end = self._clock()
        return Step(overlay, {**laps, "overlay": (end - inferred) * 1000}, (end - begin) * 1000)

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()
