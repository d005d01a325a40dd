"""How heavy a network is: parameters and multiply-adds, counted, not typed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.utils.flop_counter import FlopCounterMode

from bisenet.network import SegmentationNetwork


@dataclass(frozen=True, slots=True)
class Complexity:
    """Of the inference path: auxiliary heads are left out."""

    parameters: int
    macs: int
    """Multiply-adds of convolutions and matrix products, for one picture. The papers' "FLOPs" are these."""

    @property
    def mebibytes(self) -> float:
        """Of the parameters as float32; the V1 paper's "Parameters" column."""
        return self.parameters * 4 / 2**20


def complexity(build: Callable[[], SegmentationNetwork], width: int, height: int) -> Complexity:
    """Count for a network input of that size. Nothing is allocated or computed: it runs on the meta device."""
    with torch.device("meta"), torch.no_grad():
        network = build().eval()
        counter = FlopCounterMode(display=False)
        with counter:
            network(torch.empty(1, 3, height, width))
    parameters = sum(value.numel() for name, value in network.named_parameters() if not name.startswith("aux_heads."))
    return Complexity(parameters, counter.get_total_flops() // 2)
