"""Checkpoints of other implementations, turned into files of ours."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn

from bisenet.card import IMAGENET_MEAN, IMAGENET_STD, ModelCard
from bisenet.checkpoint import network_of, save_checkpoint
from bisenet.classes import ClassSet, load_classes, matching_classes
from bisenet.errors import CheckpointError, ConfigError
from bisenet.foreign.reading import ForeignFile, read_foreign
from bisenet.foreign.recognise import Recognised, family_of, recognise
from bisenet.network import SegmentationNetwork
from bisenet.registry import Published, load_registry

Triple = tuple[float, float, float]

_SHORT_SIDES = {"cityscapes19": 1024, "camvid11": 720}
_SHORT_SIDE = 512
"""As the published configurations have it for data sets of photographs."""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What a checkpoint expects of its input; None is found out from what the file is."""

    mean: Triple | None = None
    std: Triple | None = None
    """Of RGB in 0 to 1, whatever the colour order."""
    color_order: Literal["RGB", "BGR"] = "RGB"
    short_side: int | None = None

    def __post_init__(self) -> None:
        if (self.mean is None) != (self.std is None):
            raise ConfigError("mean and std belong together: give both or none")


def convert(
    file: Path,
    output: Path,
    *,
    family: str = "auto",
    name: str | None = None,
    classes: ClassSet | None = None,
    preprocessing: Preprocessing = Preprocessing(),
    published: Published | None = None,
) -> ModelCard:
    """Write the weights of a foreign checkpoint as a model of ours; returns its card.

    family: `torchseg`, `coincheung`, `mmseg`, or `auto` to find it out. name: of the model; None: that of the output.
    classes: None takes the class list in the file, else the published one, else the known one with as many classes.
    published: the registry's entry that the file is said to be. Everything stays float32: the outputs are those of the
    original. Raises CheckpointError when the file does not fit, ConfigError when something unknown has to be given.
    """
    content = read_foreign(file)
    try:
        found = recognise(content.state, family)
        if published and (found.architecture, found.variant) != (published.architecture, published.variant):
            expected = f"{published.architecture} {published.variant}"
            raise CheckpointError(f"is {found.architecture} {found.variant}, and {published.name} is {expected}")
        network = network_of(found.architecture, found.num_classes, found.variant, found.state)
        card = _card(found, content, name or output.stem, classes, preprocessing, published)
    except CheckpointError as error:
        raise CheckpointError(f"{file}: {error}") from error
    training: dict[str, Any] = {
        "origin": {
            "file": file.name,
            "sha256": _sha256(file),
            "family": family_of(found.variant),
            "url": published.url if published else "",
            "notes": published.notes if published else "",
        }
    }
    if published:
        training["reported"] = {"miou": published.miou, "split": published.split, "by": published.reported_by}
    card = replace(card, training=training)
    if card.color_order == "BGR":
        _take_rgb(network)
    save_checkpoint(output, network, card, half=False)
    return card


@torch.no_grad()
def _take_rgb(network: SegmentationNetwork) -> None:
    """Turn the convolutions that read the picture, so that a network trained on BGR takes RGB."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and module.in_channels == 3:
            module.weight.copy_(module.weight.flip(1))


def _card(
    found: Recognised,
    content: ForeignFile,
    name: str,
    classes: ClassSet | None,
    given: Preprocessing,
    published: Published | None,
) -> ModelCard:
    """Without its story."""
    class_set = classes or _classes(found, content, published)
    if len(class_set) != found.num_classes:
        raise CheckpointError(f"has {found.num_classes} classes, and the class list {class_set.name} {len(class_set)}")
    mean, std = _mean_std(found, class_set, given, published)
    short_side = given.short_side or (
        published.short_side if published else _SHORT_SIDES.get(class_set.name, _SHORT_SIDE)
    )
    return ModelCard(
        name,
        found.architecture,
        found.variant,
        class_set,
        short_side,
        mean,
        std,
        given.color_order,
        licence=published.licence if published else "",
    )


def _classes(found: Recognised, content: ForeignFile, published: Published | None) -> ClassSet:
    known = load_classes(published.classes) if published else matching_classes(found.num_classes)
    if content.class_names and (known is None or content.class_names != known.names):
        if len(content.palette) != len(content.class_names):
            raise CheckpointError("names its classes but not their colours: give a class list with --classes")
        return ClassSet("custom", content.class_names, content.palette)
    if known is None:
        raise CheckpointError(
            f"has {found.num_classes} classes and does not name them: give a class list with --classes"
        )
    return known


def _mean_std(
    found: Recognised, class_set: ClassSet, given: Preprocessing, published: Published | None
) -> tuple[Triple, Triple]:
    if given.mean and given.std:
        return given.mean, given.std
    if published:
        return published.mean, published.std
    family = family_of(found.variant)
    if family != "coincheung":
        return IMAGENET_MEAN, IMAGENET_STD
    # CoinCheung's models have the mean and std of their data set.
    for entry in load_registry().values():
        if family_of(entry.variant) == family and entry.classes == class_set.name:
            return entry.mean, entry.std
    raise ConfigError(
        "CoinCheung's code normalises by the mean and std of the data set: give those of its configuration "
        "with --mean and --std"
    )


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
