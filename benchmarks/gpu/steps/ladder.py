"""What each step of the way brings, from the public demos to the engine; and the kernels at both ends of it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

from benchmarks.gpu.bars import FRAME_CASES
from benchmarks.gpu.chains import KernelChain, PlainChain
from benchmarks.gpu.context import Context
from benchmarks.gpu.demo import Demo
from benchmarks.gpu.engines import opened
from benchmarks.gpu.feeding import fed
from benchmarks.gpu.findings import Row
from benchmarks.gpu.subjects import Rgb, Size, rotation, subject
from benchmarks.gpu.timing import host_ms, in_turns
from benchmarks.gpu.trace import top, traced

from bisenet.engines import OverlappingEngine
from bisenet.segmenter import Segmenter

CASES = ("v2-1024x512", "x39-1536x768", "r18-2048x1024")
FIRST, LAST, FED = "eager, half, as public", "+ CUDA graphs: the engine, one at a time", "+ copies under computing: fed"
_TRACED_FRAMES = 20
Run = Callable[[Rgb], object]


def run(context: Context) -> None:
    """See `child.StepModule`. The profiler comes when all times have been taken: it may slow what comes after it."""
    with ExitStack() as engines:
        ends: dict[str, tuple[Run, Run, list[Rgb]]] = {}
        for case in CASES[: 1 if context.effort.rounds == 1 else None]:
            name, picture, imgsz = FRAME_CASES[case]
            with context.findings.attempt(case):
                model = subject(name)
                engine = engines.enter_context(opened(model, imgsz, context.device))
                pictures = rotation(context.folder, picture, context.picture)
                rungs = built(model, picture, imgsz, engine, context)
                for rung in list(rungs):
                    with context.findings.attempt(f"{case}, {rung}"):
                        failing = rungs.pop(rung)
                        for rgb in pictures:
                            failing(rgb)
                        rungs[rung] = failing
                milliseconds = climbed(rungs, engine, pictures, context)
                context.findings.rows(f"Step by step, {case}", ladder_rows(milliseconds))
                ends[case] = rungs[FIRST], rungs[LAST], pictures
        for case, (before, after, pictures) in ends.items():
            profile(context, case, {"before": before, "after": after}, pictures)


def built(model: Segmenter, picture: Size, imgsz: Size, engine: OverlappingEngine, context: Context) -> dict[str, Run]:
    """What runs a frame, rung by rung; those that cannot be built are told and left out."""
    device = context.device
    makers: dict[str, Callable[[], Run]] = {
        FIRST: lambda: Demo(model, imgsz, device, "as public").run,
        "+ normalised on the card, uint8 ids": lambda: Demo(model, imgsz, device, "kind").run,
        "+ channels-last, normalisation folded": lambda: PlainChain(model, imgsz, device, fuse=False).run,
        "+ convolution, bias, ReLU in one kernel": lambda: PlainChain(model, imgsz, device, fuse=True).run,
        "+ kernels before and after": lambda: KernelChain(model, picture, imgsz, device).run,
        LAST: lambda: engine.infer,
    }
    rungs = {}
    for name, make in makers.items():
        with context.findings.attempt(name):
            rungs[name] = make()
    return rungs


def climbed(
    rungs: Mapping[str, Run], engine: OverlappingEngine, pictures: Sequence[Rgb], context: Context
) -> dict[str, float]:
    """Milliseconds of a frame by rung: medians, in turns; the last is the engine fed."""
    seconds = context.effort.seconds / 3
    ways: dict[str, Callable[[], Sequence[float]]] = {
        name: lambda each=each: _frames_ms(each, pictures, seconds)  # type: ignore[misc]
        for name, each in rungs.items()
    }
    fed(engine, pictures, context.effort.warm_s)
    ways[FED] = lambda: [1000 / fed(engine, pictures, seconds)]
    found = in_turns(ways, context.effort.rounds)
    return {name: statistics.median(times) for name, times in found.items()}


def ladder_rows(milliseconds: Mapping[str, float]) -> list[Row]:
    """Each rung against the one before and against the first."""
    times = list(milliseconds.values())
    return [
        {
            "step": name,
            "ms a frame": taken,
            "FPS": 1000 / taken,
            "x the one before": times[max(0, number - 1)] / taken,
            "x the first": times[0] / taken,
        }
        for number, (name, taken) in enumerate(milliseconds.items())
    ]


def profile(context: Context, case: str, ways: Mapping[str, Run], pictures: Sequence[Rgb]) -> None:
    """The kernels that take the time, before and after."""
    for when, each in ways.items():
        with context.findings.attempt(f"{case}, kernels {when}"):
            pieces = traced(
                lambda each=each: [each(pictures[k % len(pictures)]) for k in range(_TRACED_FRAMES)],  # type: ignore[misc]
                context.device,
            )
            context.findings.rows(f"Kernels {when}, {case}", top(pieces, _TRACED_FRAMES))


def _frames_ms(each: Run, pictures: Sequence[Rgb], seconds: float) -> list[float]:
    turns = iter(range(1_000_000))
    return host_ms(lambda: each(pictures[next(turns) % len(pictures)]), seconds=seconds, fewest=8)
