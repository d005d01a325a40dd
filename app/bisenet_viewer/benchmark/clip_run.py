"""The wall time from a recording to an overlaid video: `segment` as it is, and a chain frame by frame."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from bisenet.engines import Engine
from bisenet_viewer.benchmark.chain import FrameChain
from bisenet_viewer.benchmark.plan import Configuration
from bisenet_viewer.frame import Result
from bisenet_viewer.segment import SegmentOptions
from bisenet_viewer.segment import run as segment
from bisenet_viewer.sinks.video import VideoSink
from bisenet_viewer.sources.video import open_video


@dataclass(frozen=True, slots=True)
class ClipRun:
    """One run over a clip."""

    frames: int
    wall_s: float
    """From the open engine to the finished file."""
    opening_s: float
    """Before that: the source and the engine. 0 where both were open."""
    cpu_s: float
    """Of all threads, in `wall_s`."""


def run_segment(
    open_engine: Callable[[], Engine], configuration: Configuration, path: Path, target: Path, seconds: float
) -> ClipRun:
    """`bisenet-viewer segment` on the first seconds of a file, with that engine."""
    ready = [0.0, 0.0]

    def open_and_note(*_which: object, **_how: object) -> Engine:
        engine = open_engine()
        ready[:] = time.perf_counter(), time.process_time()
        return engine

    options = SegmentOptions(
        source=str(path), output=target, model=configuration.model, imgsz=configuration.sizes.imgsz, to_s=seconds,
        overwrite=True,
    )  # fmt: skip
    # Its own lock is one between processes, which would be left behind when this process is ended.
    tqdm.set_lock(threading.RLock())
    begin = time.perf_counter()
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        segment(options, open_engine=open_and_note)
    end, cpu_s = time.perf_counter(), time.process_time()
    return ClipRun(_frame_count(target), end - ready[0], ready[0] - begin, cpu_s - ready[1])


def run_chain(chain: FrameChain, path: Path, target: Path, seconds: float) -> ClipRun:
    """Decode, run the chain and encode, one after the other, on the first seconds of a file."""
    frames, begin_s = 0, 0.0
    begin, cpu_s = time.perf_counter(), time.process_time()
    with (
        open_video(path) as source,
        VideoSink(target, source.info, render=lambda rgb, _labels: rgb, overwrite=True) as sink,
    ):
        for frame in source.frames():
            if frame is None:
                continue
            if frames == 0:
                begin_s = frame.time_s
            elif frame.time_s - begin_s >= seconds:
                break
            overlay = chain.run(frame.rgb).overlay
            sink.write(Result(replace(frame, pixels=overlay), np.zeros(overlay.shape[:2], np.uint8), {}))
            frames += 1
    return ClipRun(frames, time.perf_counter() - begin, 0.0, time.process_time() - cpu_s)


def _frame_count(video: Path) -> int:
    with open_video(video) as source:
        return sum(frame is not None for frame in source.frames())
