"""Whether the card's memory, or the host's, grows over thousands of frames of sizes that change."""

from __future__ import annotations

import os
from collections.abc import Sequence
from time import monotonic

import psutil
import torch
from benchmarks.gpu.context import Context
from benchmarks.gpu.engines import opened
from benchmarks.gpu.feeding import feed
from benchmarks.gpu.findings import Row
from benchmarks.gpu.subjects import Rgb, Size, scenes, subject
from benchmarks.gpu.timing import synchronize

from bisenet.engines import OverlappingEngine

GROWTH = "Memory over frames of changing sizes"
SIZES: tuple[Size, ...] = (
    (1280, 720), (640, 360), (1920, 1080), (1024, 512), (720, 1280), (961, 541), (800, 600), (2048, 1024),
    (1600, 900), (480, 270),
)  # fmt: skip
"""More than an engine keeps itself ready for."""
INPUT: Size = (640, 360)
FRAMES_EACH = 25
_FEWEST_ROUNDS = 5
_MIB = 2**20


def run(context: Context) -> None:
    """See `child.StepModule`."""
    pictures = [scenes(context.folder, size)[:3] for size in SIZES]
    with opened(subject("x39"), INPUT, context.device) as engine:
        rows = watched(engine, pictures, context)
    context.findings.figure("memory-growth", growth(rows))
    context.findings.note(
        f"street-x39 at {INPUT[0]}x{INPUT[1]}, {len(SIZES)} picture sizes in turns, {FRAMES_EACH} frames each. The bar "
        "is by how much the most reserved in the second half of the rounds is above the most in the first."
    )


def watched(engine: OverlappingEngine, pictures: Sequence[Sequence[Rgb]], context: Context) -> list[Row]:
    """Rounds over all sizes until the frames or the time are spent, at least five; a line after each."""
    rows: list[Row] = []
    end, frames = monotonic() + context.effort.loop_s, 0
    while len(rows) < _FEWEST_ROUNDS or (frames < context.effort.frames and monotonic() < end):
        for same_size in pictures:
            frames += feed(engine, same_size, lambda done: done < FRAMES_EACH)
        synchronize(context.device)
        rows.append({"frames": frames, **memory(context.device)})
        context.findings.rows(GROWTH, rows[-1:])
    return rows


def memory(device: torch.device) -> Row:
    """Of this process, in MiB: what torch has reserved and what is used of it, what the driver has left, the host's."""
    row: dict[str, object] = {"host MiB": psutil.Process(os.getpid()).memory_info().rss / _MIB}
    if device.type == "cuda":
        row["reserved MiB"] = torch.cuda.memory_reserved(device) / _MIB
        row["allocated MiB"] = torch.cuda.memory_allocated(device) / _MIB
        row["free on the card MiB"] = torch.cuda.mem_get_info(device)[0] / _MIB
    return row


def growth(rows: Sequence[Row], column: str = "reserved MiB") -> float:
    """MiB by which the most of the second half is above the most of the first; 0 where it is not.

    Raises KeyError without the column. The first line does not count: kernels and graphs are made then.
    """
    values = [float(str(row[column])) for row in rows[1:]]
    half = len(values) // 2
    return max(0.0, max(values[half:]) - max(values[:half]))
