"""The other ways to run a network on a card, where they are installed, beside the project's own."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

from benchmarks.gpu.bars import FRAME_CASES
from benchmarks.gpu.comparison import differing
from benchmarks.gpu.context import Context
from benchmarks.gpu.engines import opened
from benchmarks.gpu.feeding import fed, one_at_a_time
from benchmarks.gpu.findings import Row
from benchmarks.gpu.subjects import Rgb, rotation, subject
from benchmarks.gpu.timing import Times, in_turns

from bisenet.engine_names import ON_CARD
from bisenet.engines import OverlappingEngine
from bisenet.errors import EngineError

TABLE = "Back ends"
CASES = ("v2-1024x512", "x39-1536x768", "r18-2048x1024")
OWN = "torch"
SLOW = ("torch-compile", "tensorrt")


def run(context: Context) -> None:
    """See `child.StepModule`."""
    for case in CASES[: 1 if context.effort.rounds == 1 else None]:
        name, picture, imgsz = FRAME_CASES[case]
        with context.findings.attempt(case):
            model = subject(name)
            pictures = rotation(context.folder, picture, context.picture)
            with opened(model, imgsz, context.device, OWN) as own:
                for back_end in (name for name in ON_CARD if name != OWN):
                    if back_end in SLOW and not context.effort.slow_compilers:
                        context.findings.row(TABLE, case=case, engine=back_end, why="left out of a quick run")
                        continue
                    with context.findings.attempt(f"{case}, {back_end}"):
                        began = time.monotonic()
                        try:
                            other = opened(model, imgsz, context.device, back_end)
                        except EngineError as error:
                            context.findings.row(TABLE, case=case, engine=back_end, why=str(error))
                            continue
                        with other:
                            other.infer(pictures[0])
                            opening_s = time.monotonic() - began
                            row = beside(own, other, pictures, context)
                            context.findings.rows(TABLE, [{"case": case, **row, "first ids after s": opening_s}])


def beside(own: OverlappingEngine, other: OverlappingEngine, pictures: Sequence[Rgb], context: Context) -> Row:
    """Both in turns; ratios above 1: the other is faster."""
    seconds = context.effort.seconds / 2
    differ = max(differing(own.infer(rgb), other.infer(rgb)) for rgb in pictures)
    ways: dict[str, Callable[[], Sequence[float]]] = {}
    for which, engine in (("own", own), ("other", other)):
        fed(engine, pictures, context.effort.warm_s)
        ways[which] = partial(one_at_a_time, engine, pictures, seconds)
        ways[f"{which}, fed"] = partial(_rate, engine, pictures, seconds)
    found = in_turns(ways, context.effort.rounds)
    times, own_times = Times.of(found["other"]), Times.of(found["own"])
    rates = {which: statistics.median(found[f"{which}, fed"]) for which in ("own", "other")}
    return {
        "engine": other.info.engine,
        "precision": other.info.precision,
        "ms": times.median,
        "p99 ms": times.p99,
        "FPS fed": rates["other"],
        f"{OWN} ms": own_times.median,
        f"{OWN} FPS fed": rates["own"],
        "x one at a time": own_times.median / times.median,
        "x fed": rates["other"] / rates["own"],
        "differing ids": differ,
    }


def _rate(engine: OverlappingEngine, pictures: Sequence[Rgb], seconds: float) -> list[float]:
    return [fed(engine, pictures, seconds)]
