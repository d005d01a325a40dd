"""Operations and bytes are counted as they are said to be, and floors follow from them."""

from __future__ import annotations

from functools import partial

import pytest
import torch.nn.functional as F
from benchmarks.gpu.counting import CATEGORIES, Layer, category_of, counted, layers_of
from benchmarks.gpu.roofline import Ceilings, floor_of, frame_floor_ms
from benchmarks.gpu.steps.network import by_category, ceilings_of, gap_rows, roofline_row
from torch import Tensor, nn

from bisenet.complexity import complexity
from bisenet.layers import ConvBN
from bisenet.network import SegmentationNetwork
from bisenet.zoo import ARCHITECTURES

CEILINGS = Ceilings(copy_gbs=1000, matrix_tflops=1, to_card_gbs=10, to_host_gbs=20)


class Two(SegmentationNetwork):
    """3 -> 8 at half size with ReLU, depthwise, and a sum of the two."""

    def __init__(self) -> None:
        super().__init__()
        self.first = ConvBN(3, 8, 3, 2)
        self.second = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)
        self.aux_heads = nn.ModuleList()

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        return F.max_pool2d(x + self.second(x), 2)

    def forward_train(self, x: Tensor) -> list[Tensor]:
        return [self(x)]


def test_what_is_counted() -> None:
    layers = counted(Two, 16, 8)  # the map in the middle: 8 channels of 8 x 4
    middle, picture = 8 * 8 * 4, 3 * 16 * 8
    first, second, pooled = (layer for layer in layers if layer.category != "single values")
    assert first == Layer("convolution", 2 * middle * 27, picture + 8 * 27 + 8 + middle)  # with the folded bias
    assert second == Layer("convolution", 2 * middle * 9, middle + 72 + middle, groups=8)
    assert pooled.values == middle + middle // 4
    singles = [layer.values for layer in layers if layer.category == "single values"]
    assert sorted(singles) == [0, middle]  # the ReLU reads nothing further, the sum its other operand


@pytest.mark.parametrize("architecture", ["bisenetv1-x39", "bisenetv1-r18", "bisenetv2"])
def test_operations_are_those_that_the_project_counts_elsewhere(architecture: str) -> None:
    build = partial(next(iter(ARCHITECTURES[architecture].values())), 19)
    layers = counted(build, 128, 64)
    assert sum(layer.operations for layer in layers) == 2 * complexity(build, 128, 64).macs
    assert {layer.category for layer in layers} <= set(CATEGORIES)


def test_a_batch_has_as_many_times_the_operations_but_reads_its_weights_once() -> None:
    one, four = (counted(Two, 16, 8, batch)[0] for batch in (1, 4))
    assert four.operations == 4 * one.operations
    assert four.values - one.values == 3 * (3 * 16 * 8 + 8 * 8 * 4)


def test_floors() -> None:
    floor = floor_of([Layer("convolution", 4_000_000, 500_000), Layer("mean", 0, 3_000_000)], CEILINGS)
    assert (floor.operations, floor.bytes) == (4_000_000, 7_000_000)
    assert floor.arithmetic_ms == pytest.approx(0.004)
    assert floor.memory_ms == pytest.approx(0.007)
    assert floor.ms == floor.memory_ms
    assert floor.bound == "memory"
    assert floor.layers_ms == pytest.approx(0.004 + 0.006)  # the first is arithmetic, the second memory
    row = roofline_row("x", floor, 0.02)
    assert row["share"] == pytest.approx(0.5)
    assert row["GB/s"] == pytest.approx(350)


def test_a_frame_takes_as_long_as_the_longest_of_its_copies_and_its_network() -> None:
    floors = frame_floor_ms((1000, 1000), 0.1, CEILINGS)
    assert floors == pytest.approx({"to card": 0.3, "network": 0.1, "to host": 0.05, "floor": 0.3})


def test_the_gap_is_shared_out() -> None:
    layers = [Layer("convolution", 2_000_000, 10), Layer("mean", 0, 500_000)]
    rows = {row["operations"]: row for row in gap_rows("x", layers, {"convolutions": 5.0, "the rest": 2.0}, CEILINGS)}
    assert rows["convolutions"]["floor us"] == pytest.approx(2.0)
    assert rows["convolutions"]["part of the gap"] == pytest.approx(3 / 4)
    assert rows["the rest"]["part of the gap"] == pytest.approx(1 / 4)
    assert rows["single values"]["spent us"] == 0.0


@pytest.mark.parametrize(
    ("operation", "shapes", "category"),
    [
        ("aten::cudnn_convolution_relu", [[1, 8, 4, 4], [16, 8, 3, 3], [16]], "convolutions"),
        ("aten::cudnn_convolution", [[1, 8, 4, 4], [48, 1, 3, 3]], "grouped convolutions"),
        ("aten::_conv_depthwise2d", [], "grouped convolutions"),
        ("aten::add_", [[1, 8, 4, 4], [8]], "single values"),
        ("aten::clamp_min_", [[1, 8, 4, 4]], "single values"),
        ("aten::upsample_bilinear2d", [[1, 8, 4, 4]], "the rest"),
    ],
)
def test_operations_by_the_profilers_names(operation: str, shapes: list[list[int]], category: str) -> None:
    assert category_of(operation, shapes) == category


class _Timed:
    def __init__(self, duration: float) -> None:
        self.duration = duration


class _Event:
    def __init__(self, name: str, *durations: float) -> None:
        self.name, self.input_shapes = name, []
        self.kernels = [_Timed(duration) for duration in durations]


def test_time_by_category_is_of_one_run() -> None:
    events = [_Event("aten::conv2d"), _Event("aten::cudnn_convolution", 6.0, 2.0), _Event("aten::add_", 4.0)]
    assert by_category(events, 2) == {"convolutions": 4.0, "single values": 2.0}
    with pytest.raises(RuntimeError, match="no kernel"):
        by_category(events[:1], 2)


def test_without_all_ceilings_there_is_no_roofline() -> None:
    figures = {"copy-gbs": 1.0, "matrix-tflops": 2.0, "to-card-gbs": 3.0}
    assert ceilings_of(figures) is None
    assert ceilings_of(figures | {"to-host-gbs": 4.0}) == Ceilings(1, 2, 3, 4)


def test_networks_that_exist_can_be_counted_too() -> None:
    assert layers_of(Two().to("meta"), 16, 8) == counted(Two, 16, 8)
