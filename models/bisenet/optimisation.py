"""The parts of an optimiser step that are ours: learning rate, parameter groups, class weights, averaged weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from bisenet.data.camvid import SegmentationFiles
from bisenet.recipe import Recipe


def learning_rate(iteration: int, recipe: Recipe) -> float:
    """Linear warm-up, then poly decay (V1 section 4.1): base * (1 - iteration / iterations) ** power."""
    if iteration < recipe.warmup_iterations:
        return recipe.learning_rate * (iteration + 1) / recipe.warmup_iterations
    remaining = 1.0 - iteration / recipe.iterations
    return recipe.learning_rate * float(remaining**recipe.poly_power)


def parameter_groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Weight decay on convolution weights only: batch normalisation and biases are exempt."""
    decayed = [p for p in network.parameters() if p.ndim > 1]
    exempt = [p for p in network.parameters() if p.ndim <= 1]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": exempt, "weight_decay": 0.0}]


def class_weights(data: Sequence[SegmentationFiles], classes: int, power: float) -> Tensor:
    """(classes,) float weights: frequency to the power of -power, scaled so that the mean over pixels is 1."""
    counts = torch.zeros(256, dtype=torch.float64)
    for dataset in data:
        for index in range(len(dataset)):
            labels = torch.from_numpy(dataset.read(index)[1])
            counts += torch.bincount(labels.flatten(), minlength=256)
    frequency = counts[:classes].clamp_min(1) / counts[:classes].sum().clamp_min(1)
    weights = frequency**-power
    return (weights / (weights * frequency).sum()).float()


class AveragedWeights:
    """Exponential moving average of a network's weights and statistics, warmed up so that early ones do not linger."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.state = {key: value.detach().clone() for key, value in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, iteration: int) -> None:
        """Take in the weights after `iteration` (from 0)."""
        decay = min(self.decay, (1 + iteration) / (10 + iteration))
        for key, value in network.state_dict().items():
            if value.is_floating_point():
                self.state[key].lerp_(value, 1 - decay)
            else:
                self.state[key].copy_(value)
