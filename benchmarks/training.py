"""Pictures per second of a training step, before and after what was done for speed: `python benchmarks/training.py`.

Each row adds one change to the row above. The variants take turns in one process, round after round, so that other work
on the machine hits all alike; figures are medians. Samples are random: only the steps are timed, not the reading.
"""

from __future__ import annotations

import argparse
import ctypes
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from bisenet.allocation import keep_freed_memory
from bisenet.engines.device import device_name, resolve_device
from bisenet.losses import segmentation_loss
from bisenet.network import SegmentationNetwork
from bisenet.recipe import Recipe, load_recipe
from bisenet.zoo import build


@dataclass(frozen=True)
class Variant:
    """What a training loop does or leaves."""

    name: str
    channels_last: bool = False
    strides: tuple[int, int] = (1, 1)
    keeps_memory: bool = False
    precision: torch.dtype = torch.float32
    reads_each_loss: bool = True


def variants(recipe: Recipe, device: torch.device) -> list[Variant]:
    """From what a plain loop does to what ours does."""
    strides = (recipe.loss_stride, recipe.aux_loss_stride)
    if device.type == "cpu":
        return [
            Variant("plain"),
            Variant("+ losses on every 2nd and 4th row and column", strides=strides),
            Variant("+ channels-last", True, strides),
            Variant("+ freed memory kept", True, strides, keeps_memory=True),
        ]
    return [
        Variant("plain"),
        Variant("+ losses on every 2nd and 4th row and column", strides=strides),
        Variant("+ channels-last", True, strides),
        Variant("+ bf16", True, strides, precision=torch.bfloat16),
        Variant("+ losses read when due", True, strides, precision=torch.bfloat16, reads_each_loss=False),
    ]


class Trainee:
    """A network, its optimiser and one batch, in the memory order of a variant."""

    def __init__(self, recipe: Recipe, variant: Variant, device: torch.device, batch_size: int) -> None:
        self.recipe, self.variant, self.device = recipe, variant, device
        order = torch.channels_last if variant.channels_last else torch.contiguous_format
        self.network: SegmentationNetwork = build(recipe.architecture, 11, recipe.variant).train()
        self.network.to(device, memory_format=order)  # type: ignore[call-overload]
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=1e-3)
        size = (recipe.crop_height, recipe.crop_width)
        self.pictures = torch.randn(batch_size, 3, *size, device=device).contiguous(memory_format=order)
        self.labels = torch.randint(0, 11, (batch_size, *size), device=device)

    def step(self, phase: int) -> Tensor:
        """As `bisenet.step` does it."""
        autocast = self.variant.precision is not torch.float32
        with torch.autocast(self.device.type, self.variant.precision, enabled=autocast):
            outputs = self.network.forward_train(self.pictures)
        loss = segmentation_loss(
            outputs,
            self.labels,
            255,
            self.network.logits_upsampling,
            self.recipe.pixel_loss(),
            strides=self.variant.strides,
            phase=phase,
        )
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        return loss.detach()


def seconds(trainee: Trainee, steps: int) -> float:
    """Of a step, the mean of some in a row, after one that is not counted."""
    if trainee.device.type == "cpu":
        (keep_freed_memory if trainee.variant.keeps_memory else give_memory_back)()
    wait: Callable[[], None] = torch.cuda.synchronize if trainee.device.type == "cuda" else lambda: None
    trainee.step(0)
    wait()
    begin = time.perf_counter()
    for number in range(steps):
        loss = trainee.step(number)
        if trainee.variant.reads_each_loss:
            float(loss)
    wait()
    return (time.perf_counter() - begin) / steps


def give_memory_back() -> None:
    """What glibc does by itself (malloc.h: M_MMAP_MAX, M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_TOP_PAD)."""
    libc = ctypes.CDLL(None)
    for key, value in ((-4, 65536), (-1, 131072), (-3, 131072), (-2, 131072)):
        libc.mallopt(key, value)
    libc.malloc_trim(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipe", default="street-x39")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    recipe, device = load_recipe(arguments.recipe), resolve_device(arguments.device)
    trainees = [Trainee(recipe, variant, device, arguments.batch_size) for variant in variants(recipe, device)]
    times: list[list[float]] = [[] for _ in trainees]
    for _ in range(arguments.rounds):
        for taken, trainee in zip(times, trainees, strict=True):
            taken.append(seconds(trainee, arguments.steps))
    crop = f"{recipe.crop_width}x{recipe.crop_height}"
    where = device_name(device) + (f", {arguments.threads} threads" if device.type == "cpu" else "")
    print(f"{recipe.name}, batches of {arguments.batch_size} crops of {crop}, torch {torch.__version__}, {where}\n")
    print("| | img/s | to plain |\n|---|---|---|")
    plain = statistics.median(times[0])
    for taken, trainee in zip(times, trainees, strict=True):
        median = statistics.median(taken)
        print(f"| {trainee.variant.name} | {arguments.batch_size / median:.2f} | {plain / median:.2f} |")


if __name__ == "__main__":
    main()
