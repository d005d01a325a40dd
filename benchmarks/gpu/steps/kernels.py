"""The kernels before and after the network: Triton against the same in plain torch, against the copy's bandwidth."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from benchmarks.gpu.capturing import captured
from benchmarks.gpu.context import Context
from benchmarks.gpu.kernel_work import KINDS, work
from benchmarks.gpu.subjects import Size
from benchmarks.gpu.timing import device_ms
from torch import Tensor

from bisenet.kernels.cuda import blocks
from bisenet.kernels.cuda.blocks import Block
from bisenet.kernels.cuda.choice import Kernels, usable_kernels

TABLE, VARIANTS = "Kernels, by size", "Kernels, other blocks"
PAIRS: tuple[tuple[Size, Size], ...] = (
    ((2048, 1024), (1536, 768)),
    ((3840, 2160), (1536, 768)),
    ((1920, 1080), (1024, 512)),
    ((1280, 720), (640, 360)),
    ((1024, 512), (1024, 512)),
)
"""Picture and network input, (width, height)."""

OTHER_BLOCKS: dict[str, tuple[str, tuple[Block, ...]]] = {
    "RGB in": (
        "INPUT_FROM_RGB",
        (Block(2, 128, 4), Block(8, 128, 4), Block(4, 256, 4), Block(1, 512, 4), Block(4, 256, 8)),
    ),
    "NV12 in": ("INPUT_FROM_NV12", (Block(1, 128, 4), Block(4, 128, 4), Block(2, 256, 4), Block(2, 64, 2))),
    "ids": ("LABELS", (Block(4, 128, 4), Block(16, 128, 4), Block(8, 256, 8), Block(8, 64, 2), Block(8, 128, 8))),
}
"""Kind -> the name of its block, and what else to try."""


def run(context: Context) -> None:
    """See `child.StepModule`."""
    findings, device = context.findings, context.device
    ceiling = context.earlier("machine").get("copy-gbs")
    ways: list[Kernels] = ["torch"] if usable_kernels(device) == "torch" else ["triton", "torch"]
    for number, (picture, imgsz) in enumerate(PAIRS[: 1 if context.effort.rounds == 1 else None]):
        # To compile takes longer than to measure: one size with all of them, the others with what every frame needs.
        for kind in KINDS if number == 0 else ("RGB in", "ids"):
            with findings.attempt(f"{kind} at {picture[0]}x{picture[1]}"):
                seed = random.randrange(2**31)
                works = {way: work(kind, picture, imgsz, device, way, seed) for way in ways}
                taken = {way: call_us(each.calls, device, context.effort.calls // 5) for way, each in works.items()}
                best = works[ways[0]]
                rate = best.bytes / taken[ways[0]] / 1e3
                findings.row(
                    TABLE,
                    kernel=kind,
                    picture="{}x{}".format(*picture),
                    network="{}x{}".format(*imgsz),
                    **{f"{way}_us": value for way, value in taken.items()},
                    x_torch=taken["torch"] / taken[ways[0]],
                    GB_a_second=rate,
                    of_the_copy=rate / ceiling if ceiling else None,
                    values_that_differ=apart(*(each.written for each in works.values())) if len(ways) == 2 else None,
                )
    if ways[0] == "triton" and context.effort.slow_compilers:
        variants(context)


def variants(context: Context) -> None:
    """Blocks of other sizes, at 2048x1024."""
    picture, imgsz = PAIRS[0]
    for kind, (name, others) in OTHER_BLOCKS.items():
        own: Block = getattr(blocks, name)
        for block in (own, *others):
            with context.findings.attempt(f"{kind}, {block}"), changed(name, block):
                each = work(kind, picture, imgsz, context.device, "triton")
                taken = call_us(each.calls, context.device, context.effort.calls // 5)
                context.findings.row(
                    VARIANTS, kernel=kind, rows=block.height, across=block.width, warps=block.warps, us=taken,
                    now="as it is" if block == own else None,
                )  # fmt: skip


@contextmanager
def changed(name: str, block: Block) -> Iterator[None]:
    """Within, what is made has blocks of another size."""
    before = getattr(blocks, name)
    setattr(blocks, name, block)
    try:
        yield
    finally:
        setattr(blocks, name, before)


def call_us(calls: Sequence[Callable[[], None]], device: torch.device, repeats: int) -> float:
    """Microseconds of one: the median over runs of all, as a graph on a card, so that no launch is waited for."""

    def all_of_them() -> None:
        for call in calls:
            call()

    replay = captured(all_of_them, device)
    replay()
    return statistics.median(device_ms(lambda _: replay(), device, repeats)) * 1000 / len(calls)


def apart(some: Sequence[Tensor], others: Sequence[Tensor]) -> float:
    """The part of all values that are not equal, 0 to 1."""
    equal = sum(int((one == other).sum()) for one, other in zip(some, others, strict=True))
    return 1 - equal / sum(one.numel() for one in some)
