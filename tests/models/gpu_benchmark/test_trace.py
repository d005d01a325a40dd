"""From the profiler's trace to what took the time."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from benchmarks.gpu.trace import Piece, busy_us, pieces_of, top, traced


def event(name: str, begin: float, duration: float, cat: str = "kernel", ph: str = "X") -> dict[str, Any]:
    return {"name": name, "ts": begin, "dur": duration, "cat": cat, "ph": ph}


TRACE = {
    "traceEvents": [
        event("conv", 10, 4),
        event("conv", 20, 6),
        event("labels", 12, 4),  # beside the first
        event("Memcpy HtoD", 0, 30, "gpu_memcpy"),
        event("cudaLaunchKernel", 0, 100, "cuda_runtime"),
        {"name": "process_name", "ph": "M"},
    ]
}


def test_only_what_the_card_did_counts() -> None:
    pieces = pieces_of(TRACE)
    assert [piece.name for piece in pieces] == ["conv", "conv", "labels", "Memcpy HtoD"]
    assert pieces[0] == Piece("conv", "kernel", 10, 14)


def test_what_runs_at_the_same_time_counts_once() -> None:
    pieces = pieces_of(TRACE)
    assert busy_us(pieces) == 6 + 6
    assert busy_us(pieces, "copy") == 30
    assert busy_us([]) == 0
    inside = [Piece("long", "kernel", 0, 10), Piece("short", "kernel", 2, 3), Piece("next", "kernel", 9, 12)]
    assert busy_us(inside) == 12


def test_the_most_expensive_are_named_and_the_others_counted() -> None:
    rows = top(pieces_of(TRACE), frames=2, count=2)
    assert [row["kernel"] for row in rows] == ["`Memcpy HtoD`", "`conv`", "`1 others`"]
    assert rows[1]["times a frame"] == 1
    assert rows[1]["us a frame"] == 5
    assert sum(float(str(row["share"])) for row in rows) == pytest.approx(1)


def test_a_trace_is_made_and_read() -> None:
    """On the processor there is nothing to see, but the way there is the same."""
    assert traced(lambda: torch.ones(3).sum(), torch.device("cpu")) == []
