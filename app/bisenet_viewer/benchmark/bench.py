"""`Bench`: one configuration opened, warmed up and measured on demand. Lives in a process of its own (`worker`)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet.engines import Engine, EngineInfo, open_engine
from bisenet_viewer.benchmark.chain import EngineChain, FrameChain
from bisenet_viewer.benchmark.clip_run import ClipRun, run_chain, run_segment
from bisenet_viewer.benchmark.memory import peak_mib, resident_mib
from bisenet_viewer.benchmark.plan import Configuration, is_network
from bisenet_viewer.benchmark.video import decode_ms, encode_ms, read_pictures, to_and_fro

if TYPE_CHECKING:
    from bisenet.segmenter import Segmenter

PICTURES = 24
"""How many pictures of the source are kept, and shown again and again."""

_SLOW_MS = 3000.0


@dataclass(frozen=True, slots=True)
class Order:
    """What a process is to measure."""

    configuration: Configuration
    clip: Path | None
    """Where the pictures are; None: noise."""
    device: str
    threads: int | None


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened, and how it began."""

    info: EngineInfo
    untrained: bool
    notes: tuple[str, ...]
    """What the engine said, line by line."""
    open_s: float
    """From nothing to an open engine: imports, weights, compiling."""
    first_ms: float
    """The first frame."""
    warm_ms: float
    """The last frame of the warm-up, by which the repeats are planned."""
    warm_stage_ms: Mapping[str, float]
    memory_mib: float | None
    """How far the process grew at most, from before the engine was opened to after the warm-up."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Some frames in a row."""

    total_ms: Sequence[float]
    stage_ms: Sequence[Mapping[str, float]]
    cpu_s: float
    """Of all threads of the process."""


class Bench:
    """Opens on creation; closed in a `with`. Raises what opening an engine raises."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._overlays: list[NDArray[np.uint8]] = []
        configuration = order.configuration
        if order.threads is not None:
            cv2.setNumThreads(order.threads)
        self._pictures = _pictures(order)
        before = resident_mib()
        notes: list[str] = []
        begin = time.perf_counter()
        with ExitStack() as stack:
            self._chain = stack.enter_context(self._open(notes.append))
            open_s = time.perf_counter() - begin
            first = warm = self._chain.run(self._pictures[0])
            for rgb in self._pictures[1:3]:
                if warm.total_ms > _SLOW_MS:
                    break
                warm = self._chain.run(rgb)
            self._close = stack.pop_all()
        peak = peak_mib()
        self.opened = Opened(
            info=self._chain.info,
            untrained=is_network(configuration.model),
            notes=tuple(notes),
            open_s=open_s,
            first_ms=first.total_ms,
            warm_ms=warm.total_ms,
            warm_stage_ms=warm.stage_ms,
            memory_mib=None if before is None or peak is None else max(0.0, peak - before),
        )

    def turn(self, frames: int) -> Turn:
        """Measure that many frames, after one that is not counted: it finds the caches full of others' data."""
        total_ms, stage_ms = [], []
        overlays = []
        cpu_s = time.process_time()
        for number in range(-1, frames):
            step = self._chain.run(self._pictures[number % len(self._pictures)])
            if number >= 0:
                total_ms.append(step.total_ms)
                stage_ms.append(step.stage_ms)
                overlays.append(step.overlay)
        self._overlays = (overlays + self._overlays)[:PICTURES]
        return Turn(total_ms, stage_ms, time.process_time() - cpu_s)

    def video(self, path: Path, target: Path, frames: int) -> tuple[list[float], float]:
        """Decode frames of a file, then encode as many of the overlays made so far: ms of each, mean ms."""
        decoding = decode_ms(path, frames)
        return decoding, encode_ms(target, to_and_fro(self._overlays, frames), frames)

    def clip(self, path: Path, target: Path, seconds: float) -> ClipRun:
        """The wall time from a file to a file: of `segment`, or of the baseline's chain frame by frame."""
        if self._order.configuration.chain == "baseline":
            return run_chain(self._chain, path, target, seconds)
        return run_segment(lambda: self._engine(_unheard), self._order.configuration, path, target, seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close.close()

    # Torch is imported below only: its memory and the time it takes to import are part of what a configuration costs.

    def _open(self, say: Callable[[str], None]) -> FrameChain:
        configuration, order = self._order.configuration, self._order
        if configuration.chain == "baseline":
            from bisenet_viewer.benchmark.baseline import BaselineChain
            from bisenet_viewer.benchmark.models import with_network

            return BaselineChain(
                with_network(configuration.model),
                imgsz=configuration.sizes.imgsz,
                device=order.device,
                threads=order.threads,
            )
        return EngineChain(self._engine(say))

    def _engine(self, say: Callable[[str], None]) -> Engine:
        configuration, order = self._order.configuration, self._order
        model: Segmenter | str = configuration.model
        if is_network(configuration.model):
            from bisenet_viewer.benchmark.models import untrained

            model = untrained(configuration.model)
        return open_engine(
            configuration.engine,
            model,
            imgsz=configuration.sizes.imgsz,
            device=order.device,
            precision=configuration.precision,
            threads=order.threads,
            say=say,
        )


def _unheard(_line: str) -> None:
    """The same was said when the configuration was opened."""


def _pictures(order: Order) -> list[NDArray[np.uint8]]:
    if order.clip is not None:
        return read_pictures(order.clip, PICTURES)
    width, height = order.configuration.sizes.picture
    return [np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)]
