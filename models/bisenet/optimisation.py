"""What a step needs beside the loss: learning rate, parameter groups, frozen parts, class weights, averaged weights."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from bisenet.data.files import SegmentationFiles
from bisenet.errors import ConfigError
from bisenet.recipe import Recipe


def learning_rate(iteration: int, recipe: Recipe) -> float:
    """Warm-up, then poly decay (V1 section 4.1) from its end to that of the run.

    Linear from `warmup_from` is mmsegmentation's, exponential CoinCheung's.
    """
    if iteration < recipe.warmup_iterations:
        done = (iteration + 1) / recipe.warmup_iterations
        if recipe.warmup == "exponential":
            return recipe.learning_rate * float(recipe.warmup_from ** (1 - done))
        return recipe.learning_rate * (recipe.warmup_from + (1 - recipe.warmup_from) * done)
    done = (iteration - recipe.warmup_iterations) / max(recipe.iterations - recipe.warmup_iterations, 1)
    return recipe.rate_floor + (recipe.learning_rate - recipe.rate_floor) * float((1 - done) ** recipe.poly_power)


def require_finite(loss: float, iteration: int) -> None:
    """Raise FloatingPointError unless the loss is a number."""
    if not math.isfinite(loss):
        raise FloatingPointError(f"the loss is {loss} at iteration {iteration}")


def parameter_groups(network: nn.Module, recipe: Recipe) -> list[dict[str, Any]]:
    """Groups with a `weight_decay` and a `factor` of the learning rate; frozen parameters are in none.

    Weight decay is on convolution weights only: batch normalisation and biases are exempt (as with the V1 authors and
    CoinCheung).
    """
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            groups.setdefault((is_part(name, recipe.fast_parts), parameter.ndim > 1), []).append(parameter)
    return [
        {
            "params": parameters,
            "weight_decay": recipe.weight_decay if decays else 0.0,
            "factor": recipe.fast_factor if fast else 1.0,
        }
        for (fast, decays), parameters in groups.items()
    ]


def make_optimizer(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """As the recipe says; the learning rate is set before each step."""
    groups = parameter_groups(network, recipe)
    if recipe.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=0.0)
    return torch.optim.SGD(groups, lr=0.0, momentum=recipe.momentum)


def is_part(name: str, parts: Sequence[str]) -> bool:
    """Whether a module or parameter lies in one of the parts: `head.conv` in `head`, but not in `he`."""
    return any(name == part or name.startswith(f"{part}.") for part in parts)


def freeze(network: nn.Module, parts: Sequence[str]) -> None:
    """Keep the weights of these parts. Raises ConfigError for a part that the network does not have."""
    names = [name for name, _ in network.named_modules()]
    for part in parts:
        if part not in names:
            near = difflib.get_close_matches(part, names, 1)
            raise ConfigError(f"the network has no part {part!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(not is_part(name, parts))


def train_mode(network: nn.Module, frozen: Sequence[str]) -> None:
    """Train mode, but for the frozen parts: their normalisation keeps its statistics."""
    network.train()
    for name, module in network.named_modules():
        if is_part(name, frozen):
            module.eval()


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
