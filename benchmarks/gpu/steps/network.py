"""Networks alone at several batches, and how far from the roofline they are, and what fills the gap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import torch
from benchmarks.gpu.bars import FRAME_CASES
from benchmarks.gpu.context import Context
from benchmarks.gpu.counting import CATEGORIES, Layer, category_of, counted
from benchmarks.gpu.findings import Row
from benchmarks.gpu.resting import ready
from benchmarks.gpu.roofline import Ceilings, Floor, floor_of, frame_floor_ms
from benchmarks.gpu.subjects import SUBJECTS, Size, subject, untrained
from benchmarks.gpu.timing import Times, in_turns, synchronize

from bisenet.card import ModelCard
from bisenet.engines.cuda.torch_network import TorchNetwork
from bisenet.segmenter import Segmenter
from bisenet.zoo import ARCHITECTURES

ALONE, ROOFLINE, GAP, FRAMES = "Networks alone", "Roofline", "What fills the gap", "Roofline of frames"
CASES: dict[str, tuple[str, Size]] = {
    "r18-2048x1024": ("r18", (2048, 1024)),
    "v2-1024x512": ("v2", (1024, 512)),
    "x39-1536x768": ("x39", (1536, 768)),
    "r18-1536x768": ("r18", (1536, 768)),
    "v2-2048x1024": ("v2", (2048, 1024)),
    "r18-coincheung-2048x1024": ("r18-coincheung", (2048, 1024)),
}
"""Case -> network, input (width, height). The last is what CoinCheung's own figures are of."""
_PROFILED = 5
_QUICK_CASES = 3
_EXPLAINED = (
    "Floors count each layer's input, weights and output once, in half precision, at the ceilings measured in this "
    "run; bias, ReLU, sums and products are taken for free but for further operands. `floor, layers`: one layer after "
    "the other, each the longer of its arithmetic and its bytes; `share` is of that. The gap is from a profile of the "
    "same network without a graph: microseconds on the card by kind of operation, against their floors."
)


def run(context: Context) -> None:
    """See `child.StepModule`. The profiler comes last: it may slow what comes after it."""
    findings = context.findings
    ceilings = ceilings_of(context.earlier("machine"))
    networks: dict[str, tuple[TorchNetwork, ModelCard]] = {}
    for case, (name, imgsz) in list(CASES.items())[: _QUICK_CASES if context.effort.rounds == 1 else None]:
        with findings.attempt(case):
            model = _model(name)
            precision = "f16" if context.device.type == "cuda" else "f32"
            network = TorchNetwork(model, device=context.device, precision=precision)
            networks[case] = network, model.card
            alone(case, network, model, imgsz, context)
    for case, (network, card) in networks.items():
        if ceilings is not None:
            with findings.attempt(f"{case}, roofline"):
                _, imgsz = CASES[case]
                measured_ms = findings.found.figures[f"network-ms/{case}-1"]
                layers = counted(partial(ARCHITECTURES[card.architecture][card.variant], len(card.classes)), *imgsz)
                findings.rows(ROOFLINE, [roofline_row(case, floor_of(layers, ceilings), measured_ms)])
                spent = spent_us(network, imgsz, context)
                findings.rows(GAP, gap_rows(case, layers, spent, ceilings))
    if ceilings is None:
        findings.note("No roofline: the ceilings were not measured in this run.")
        return
    frames = context.earlier("frames")
    for case, (name, picture, imgsz) in FRAME_CASES.items():
        key = f"network-ms/{name}-{imgsz[0]}x{imgsz[1]}-1"
        if key in findings.found.figures and f"fps/{case}" in frames:
            floors = frame_floor_ms(picture, findings.found.figures[key], ceilings)
            wall = 1000 / frames[f"fps/{case}"]
            line = {**{f"{part} ms": value for part, value in floors.items()}, "measured ms": wall}
            findings.rows(FRAMES, [{"case": case, **line, "share": floors["floor"] / wall}])
    findings.note(_EXPLAINED)


