"""Fused kernels are called with the right arguments, and done without where cuDNN has none."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bisenet.engines.cuda import fusing
from bisenet.engines.cuda.fusing import fuse_activations
from bisenet.layers import fold_batchnorm
from bisenet.zoo import build

ARCHITECTURES = [("bisenetv1-x39", "torchseg"), ("bisenetv1-r18", "torchseg"), ("bisenetv2", "coincheung")]


def folded(architecture: str, variant: str) -> nn.Module:
    torch.manual_seed(0)
    network = build(architecture, 5, variant)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.5, 0.5)  # type: ignore[arg-type]
            nn.init.uniform_(module.bias, -0.5, 0.5)
    network.eval()
    network.aux_heads = nn.ModuleList()
    fold_batchnorm(network)
    return network.requires_grad_(requires_grad=False)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """cuDNN's two kernels as the documentation has them, on the processor, and what was called."""
    called = []

    def conv_relu(x: Tensor, weight: Tensor, bias: Tensor, *how: Any) -> Tensor:
        called.append("relu")
        return F.relu(F.conv2d(x, weight, bias, *how))

    def conv_add_relu(x: Tensor, weight: Tensor, z: Tensor, alpha: float, bias: Tensor, *how: Any) -> Tensor:
        called.append("add")
        return F.relu(F.conv2d(x, weight, bias, *how) + alpha * z)

    monkeypatch.setattr(torch, "cudnn_convolution_relu", conv_relu)
    monkeypatch.setattr(torch, "cudnn_convolution_add_relu", conv_add_relu)
    monkeypatch.setattr(fusing, "_is_on_card", lambda _: True)
    return called


@pytest.mark.parametrize(("architecture", "variant"), ARCHITECTURES)
def test_outputs_stay(architecture: str, variant: str, calls: list[str]) -> None:
    plain, fused = folded(architecture, variant), folded(architecture, variant)
    fuse_activations(fused)
    x = torch.randn(1, 3, 64, 96)
    torch.testing.assert_close(fused(x), plain(x), rtol=1e-4, atol=1e-4)
    assert calls.count("relu") >= 10
    assert calls.count("add") == (8 if "r18" in architecture else 0)


@pytest.mark.usefixtures("calls")
def test_what_cudnn_refuses_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuses(*_: object) -> Tensor:
        asked.append(1)
        raise RuntimeError("cuDNN error: CUDNN_STATUS_NOT_SUPPORTED")

    monkeypatch.setattr(torch, "cudnn_convolution_relu", refuses)
    plain, fused = folded(*ARCHITECTURES[0]), folded(*ARCHITECTURES[0])
    fuse_activations(fused)
    x = torch.randn(1, 3, 64, 96)
    for _ in range(2):
        torch.testing.assert_close(fused(x), plain(x), rtol=1e-4, atol=1e-4)
    assert len(asked) == sum(isinstance(module, fusing._FusedConv) for module in fused.modules()) > 10


@pytest.mark.usefixtures("calls")
def test_short_memory_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(torch, "cudnn_convolution_relu", fails)
    fused = folded(*ARCHITECTURES[0])
    fuse_activations(fused)
    with pytest.raises(torch.OutOfMemoryError):
        fused(torch.randn(1, 3, 64, 96))
