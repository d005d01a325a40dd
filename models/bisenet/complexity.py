"""How heavy a network is: parameters and multiply-adds, counted, not typed in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from bisenet.network import SegmentationNetwork
from bisenet.zoo import ARCHITECTURES


@dataclass(frozen=True, slots=True)
class Complexity:
    """Of the inference path: auxiliary heads are left out."""

    parameters: int
    macs: int
    """Multiply-adds of the convolutions, for one picture. The V1 paper's "FLOPS" of its own networks are these."""

    @property
    def mebibytes(self) -> float:
        """Of the parameters as float32; the V1 paper's "Parameters" of its own networks."""
        return self.parameters * 4 / 2**20


def complexity(build: Callable[[], SegmentationNetwork], width: int, height: int) -> Complexity:
    """Count for a network input of that size. Nothing is allocated or computed: it runs on the meta device."""
    with torch.device("meta"):
        network = build().eval()
    parameters = sum(value.numel() for name, value in network.named_parameters() if not name.startswith("aux_heads."))
    macs = 0

    def count(conv: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        nonlocal macs
        assert isinstance(conv, nn.Conv2d | nn.ConvTranspose2d)
        # A convolution gathers at every place of its output; a transposed one scatters from every place of its input.
        places = inputs[0] if conv.transposed else output
        macs += places.numel() * conv.weight[0].numel()

    for module in list(network.modules()):
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            module.register_forward_hook(count)
        for name, child in module.named_children():
            if isinstance(child, nn.BatchNorm2d):
                # It keeps shapes, and on the meta device it takes most of the time.
                setattr(module, name, nn.Identity())
    with torch.no_grad():
        network(torch.empty(1, 3, height, width, device="meta"))
    return Complexity(parameters, macs)


@functools.cache
def counted(architecture: str, variant: str, num_classes: int, width: int, height: int) -> Complexity:
    """`complexity` of a network in the zoo, by its name."""
    # Not `zoo.build`: to initialise weights that nobody reads takes as long as to count them.
    return complexity(functools.partial(ARCHITECTURES[architecture][variant], num_classes), width, height)