def ceilings_of(figures: Mapping[str, float]) -> Ceilings | None:
    """From the step that measured them; None where it did not."""
    keys = ("copy-gbs", "matrix-tflops", "to-card-gbs", "to-host-gbs")
    return Ceilings(*(figures[key] for key in keys)) if all(key in figures for key in keys) else None


def alone(case: str, network: TorchNetwork, model: Segmenter, imgsz: Size, context: Context) -> None:
    """A line for the case, with a column for each batch."""
    effort = context.effort
    opened = {batch: ready(network, imgsz, batch, context.device, graph=True) for batch in effort.batches}
    for each in opened.values():
        each.ms(effort.calls // 5)
    found = in_turns({str(batch): partial(each.ms, effort.calls) for batch, each in opened.items()}, effort.rounds)
    row: dict[str, object] = {"case": case, "weights": model.card.name}
    for batch in effort.batches:
        times = Times.of(found[str(batch)])
        row |= {f"ms, {batch}": times.median, f"FPS, {batch}": batch * 1000 / times.median}
        context.findings.figure(f"network-ms/{case}-{batch}", times.median)
        context.findings.figure(f"network-fps/{case}-{batch}", batch * 1000 / times.median)
    context.findings.rows(ALONE, [row])
    del opened, each, found
    if context.device.type == "cuda":
        torch.cuda.empty_cache()  # what graphs have had is free for others only then


def roofline_row(case: str, floor: Floor, measured_ms: float) -> Row:
    """A line of the table."""
    return {
        "case": case,
        "GFLOP": floor.operations / 1e9,
        "MB": floor.bytes / 1e6,
        "arithmetic ms": floor.arithmetic_ms,
        "bytes ms": floor.memory_ms,
        "bound by": floor.bound,
        "floor, layers ms": floor.layers_ms,
        "measured ms": measured_ms,
        "share": floor.layers_ms / measured_ms,
        "TFLOP/s": floor.operations / measured_ms / 1e9,
        "GB/s": floor.bytes / measured_ms / 1e6,
    }


def gap_rows(case: str, layers: Sequence[Layer], spent: Mapping[str, float], ceilings: Ceilings) -> list[Row]:
    """For each category its floor, what was spent, and its part of the gap."""
    floors = {
        category: floor_of([layer for layer in layers if layer.category == category], ceilings).layers_ms * 1000
        for category in CATEGORIES
    }
    gap = sum(spent.values()) - sum(floors.values())
    return [
        {
            "case": case,
            "operations": category,
            "floor us": floors[category],
            "spent us": spent.get(category, 0.0),
            "part of the gap": (spent.get(category, 0.0) - floors[category]) / gap if gap > 0 else 0.0,
        }
        for category in CATEGORIES
    ]


def spent_us(network: TorchNetwork, imgsz: Size, context: Context) -> dict[str, float]:
    """Microseconds of kernels by category, of one run of a batch of one, without a graph."""
    resting = ready(network, imgsz, 1, context.device, graph=False)
    resting.ms(3)
    kind = torch.profiler.ProfilerActivity
    activities = [kind.CPU, kind.CUDA] if context.device.type == "cuda" else [kind.CPU]
    with torch.profiler.profile(activities=activities, record_shapes=True) as profile:
        for _ in range(_PROFILED):
            resting.run()
        synchronize(context.device)
    return by_category(profile.events() or [], _PROFILED)


def by_category(events: Sequence[Any], runs: int) -> dict[str, float]:
    """From the profiler's events of so many runs: microseconds of one. Raises RuntimeError when there was no kernel."""
    spent: dict[str, float] = defaultdict(float)
    for event in events:
        if event.kernels:
            category = category_of(event.name, event.input_shapes or [])
            spent[category] += sum(kernel.duration for kernel in event.kernels) / runs
    if not spent:
        raise RuntimeError("the profiler has seen no kernel")
    return dict(spent)


def _model(name: str) -> Segmenter:
    return subject(name) if name in SUBJECTS else untrained("bisenetv1-r18", "coincheung")
