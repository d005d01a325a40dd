"""Shapes, sizes and the public way to build and fold networks."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

import pytest
import torch

from bisenet import build
from bisenet.complexity import complexity
from bisenet.errors import ConfigError
from bisenet.layers import ConvBN, fold_batchnorm
from bisenet.zoo import ARCHITECTURES

ALL = [(architecture, variant) for architecture, variants in ARCHITECTURES.items() for variant in variants]

BUILT_DIFFERENTLY = [
    ("bisenetv1-x39", "torchseg"),
    ("bisenetv1-x39", "u-shape-4s"),
    ("bisenetv1-x39", "cp-sp-sum"),
    ("bisenetv1-r18", "coincheung"),
    ("bisenetv1-r18", "coincheung-2020"),
    ("bisenetv1-r18", "mmseg"),
    ("bisenetv1-r101", "torchseg"),
    ("bisenetv2", "coincheung"),
    ("bisenetv2", "mmseg"),
    ("fcn32s-x39", "paper"),
    ("segnet", "paper"),
    ("enet", "paper"),
]
"""Every part of every network is in one of these."""

STRIDES = {"fcn32s-x39": 32, "fcn32s-r18": 32, "segnet": 1, "enet": 1}
"""Of the logits, where they are not 8."""


@pytest.mark.parametrize(
    ("architecture", "variant", "height", "width"),
    [(*names, 37, 131) for names in ALL]
    + [
        (architecture, variant, *size)
        for architecture, variant in (("bisenetv1-x39", "torchseg"), ("bisenetv1-r18", "mmseg"), ("bisenetv2", "mmseg"))
        for size in ((64, 96), (33, 50), (360, 33))
    ],
)
def test_logits_have_a_part_of_any_size_rounded_up(architecture: str, variant: str, height: int, width: int) -> None:
    network = build(architecture, 5, variant).eval()
    with torch.no_grad():
        logits = network(torch.randn(2, 3, height, width))
    assert network.stride == STRIDES.get(architecture, 4 if variant == "u-shape-4s" else 8)
    assert logits.shape == (2, 5, -(-height // network.stride), -(-width // network.stride))


@pytest.mark.parametrize(("architecture", "variant"), BUILT_DIFFERENTLY)
def test_auxiliary_heads_follow_the_main_one(architecture: str, variant: str) -> None:
    network = build(architecture, 5, variant).train()
    outputs = network.forward_train(torch.randn(2, 3, 64, 128))
    assert len(outputs) == 1 + len(network.aux_strides)
    strides = (network.stride, *network.aux_strides)
    # Boosters of CoinCheung's V2 enlarge twice before their last convolutions.
    factor = 2 if (architecture.startswith("bisenetv2") and variant == "coincheung") else 1
    sizes = [(2, 5, 64 // stride, 128 // stride) for stride in strides]
    sizes[1:] = [(b, c, h * factor, w * factor) for b, c, h, w in sizes[1:]]
    assert [tuple(output.shape) for output in outputs] == sizes
    sum(output.mean() for output in outputs).backward()  # type: ignore[union-attr]
    assert all(p.grad is not None for p in network.parameters())


@pytest.mark.parametrize(
    ("architecture", "variant", "parameters"),
    [
        ("bisenetv1-x39", "torchseg", 1_541_963),
        ("bisenetv1-r18", "torchseg", 12_894_163),
        ("bisenetv1-r18", "coincheung", 13_275_539),
        ("bisenetv1-r18", "mmseg", 13_275_539),
        ("bisenetv1-r18", "torchseg-speed", 12_894_163),
        ("bisenetv1-r50", "mmseg", 56_873_299),
        ("bisenetv1-r101", "torchseg", 47_638_803),
        ("bisenetv2", "coincheung", 3_358_627),
        ("bisenetv2", "mmseg", 3_358_883),
    ],
)
def test_parameters_of_the_inference_path(architecture: str, variant: str, parameters: int) -> None:
    assert complexity(partial(build, architecture, 19, variant), 64, 64).parameters == parameters


@pytest.mark.parametrize(
    ("architecture", "variant", "size", "gmacs"),
    [
        ("bisenetv1-x39", "torchseg", (640, 360), 3.07),
        ("bisenetv1-x39", "torchseg", (1536, 768), 15.6),
        ("bisenetv1-r18", "torchseg", (640, 360), 11.58),
        ("bisenetv1-r18", "mmseg", (1024, 512), 29.6),
        ("bisenetv1-r101", "torchseg", (640, 360), 48.7),
        ("bisenetv2", "mmseg", (1024, 512), 24.6),
    ],
)
def test_multiply_adds(architecture: str, variant: str, size: tuple[int, int], gmacs: float) -> None:
    assert complexity(partial(build, architecture, 19, variant), *size).macs / 1e9 == pytest.approx(gmacs, rel=3e-3)


@pytest.mark.parametrize(("architecture", "variant"), BUILT_DIFFERENTLY)
def test_folding_keeps_the_function(architecture: str, variant: str) -> None:
    network = build(architecture, 5, variant)
    x = torch.randn(2, 3, 64, 96)
    for _ in range(3):  # running statistics that are not those of a fresh network
        network.forward_train(x * 2 + 1)
    network.eval()
    with torch.no_grad():
        before = network(x)
        fold_batchnorm(network)
        after = network(x)
    assert not any(isinstance(m.bn, torch.nn.BatchNorm2d) for m in network.modules() if isinstance(m, ConvBN))
    torch.testing.assert_close(after, before, rtol=1e-3, atol=1e-4 * float(before.abs().max()))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("bisenetv3", 19, None), "unknown architecture 'bisenetv3': choose one of bisenetv1-x39"),
        (("bisenetv2", 19, "torchseg"), "bisenetv2 has no variant 'torchseg': choose one of coincheung, mmseg"),
        (("bisenetv2", 0, None), "num_classes must be 1 to 255, got 0"),
    ],
)
def test_what_cannot_be_built(arguments: tuple[str, int, str | None], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(*arguments)


def test_importing_the_package_brings_no_qt_no_av_and_no_torch() -> None:
    code = "import sys, bisenet; print([m for m in ('PyQt6', 'av', 'torch', 'cv2') if m in sys.modules])"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "[]"
