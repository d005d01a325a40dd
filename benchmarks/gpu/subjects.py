"""What is measured: a network of each architecture, and pictures to run it on."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from bisenet.card import ModelCard
from bisenet.classes import load_classes
from bisenet.pictures import resized
from bisenet.segmenter import Segmenter, load
from bisenet.weights import bundled_models
from bisenet.zoo import build

Rgb = NDArray[np.uint8]
"""(H, W, 3) uint8."""
Size = tuple[int, int]
"""Width and height."""

SUBJECTS = {
    "x39": ("street-x39", "bisenetv1-x39", "torchseg"),
    "r18": ("street-r18", "bisenetv1-r18", "torchseg"),
    "v2": ("street-v2", "bisenetv2", "coincheung"),
}
"""Short name -> the model that comes with the project, and what is built where it does not."""
_STREET_SIZE = (2048, 1024)
_TIMES_S = (0.0, 3.0, 7.0, 12.0)


def subject(name: str) -> Segmenter:
    """With the weights that come with the project, or untrained ones; on the host, in float32."""
    model, architecture, variant = SUBJECTS[name]
    return load(model) if model in bundled_models() else untrained(architecture, variant)


def untrained(architecture: str, variant: str) -> Segmenter:
    """Random weights, always the same, and 19 classes. Normalisation has seen noise: no map dies or explodes."""
    classes = load_classes("cityscapes19")
    generator = torch.Generator().manual_seed(7)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(7)
        network = build(architecture, len(classes), variant).train()
        for _ in range(6):
            coarse = torch.randn(2, 3, 8, 16, generator=generator)
            network(torch.nn.functional.interpolate(coarse, (128, 256), mode="bicubic"))
    name = f"{architecture}-{variant}"
    return Segmenter(network.eval(), ModelCard(name, architecture, variant, classes, 512, training={"untrained": True}))


def is_untrained(model: Segmenter) -> bool:
    """Whether its weights are random."""
    return bool(model.card.training.get("untrained"))


def street(folder: Path) -> list[Rgb]:
    """Four moments of the drawn street at 2048x1024; drawn once, kept in the folder for other steps."""
    kept = folder / "street.npy"
    if not kept.is_file():
        from bisenet_viewer.sources.street.scene import Street

        scene = Street(*_STREET_SIZE)
        partial = folder / "street.partial.npy"
        np.save(partial, np.stack([scene.render(time_s)[0] for time_s in _TIMES_S]))
        partial.replace(kept)
    return list(np.load(kept))


def scenes(folder: Path, size: Size, picture: Path | None = None) -> list[Rgb]:
    """The street, and a picture of one's own where there is one, at a size."""
    found = street(folder)
    if picture is not None:
        bgr = cv2.imread(str(picture))
        if bgr is None:
            raise ValueError(f"{picture.name} is no picture that OpenCV can read")
        found.append(np.ascontiguousarray(bgr[..., ::-1].astype(np.uint8)))
    return [resized(rgb, size) for rgb in found]


def noise(size: Size, count: int) -> list[Rgb]:
    """Pictures without any structure, other ones in each run."""
    width, height = size
    return [np.random.default_rng().integers(0, 256, (height, width, 3), np.uint8) for _ in range(count)]


def rotation(folder: Path, size: Size, picture: Path | None = None) -> list[Rgb]:
    """What is run in turn where speed is measured: scenes and noise, too much for a cache to keep."""
    return scenes(folder, size, picture) + noise(size, 2)
