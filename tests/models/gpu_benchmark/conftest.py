"""Shared by the tests of `benchmarks/gpu`: a tiny network, tiny pictures, and the engine on a card that is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from benchmarks.gpu import engines
from benchmarks.gpu.context import Context
from benchmarks.gpu.effort import Effort
from benchmarks.gpu.findings import Findings
from torch import Tensor, nn

from bisenet.card import ModelCard
from bisenet.classes import load_classes
from bisenet.engines import Engine, EngineInfo
from bisenet.engines.cuda.engine import CudaEngine
from bisenet.engines.cuda.torch_network import TorchNetwork
from bisenet.errors import EngineError
from bisenet.layers import ConvBN
from bisenet.network import SegmentationNetwork
from bisenet.segmenter import Segmenter

from ..engines.conftest import smooth
from ..engines.cuda.fake_card import FakeCard

CPU = torch.device("cpu")
INSTANT = Effort(warm_s=0, rounds=2, seconds=0.01, calls=5, frames=1, loop_s=0, batches=(1, 2), slow_compilers=True)


class Plain(SegmentationNetwork):
    """Three convolutions of stride 2."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.convs = nn.Sequential(ConvBN(3, 8, 3, 2), ConvBN(8, 8, 3, 2))
        self.classifier = nn.Conv2d(8, classes, 3, 2, 1)
        self.aux_heads = nn.ModuleList()

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.classifier(self.convs(x))
        return logits

    def forward_train(self, x: Tensor) -> list[Tensor]:
        return [self(x)]


@pytest.fixture
def plain() -> Segmenter:
    """It sees regions of several classes; its card says that it is another, which can be counted."""
    classes = load_classes("camvid11")
    torch.manual_seed(3)
    card = ModelCard("plain", "bisenetv1-r18", "torchseg", classes, 64)
    return Segmenter(Plain(len(classes)).eval(), card)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """Of a step on the processor, with drawn pictures already there."""
    np.save(tmp_path / "street.npy", np.stack([smooth(64, 96), smooth(64, 96)[::-1]]))
    return Context(CPU, INSTANT, tmp_path, Findings(tmp_path / "step.json"))


@pytest.fixture
def engine_without_card(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Engine]:
    """What the benchmark opens is the project's own engine on a card that is none; others are not installed."""

    def opened(name: str, model: Segmenter, *, imgsz: tuple[int, int] | None, **_: object) -> Engine:
        if name != "torch":
            raise EngineError(f"{name} is not installed")
        network = TorchNetwork(model, device=CPU, precision="f32")
        info = EngineInfo("torch", model.card.name, "cuda:0", "a card", "f32")
        return CudaEngine(network, model.card, info, imgsz, FakeCard())

    monkeypatch.setattr(engines, "open_engine", opened)
    return opened
