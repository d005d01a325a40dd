"""Shared by the engines' tests: small models, pictures, and a cache of their own."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bisenet.card import ModelCard
from bisenet.classes import ClassSet
from bisenet.segmenter import Segmenter
from bisenet.zoo import build

FIVE = ClassSet("five", tuple("abcde"), ((0, 0, 0),) * 5)


@pytest.fixture(scope="session", autouse=True)
def engines_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Nothing is kept in the user's cache, and what one test has made of a model the next finds."""
    root = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BISENET_CACHE", str(root))
        yield root / "engines"


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The engines' folder in a cache of this test alone; it is not there yet."""
    monkeypatch.setenv("BISENET_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "engines"


def tiny(architecture: str, variant: str, short_side: int = 64) -> Segmenter:
    """With weights that make regions of several classes."""
    torch.manual_seed(1)
    network = build(architecture, 5, variant).train()
    with torch.no_grad():
        for _ in range(5):
            network.forward_train(torch.randn(2, 3, 64, 96))
    return Segmenter(network.eval(), ModelCard("tiny", architecture, variant, FIVE, short_side))


@pytest.fixture(scope="session")
def x39() -> Segmenter:
    """BiSeNetV1 on Xception39."""
    return tiny("bisenetv1-x39", "torchseg")


@pytest.fixture(scope="session")
def v2() -> Segmenter:
    """BiSeNetV2."""
    return tiny("bisenetv2", "mmseg")


def smooth(height: int, width: int) -> NDArray[np.uint8]:
    """A picture (height, width, 3) with regions, as pictures have and noise has not."""
    coarse = np.random.default_rng(3).integers(0, 256, (5, 7, 3), np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def need(engine: str) -> None:
    """Skip without the package."""
    if find_spec(engine) is None:
        pytest.skip(f"{engine} is not installed")
