"""FCN-32s, SegNet and ENet: sizes, the published figures, and what makes each of them what it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor, nn

from bisenet.backbones import Xception39, resnet18
from bisenet.baselines import ENet, Fcn32s, SegNet, UpBottleneck, _pool, _unpool
from bisenet.complexity import complexity
from bisenet.layers import ConvBN, fold_batchnorm, initialise
from bisenet.network import SegmentationNetwork

Build = Callable[[int], SegmentationNetwork]

BASELINES: dict[str, Build] = {
    "fcn32s-x39": partial(Fcn32s, Xception39),
    "fcn32s-r18": partial(Fcn32s, resnet18),
    "segnet": SegNet,
    "enet": ENet,
}


@pytest.fixture(params=BASELINES, scope="module")
def build(request: pytest.FixtureRequest) -> Build:
    return BASELINES[request.param]


@pytest.mark.parametrize(("height", "width"), [(64, 96), (33, 50), (37, 63), (1, 1)])
def test_logits_have_a_part_of_any_size_rounded_up(build: Build, height: int, width: int) -> None:
    network = build(5).eval()
    with torch.no_grad():
        logits = network(torch.randn(1, 3, height, width))
    assert logits.shape == (1, 5, -(-height // network.stride), -(-width // network.stride))


def test_training_reaches_every_parameter(build: Build) -> None:
    network = build(5).train()
    (logits,) = network.forward_train(torch.randn(2, 3, 40, 72))
    logits.square().mean().backward()  # type: ignore[no-untyped-call]
    assert [name for name, p in network.named_parameters() if p.grad is None] == []
    assert network.aux_strides == ()


def test_folding_keeps_the_function(build: Build) -> None:
    network = build(5)
    initialise(network)
    x = torch.randn(2, 3, 64, 64)
    network.forward_train(x * 2 + 1)  # running statistics that are not those of a fresh network
    network.eval()
    with torch.no_grad():
        before = network(x)
        fold_batchnorm(network)
        after = network(x)
    assert not any(isinstance(m.bn, nn.BatchNorm2d) for m in network.modules() if isinstance(m, ConvBN))
    torch.testing.assert_close(after, before, rtol=1e-3, atol=1e-4 * float(before.abs().max()))


@pytest.mark.parametrize(
    ("name", "parameters", "gmacs", "published"),
    [
        # The published figure is what the V1 paper prints, as multiply-adds; the counts are exact.
        ("fcn32s-x39", 304_331, 0.18710, 0.1855),
        ("fcn32s-r18", 11_186_259, 8.49768, 8.3),
        ("segnet", 29_446_035, 143.34493, 286.0 / 2),
        ("enet", 363_618, 1.72356, 3.8 / 2),
    ],
)
def test_the_figures_of_the_v1_paper(name: str, parameters: int, gmacs: float, published: float) -> None:
    counted = complexity(partial(BASELINES[name], 19), 640, 360)
    assert counted.parameters == parameters
    assert counted.macs / 1e9 == pytest.approx(gmacs, rel=1e-4)
    assert counted.macs / 1e9 == pytest.approx(published, rel=0.1 if name == "enet" else 0.025)


def test_parameters_in_the_papers_own_units() -> None:
    """Mebibytes of float32 for the V1 authors' networks, millions for SegNet and ENet, which other papers counted."""
    counted = {name: complexity(partial(build, 19), 64, 64) for name, build in BASELINES.items()}
    assert [round(counted[name].mebibytes, 1) for name in ("fcn32s-x39", "fcn32s-r18")] == [1.2, 42.7]
    assert round(counted["segnet"].parameters / 1e6, 1) == pytest.approx(29.5, abs=0.11)
    assert round(counted["enet"].parameters / 1e6, 1) == 0.4


@pytest.mark.parametrize(("height", "width"), [(6, 8), (5, 7), (1, 2)])
def test_unpooling_puts_each_maximum_back_where_it_stood(height: int, width: int) -> None:
    x = torch.randperm(2 * height * width).reshape(1, 2, height, width).float() + 1
    pooled, where = _pool(x)
    assert pooled.shape[2:] == (-(-height // 2), -(-width // 2))
    back = _unpool(pooled, where, x.shape[2:])
    assert torch.equal(back[back != 0], x[back != 0])
    assert sorted(back[back != 0].tolist()) == sorted(pooled.flatten().tolist())


def test_enet_enlarges_by_the_maxima_of_its_own_encoder() -> None:
    """Moving the brightest pixel within one 2x2 cell moves what the decoder writes there."""
    up = UpBottleneck(8, 4).eval()
    nn.init.zeros_(up.expand.bn.weight)  # type: ignore[arg-type]  # the shortcut alone
    nn.init.ones_(up.shortcut.conv.weight)
    outputs: list[Tensor] = []
    for place in ((0, 0), (1, 1)):
        fine = torch.zeros(1, 4, 2, 2)
        fine[:, :, *place] = 1
        _, where = _pool(fine)
        with torch.no_grad():
            outputs.append(up(torch.ones(1, 8, 1, 1), where, (2, 2)))
        assert outputs[-1].nonzero().tolist() == [[0, channel, *place] for channel in range(4)]


def test_enet_has_the_convolutions_of_its_paper() -> None:
    network = ENet(19)
    for stage in (network.stage2, network.stage3):
        convs = [m for m in stage.modules() if isinstance(m, nn.Conv2d) and m.kernel_size != (1, 1)]
        assert [conv.dilation[0] for conv in convs] == [1, 2, 1, 1, 4, 1, 8, 1, 1, 16]
        assert [conv.kernel_size for conv in convs[2:4]] == [(5, 1), (1, 5)]
    decoder = nn.ModuleList((network.up4, network.stage4, network.up5, network.stage5))
    assert not any(isinstance(m, nn.PReLU) for m in decoder.modules())
    assert not any(isinstance(m, nn.ReLU) for m in network.stage2.modules())


class _OneFullConvolution(SegmentationNetwork):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.ConvTranspose2d(3, 5, 2, 2)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv(x)
        return out

    def forward_train(self, x: Tensor) -> list[Tensor]:
        return [self.forward(x)]


def test_full_convolutions_are_counted_by_their_input() -> None:
    counted = complexity(_OneFullConvolution, 8, 4)
    assert (counted.parameters, counted.macs) == (3 * 5 * 4 + 5, 8 * 4 * 3 * 5 * 4)
