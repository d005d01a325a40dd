"""A network alone on a card: inputs there, logits there, with or without a CUDA graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from benchmarks.gpu.capturing import captured
from benchmarks.gpu.subjects import Size
from benchmarks.gpu.timing import device_ms
from torch import Tensor

from bisenet.engines.cuda.network import CardNetwork

_INPUTS = 3


@dataclass(frozen=True, slots=True)
class Resting:
    """A network with inputs that take turns, so that none is in a cache when it is needed."""

    device: torch.device
    inputs: list[Tensor]
    place: Tensor
    """Where the network reads."""
    run: Callable[[], object]

    def ms(self, calls: int) -> list[float]:
        """Milliseconds of each call; the copy of its input is not counted."""
        return device_ms(
            lambda _: self.run(),
            self.device,
            calls,
            before=lambda number: self.place.copy_(self.inputs[number % len(self.inputs)]),
        )


def ready(network: CardNetwork, imgsz: Size, batch: int, device: torch.device, *, graph: bool) -> Resting:
    """Prepare it for an input size (width, height), and capture it where that is wanted and can be."""
    shape: tuple[int, ...] = (batch, 3, imgsz[1], imgsz[0])
    if network.takes == torch.uint8:
        shape = (batch, imgsz[1], imgsz[0], 3)
        inputs = [torch.randint(0, 256, shape, dtype=torch.uint8, device=device) for _ in range(_INPUTS)]
    else:
        order = torch.channels_last
        inputs = [torch.randn(shape, device=device).to(network.takes, memory_format=order) for _ in range(_INPUTS)]
    place = inputs[0].clone()

    @torch.inference_mode()
    def run() -> None:
        network(place)

    @torch.inference_mode()
    def prepare() -> None:
        network.prepare(place)

    if graph and network.capturable:
        return Resting(device, inputs, place, captured(run, device, prepare))
    prepare()
    return Resting(device, inputs, place, run)
