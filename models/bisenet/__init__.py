"""BiSeNet: networks, weights, training, evaluation, engines.

    model = bisenet.load("street-x39")            # name or path -> Segmenter
    labels = model.segment(rgb)                   # (H, W, 3) uint8 -> (H, W) uint8
    logits = model.network(x)                     # (N, 3, H, W) float, normalised -> (N, C, ceil(H/8), ceil(W/8))
    net = bisenet.build("bisenetv1-r18", num_classes=19, variant="torchseg")

Importing the package is cheap: torch comes with the first name that needs it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bisenet.segmenter import Segmenter, load
    from bisenet.zoo import build

__all__ = ["Segmenter", "build", "load"]

_HOME = {"Segmenter": "bisenet.segmenter", "load": "bisenet.segmenter", "build": "bisenet.zoo"}


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'bisenet' has no attribute {name!r}")
