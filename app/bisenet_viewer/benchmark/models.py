"""From what was named on the command line to a model: one with weights, or a network of the papers without."""

from __future__ import annotations

from bisenet.card import ModelCard
from bisenet.classes import load_classes
from bisenet.segmenter import Segmenter, load
from bisenet.zoo import build
from bisenet_viewer.benchmark.plan import is_network

_CLASSES = "cityscapes19"
"""The data set that the papers' speeds are of."""


def untrained(network: str) -> Segmenter:
    """`ARCHITECTURE/VARIANT` with random weights and 19 classes. Raises ConfigError for an unknown network."""
    architecture, _, variant = network.partition("/")
    classes = load_classes(_CLASSES)
    card = ModelCard(
        name=f"{architecture}-{variant}",
        architecture=architecture,
        variant=variant,
        classes=classes,
        short_side=512,
        training={"untrained": True},
    )
    return Segmenter(build(architecture, len(classes), variant).eval(), card)


def with_network(model: str) -> Segmenter:
    """A model whose network torch can run. Raises CheckpointError, also for exported models, and ConfigError."""
    return untrained(model) if is_network(model) else load(model)
