"""What a card did and when, by torch's profiler: which kernels take the time, and how long any of them ran."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from benchmarks.gpu.findings import Row
from benchmarks.gpu.timing import synchronize

_KINDS = {"kernel": "kernel", "gpu_memcpy": "copy", "gpu_memset": "set"}
_NAME_LENGTH = 90


@dataclass(frozen=True, slots=True)
class Piece:
    """One kernel or copy."""

    name: str
    kind: str
    """`kernel`, `copy` or `set`."""
    begin_us: float
    end_us: float

    @property
    def took_us(self) -> float:
        return self.end_us - self.begin_us


def traced(work: Callable[[], object], device: torch.device) -> list[Piece]:
    """Run the work under the profiler; what it gave the card. Raises RuntimeError where the card cannot be observed."""
    with torch.profiler.profile(activities=[_activity(device)]) as profile:
        work()
        synchronize(device)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.json"
        profile.export_chrome_trace(str(path))
        pieces = pieces_of(json.loads(path.read_text(encoding="utf-8")))
    if not pieces and device.type == "cuda":
        raise RuntimeError("the profiler has seen nothing on the card")
    return pieces


def pieces_of(trace: Mapping[str, Any]) -> list[Piece]:
    """From a trace in Chrome's format."""
    return [
        Piece(str(event["name"]), _KINDS[event["cat"]], float(event["ts"]), float(event["ts"]) + float(event["dur"]))
        for event in trace["traceEvents"]
        if event.get("ph") == "X" and event.get("cat") in _KINDS
    ]


def busy_us(pieces: Iterable[Piece], kind: str = "kernel") -> float:
    """How long at least one piece of the kind ran; what runs at the same time counts once."""
    total, until = 0.0, float("-inf")
    for piece in sorted((piece for piece in pieces if piece.kind == kind), key=lambda piece: piece.begin_us):
        total += max(0.0, piece.end_us - max(piece.begin_us, until))
        until = max(until, piece.end_us)
    return total


def top(pieces: Sequence[Piece], frames: int, count: int = 12) -> list[Row]:
    """The kernels and copies that take the most time, by name; the rest in one line. Microseconds are of one frame."""
    times: dict[str, list[float]] = defaultdict(list)
    for piece in pieces:
        times[piece.name].append(piece.took_us)
    ranked = sorted(times.items(), key=lambda item: -sum(item[1]))
    whole = sum(piece.took_us for piece in pieces) or 1.0
    rows = [_line(name[:_NAME_LENGTH], taken, frames, whole) for name, taken in ranked[:count]]
    if rest := ranked[count:]:
        rows.append(_line(f"{len(rest)} others", [one for _, taken in rest for one in taken], frames, whole))
    return rows


def _line(name: str, taken: Sequence[float], frames: int, whole: float) -> Row:
    return {
        "kernel": f"`{name}`",
        "times a frame": len(taken) / frames,
        "us a frame": sum(taken) / frames,
        "share": sum(taken) / whole,
    }


def _activity(device: torch.device) -> torch.profiler.ProfilerActivity:
    # Not what the host does too: to write that down slows it, and the card with it.
    kind = torch.profiler.ProfilerActivity
    return kind.CUDA if device.type == "cuda" else kind.CPU
