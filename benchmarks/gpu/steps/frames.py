"""Frames from the host's memory to ids in the host's memory: latency, rate, how busy the card is, and the demos'."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial

from benchmarks.gpu.bars import FRAME_CASES
from benchmarks.gpu.context import Context
from benchmarks.gpu.demo import WAYS, Demo
from benchmarks.gpu.engines import opened
from benchmarks.gpu.feeding import fed, feed, one_at_a_time
from benchmarks.gpu.findings import Row
from benchmarks.gpu.subjects import Rgb, Size, rotation, subject
from benchmarks.gpu.timing import Times, host_ms, in_turns
from benchmarks.gpu.trace import busy_us, traced

from bisenet.engines import OverlappingEngine
from bisenet.segmenter import Segmenter
from bisenet_viewer.meters.gpu import GpuMeter

SPEED, BUSY = "Frames", "How busy the card is when fed"
_TRACED_FRAMES = 60
_BATCH = 4


def run(context: Context) -> None:
    """See `child.StepModule`. The profiler comes when all times have been taken: it may slow what comes after it."""
    findings = context.findings
    models: dict[str, Segmenter] = {}
    rates: dict[str, float] = {}
    kept: dict[str, tuple[OverlappingEngine, list[Rgb]]] = {}
    with ExitStack() as engines:
        for case, (name, picture, imgsz) in FRAME_CASES.items():
            with findings.attempt(case):
                model = models.setdefault(name, subject(name))
                engine = engines.enter_context(opened(model, imgsz, context.device))
                pictures = rotation(context.folder, picture, context.picture)
                row, figures = measured(case, engine, model, pictures, imgsz, context)
                findings.rows(SPEED, [row])
                for key, value in figures.items():
                    findings.figure(f"{key}/{case}", value)
                rates[case] = figures["fps"]
                kept[case] = engine, pictures
        summarise(context)
        for case, (engine, pictures) in kept.items():
            with findings.attempt(f"{case}, how busy"):
                share, row = busy(engine, pictures, rates[case], context)
                findings.rows(BUSY, [{"case": case, **row}])
                findings.figure(f"busy/{case}", share)
    summarise(context)
    findings.note(
        "FPS fed: `begin` and `wait` with as many frames on their way as the engine takes, one picture each, by the "
        "clock from the first `begin` to the last ids. ms: one `infer` after the other. Demos: one frame after the "
        "other, half precision; `as public` is CoinCheung's demo, `kind` normalises on the card and copies uint8 ids. "
        "Ratios are of the rates."
    )


def measured(
    case: str, engine: OverlappingEngine, model: Segmenter, pictures: Sequence[Rgb], imgsz: Size, context: Context
) -> tuple[Row, Mapping[str, float]]:
    """A line of the table, and the figures of a case by their keys."""
    effort = context.effort
    demos = {way: Demo(model, imgsz, context.device, way) for way in WAYS}
    for rgb in pictures:  # kernels are compiled, algorithms chosen, memory got
        engine.infer(rgb)
        for demo in demos.values():
            demo.run(rgb)
    fed(engine, pictures, context.effort.warm_s)
    ways: dict[str, Callable[[], Sequence[float]]] = {
        "latency": partial(one_at_a_time, engine, pictures, effort.seconds),
        "fed": lambda: [fed(engine, pictures, effort.seconds)],
        **{way: partial(_demo_ms, demo, pictures, effort.seconds / 4) for way, demo in demos.items()},
    }
    if max(effort.batches) >= _BATCH and engine.most_pictures >= _BATCH:
        fed(engine, pictures, context.effort.warm_s, _BATCH)
        ways["batched"] = lambda: [fed(engine, pictures, effort.seconds, _BATCH)]
    found = in_turns(ways, effort.rounds)
    times, rate = Times.of(found["latency"]), statistics.median(found["fed"])
    theirs = {way: 1000 / statistics.median(found[way]) for way in WAYS}
    figures = {
        "fps": rate,
        "latency-ms": times.median,
        "tail": times.tail,
        "demo-ratio": rate / theirs["as public"],
        "kind-ratio": rate / theirs["kind"],
    }
    row: Row = {
        "case": case,
        "weights": model.card.name,
        "FPS fed": rate,
        f"FPS fed, {_BATCH} at once": statistics.median(found["batched"]) if "batched" in found else None,
        "ms": times.median,
        "p99 ms": times.p99,
        "p99 / median": times.tail,
        "FPS one at a time": 1000 / times.median,
        **{f"demo, {way}, FPS": fps for way, fps in theirs.items()},
        "x as public": figures["demo-ratio"],
        "x kind": figures["kind-ratio"],
    }
    return row, figures


def busy(engine: OverlappingEngine, pictures: Sequence[Rgb], rate: float, context: Context) -> tuple[float, Row]:
    """Kernel time of a frame, from a run under the profiler, in the wall time of one, from a run without: 0 to 1.

    And a line of the table.
    """
    pieces = traced(lambda: feed(engine, pictures, lambda done: done < _TRACED_FRAMES), context.device)
    wall_us = 1e6 / rate
    kernels_us, copies_us = (busy_us(pieces, kind) / _TRACED_FRAMES for kind in ("kernel", "copy"))
    share = min(1.0, kernels_us / wall_us)
    row = {"wall us": wall_us, "kernels us": kernels_us, "copies us": copies_us, "kernels / wall": share}
    return share, {**row, **loaded(engine, pictures, context)}


def loaded(engine: OverlappingEngine, pictures: Sequence[Rgb], context: Context) -> Row:
    """What nvidia-smi says meanwhile, which counts the time in which any kernel ran."""
    with GpuMeter(context.device.index or 0) as meter:
        fed(engine, pictures, context.effort.seconds / 2)
        meter.usage()  # the first half of the time is not counted: the card tells means of the past
        fed(engine, pictures, context.effort.seconds)
        usage = meter.usage()
    return {"nvidia-smi load": usage.load, "W": usage.watts, "MHz": usage.mhz}


def summarise(context: Context) -> None:
    """The figures of the bars that are about all cases."""
    figures = context.findings.found.figures
    for key, worst in (("demo-ratio", min), ("kind-ratio", min), ("busy", min), ("tail", max)):
        values = [figures[f"{key}/{case}"] for case in FRAME_CASES if f"{key}/{case}" in figures]
        if values:
            context.findings.figure(key, worst(values))


def _demo_ms(demo: Demo, pictures: Sequence[Rgb], seconds: float) -> list[float]:
    turns = iter(range(1_000_000))
    return host_ms(lambda: demo.run(pictures[next(turns) % len(pictures)]), seconds=seconds, fewest=8)
