"""What a run tells at its end: a few lines about one input, a table of many, a file for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bisenet.engines import EngineInfo
from bisenet_viewer.segment.tally import Outcome
from bisenet_viewer.sinks.numbered import write_whole

_LONGEST_NAME = 40


def print_outcome(outcome: Outcome) -> None:
    """A few lines on stdout about one input that is done."""
    for target in outcome.outputs:
        print(f"wrote   {target}")
    print(f"frames  {outcome.frames}, {outcome.seconds:.2f} s of video")
    print(f"took    {outcome.wall_s:.1f} s, {_rate(outcome.frames, outcome.wall_s)}")
    print("ms      " + ", ".join(f"{stage} {ms:.1f}" for stage, ms in outcome.stage_ms.items()) + " (medians)")
    if outcome.encoder is not None:
        print(f"video   {outcome.encoder}")
    if outcome.engine is not None:
        print(f"model   {_engine(outcome.engine)}")


def print_table(outcomes: Sequence[Outcome], wall_s: float) -> None:
    """A line per input on stdout, and their sum."""
    rows = [("input", "frames", "seconds", "took", "result"), *(_row(outcome) for outcome in outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        name, *figures, result = row
        padded = "  ".join(figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True))
        print(f"{name:<{widths[0]}}  {padded}  {result}")
    frames = sum(outcome.frames for outcome in outcomes if outcome.ending == "done")
    endings = [outcome.ending for outcome in outcomes]
    counts = ", ".join(f"{endings.count(ending)} {ending}" for ending in dict.fromkeys(endings))
    print(f"\n{len(outcomes)} inputs: {counts}")
    print(f"{frames} frames in {wall_s:.1f} s, {_rate(frames, wall_s)}")
    engines = [outcome.engine for outcome in outcomes if outcome.engine is not None]
    if engines:
        devices = dict.fromkeys(engine.device for engine in engines)
        print(f"model {_engine(replace(engines[0], device=' and '.join(devices)))}")


def write_report(path: Path, outcomes: Sequence[Outcome], wall_s: float) -> None:
    """The same as JSON. Raises SinkError when it cannot be written."""
    engine = next((outcome.engine for outcome in outcomes if outcome.engine is not None), None)
    report = {
        "wall_s": round(wall_s, 3),
        "engine": None if engine is None else {name: getattr(engine, name) for name in engine.__slots__},
        "inputs": [_plain(outcome) for outcome in outcomes],
    }
    write_whole(path, (json.dumps(report, indent=1, ensure_ascii=False) + "\n").encode())


def result_of(outcome: Outcome) -> str:
    """How it ended, in a few words."""
    if outcome.error is not None:
        return f"{outcome.ending}: {outcome.error}"
    if outcome.lost:
        causes = ", ".join(f"{count} {cause}" for cause, count in outcome.lost.items())
        return f"{outcome.ending}, frames left out: {causes}"
    return outcome.ending


def _row(outcome: Outcome) -> tuple[str, str, str, str, str]:
    name = outcome.source if len(outcome.source) <= _LONGEST_NAME else f"…{outcome.source[1 - _LONGEST_NAME :]}"
    if outcome.frames == 0:
        return name, "-", "-", f"{outcome.wall_s:.1f}" if outcome.wall_s else "-", result_of(outcome)
    return name, str(outcome.frames), f"{outcome.seconds:.2f}", f"{outcome.wall_s:.1f}", result_of(outcome)


def _plain(outcome: Outcome) -> dict[str, Any]:
    return {
        "source": outcome.source,
        "result": outcome.ending,
        "error": outcome.error,
        "outputs": list(outcome.outputs),
        "frames": outcome.frames,
        "seconds": round(outcome.seconds, 3),
        "wall_s": round(outcome.wall_s, 3),
        "lost": dict(outcome.lost),
        "ms": {stage: round(ms, 3) for stage, ms in outcome.stage_ms.items()},
        "encoder": outcome.encoder,
        "device": None if outcome.engine is None else outcome.engine.device,
    }


def _rate(frames: int, wall_s: float) -> str:
    return f"{frames / wall_s:.1f} frames per second" if wall_s > 0 else "0 frames per second"


def _engine(info: EngineInfo) -> str:
    return f"{info.model} ({info.engine}, {info.precision}) on {info.device}, {info.device_name}"
