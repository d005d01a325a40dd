"""How a run begins: the network, fresh or from another model, its card, and the state around it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

import torch
from torch import nn

from bisenet.card import IMAGENET_MEAN, IMAGENET_STD, ModelCard
from bisenet.classes import ClassSet
from bisenet.data.files import SegmentationFiles
from bisenet.distributed import World, synchronise_statistics
from bisenet.engines.processor import has_bf16
from bisenet.errors import ConfigError
from bisenet.network import SegmentationNetwork
from bisenet.optimisation import AveragedWeights, freeze, make_optimizer
from bisenet.probe import fit_rows
from bisenet.recipe import Recipe
from bisenet.run_folder import TrainingState
from bisenet.segmenter import Segmenter
from bisenet.zoo import ARCHITECTURES, build

_SHORT_SIDE = 480
_ALIKE = (
    ("pedestrian", "person"), ("pavement", "sidewalk"), ("tree", "vegetation"), ("car", "vehicle"),
    ("bicyclist", "cyclist", "rider"), ("sign", "traffic sign"), ("pole", "post"),
)  # fmt: skip
"""Names of classes that are a good start for one another. Where one means more (a vehicle may be a lorry), training
teaches the rest."""


def completed(recipe: Recipe, donor: Segmenter | None, device: torch.device) -> Recipe:
    """The recipe with what it leaves to the model it starts from, and to the device."""
    if donor and not recipe.architecture:
        recipe = dataclasses.replace(recipe, architecture=donor.card.architecture, variant=donor.card.variant)
    if not recipe.short_side:
        recipe = dataclasses.replace(recipe, short_side=donor.card.short_side if donor else _SHORT_SIDE)
    if recipe.precision == "auto":
        recipe = dataclasses.replace(recipe, precision=_fitting_precision(device))
    return recipe


def _fitting_precision(device: torch.device) -> Literal["f32", "bf16", "f16"]:
    """Emulated bfloat16 is slower than float32: ten times and more on a processor."""
    if device.type == "cuda":
        with torch.cuda.device(device):
            return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "f16"
    return "bf16" if device.type == "cpu" and has_bf16() else "f32"


def card_of(recipe: Recipe, classes: ClassSet, data: Sequence[str], donor: Segmenter | None) -> ModelCard:
    """The card of what a recipe makes, before it is made. Raises ConfigError for an unknown architecture."""
    if recipe.architecture not in ARCHITECTURES:
        raise ConfigError(f"unknown architecture {recipe.architecture!r}: choose one of {', '.join(ARCHITECTURES)}")
    variant = recipe.variant or next(iter(ARCHITECTURES[recipe.architecture]))
    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in dataclasses.asdict(recipe).items()}
    return ModelCard(
        recipe.name,
        recipe.architecture,
        variant,
        classes,
        recipe.short_side,
        mean=donor.card.mean if donor else IMAGENET_MEAN,
        std=donor.card.std if donor else IMAGENET_STD,
        licence=recipe.licence or (donor.card.licence if donor else ""),
        training={"data": list(data), "recipe": plain},
    )


def fresh_state(
    recipe: Recipe,
    card: ModelCard,
    world: World,
    donor: Segmenter | None,
    data: Sequence[SegmentationFiles] = (),
) -> TrainingState:
    """The state before the first step, on the world's device.

    data: for the classes that the donor does not know by name: their classifier rows are fitted to it. Raises
    ConfigError when the donor does not fit, DataError for a damaged picture.
    """
    torch.manual_seed(recipe.seed)
    network = build(card.architecture, len(card.classes), card.variant)
    if donor:
        kept = start_from(network, card.classes.names, donor)
        if world.first:
            print(f"starting from {donor.card.name}; classes that keep their weights: {', '.join(kept) or 'none'}")
    network.to(world.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    if donor and data:
        _fit_unknown(network, card, donor, data, world)
    freeze(network, recipe.frozen_parts)
    synchronise_statistics(network, world)
    return TrainingState(
        network,
        make_optimizer(network, recipe),
        torch.amp.GradScaler(world.device.type, enabled=recipe.precision == "f16"),
        AveragedWeights(network, recipe.ema_decay),
        iteration=0,
        best=-1.0,
        history=[],
    )


def start_from(network: nn.Module, classes: Sequence[str], donor: Segmenter) -> list[str]:
    """Copy a trained model's weights; classifier rows go by class name, or by one of `_ALIKE`.

    Returns the names that got a row, with the donor's where that is another. Raises ConfigError when the donor is of
    another architecture.
    """
    given = donor.network.state_dict()
    names = donor.card.classes.names
    rows = [(name, _nearest(name, names)) for name in classes]
    here = [place for place, (_, near) in enumerate(rows) if near is not None]
    there = [names.index(near) for _, near in rows if near is not None]
    for key, value in network.state_dict().items():
        if key not in given or given[key].shape[1:] != value.shape[1:]:
            raise ConfigError(
                f"cannot start from {donor.card.name}: it is {donor.card.architecture} {donor.card.variant}, unlike "
                "the recipe"
            )
        if ".classifier." in key:
            value[here] = given[key][there]
        else:
            value.copy_(given[key])
    return [name if name == near else f"{name} (of {near})" for name, near in rows if near is not None]


def _fit_unknown(
    network: SegmentationNetwork, card: ModelCard, donor: Segmenter, data: Sequence[SegmentationFiles], world: World
) -> None:
    names = card.classes.names
    unknown = [place for place, name in enumerate(names) if _nearest(name, donor.card.classes.names) is None]
    if unknown and (count := fit_rows(network, card, unknown, data)) and world.first:
        print(f"fitted to {count} pictures: {', '.join(names[place] for place in unknown)}")


def _nearest(name: str, names: Sequence[str]) -> str | None:
    """The same name among others, or one that is like it."""
    if name in names:
        return name
    return next((other for group in _ALIKE if name in group for other in group if other in names), None)
