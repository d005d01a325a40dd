"""Averaged views, against one view at a time done by torch's own interpolation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from bisenet.card import ModelCard
from bisenet.classes import ClassSet, load_classes
from bisenet.evaluation import views
from bisenet.evaluation.protocol import WHOLE, Protocol
from bisenet.evaluation.views import segment_by_views
from bisenet.inference import normalise, preprocess
from bisenet.layers import upsample
from bisenet.network import SegmentationNetwork
from bisenet.segmenter import Segmenter
from bisenet.upsampling import Upsampling

FOUR = ClassSet("four", ("a", "b", "c", "d"), ((0, 0, 0),) * 4)


class Local(SegmentationNetwork):
    """Stride 8, and a cell of logits sees its own and the next pixels: more to the right, so that a mirror matters."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, classes, 12, 8, padding=2)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv(F.pad(x, (0, -x.shape[3] % 8, 0, -x.shape[2] % 8)))
        return out

    def forward_train(self, x: Tensor) -> list[Tensor]:
        return [self(x)]


def model(upsampling: Upsampling = "bilinear", classes: ClassSet = FOUR, short_side: int = 64) -> Segmenter:
    network = Local(len(classes)).eval()
    network.logits_upsampling = upsampling
    return Segmenter(network, ModelCard("local", "none", "none", classes, short_side))


@pytest.fixture
def rgb() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (70, 101, 3), dtype=np.uint8)


def agreement(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Share of equal pixels: rounding may turn a tie, nothing else."""
    assert one.shape == other.shape
    assert len(np.unique(one)) > 2
    return float((one == other).mean())


@pytest.mark.parametrize("upsampling", ["bilinear", "bilinear-corners", "nearest"])
@pytest.mark.parametrize("window", [None, (8192, 8192)])
def test_one_view_is_the_whole_picture(
    rgb: NDArray[np.uint8], upsampling: Upsampling, window: tuple[int, int] | None
) -> None:
    segmenter = model(upsampling)
    labels = segment_by_views(segmenter, rgb, replace(WHOLE, window=window))
    assert labels.dtype == np.uint8
    assert agreement(labels, segmenter.segment(rgb)) > 0.999


def test_a_share_is_that_input_size(rgb: NDArray[np.uint8]) -> None:
    segmenter = model()
    labels = segment_by_views(segmenter, rgb, Protocol("v1", share=0.75))
    assert agreement(labels, segmenter.segment(rgb, (76 // 8 * 8, 56))) > 0.999


@pytest.mark.parametrize("upsampling", ["bilinear", "bilinear-corners"])
def test_scales_and_mirror_images_are_the_mean_of_their_probabilities(
    rgb: NDArray[np.uint8], upsampling: Upsampling
) -> None:
    segmenter = model(upsampling)
    protocol = Protocol("ms", scales=(0.5, 1.0, 1.75), flip=True)
    total = torch.zeros(1, 4, 70, 101)
    for size in ((48, 32), (96, 64), (168, 112)):
        for mirrored in (False, True):
            # A mirror image is made of the scaled picture, and turned back only when it has the label's size.
            inputs = _inputs(segmenter, rgb, size)
            logits = segmenter.network(inputs.flip(3) if mirrored else inputs)
            enlarged = upsample(logits, (70, 101), upsampling)
            total += (enlarged.flip(3) if mirrored else enlarged).softmax(dim=1)
    expected = total.argmax(dim=1)[0].numpy().astype(np.uint8)
    labels = segment_by_views(segmenter, rgb, protocol)
    assert agreement(labels, expected) > 0.999
    assert agreement(labels, segmenter.segment(rgb)) < 0.99


def test_a_mirror_image_of_the_picture_gives_the_mirror_image(rgb: NDArray[np.uint8]) -> None:
    segmenter = model()
    turned = np.ascontiguousarray(rgb[:, ::-1])
    for protocol, equal in ((Protocol("ms", flip=True), True), (Protocol("ms"), False)):
        one, other = (segment_by_views(segmenter, picture, protocol) for picture in (rgb, turned))
        assert (agreement(one, other[:, ::-1]) > 0.999) == equal


def test_where_windows_overlap_their_mean_counts(rgb: NDArray[np.uint8]) -> None:
    # The network's input is 128x64 as the label is, so that a window's logits are enlarged to the window's own pixels.
    rgb = np.ascontiguousarray(np.resize(rgb, (64, 128, 3)))
    segmenter = model()
    inputs = _inputs(segmenter, rgb, (128, 64))
    total, count = torch.zeros(1, 4, 64, 128), torch.zeros(1, 1, 64, 128)
    for top in (0, 24):
        for left in (0, 32, 64, 80):
            place = (..., slice(top, top + 40), slice(left, left + 48))
            total[place] += upsample(segmenter.network(inputs[place]), (40, 48), "bilinear").softmax(dim=1)
            count[place] += 1
    labels = segment_by_views(segmenter, rgb, Protocol("sliding", window=(48, 40), stride=2 / 3))
    expected = (total / count).argmax(dim=1)[0].numpy().astype(np.uint8)
    assert agreement(labels, expected) > 0.999
    assert agreement(labels, segmenter.segment(rgb)) < 0.999


def test_every_scale_counts_the_same_however_many_windows_it_has() -> None:
    class Bright(SegmentationNetwork):
        """Class 0 where the input is the small one, whose area is 32x32; class 1, a little less surely, elsewhere."""

        def forward(self, x: Tensor) -> Tensor:
            height, width = (side // 8 for side in x.shape[2:])
            favoured, sure = (0, 2.0) if x.shape[2] == 32 else (1, 1.9)
            out = torch.zeros(1, 2, height, width)
            out[:, favoured] = sure
            return out + 0 * self.weight

        def forward_train(self, x: Tensor) -> list[Tensor]:
            return [self(x)]

        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(1))

    two = ClassSet("two", ("a", "b"), ((0, 0, 0),) * 2)
    segmenter = Segmenter(Bright().eval(), ModelCard("bright", "none", "none", two, 64))
    # One view of the small input against up to four windows of the large one at each pixel.
    protocol = Protocol("ms", window=(48, 48), stride=0.2, scales=(0.5, 1.0))
    assert (segment_by_views(segmenter, np.zeros((64, 64, 3), np.uint8), protocol) == 0).all()


def test_strips_do_not_show(rgb: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch) -> None:
    segmenter = model()
    protocol = Protocol("ms", window=(64, 48), scales=(0.75, 1.5), flip=True)
    at_once = segment_by_views(segmenter, rgb, protocol)
    monkeypatch.setattr(views, "_STRIP", 101 * 4 * 3)  # three rows
    assert (segment_by_views(segmenter, rgb, protocol) == at_once).all()


def test_171_classes(rgb: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_STRIP", 1)  # a row at a time, however wide
    segmenter = model(classes=load_classes("cocostuff171"))
    labels = segment_by_views(segmenter, rgb, replace(WHOLE, window=(8192, 8192)))
    assert agreement(labels, segmenter.segment(rgb)) > 0.999
    assert labels.max() > 100


def test_a_label_much_smaller_than_the_input() -> None:
    # Windows of 32 in an input of 256, on a label of 5 pixels: some windows hold no pixel's middle.
    rgb = np.random.default_rng(2).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    labels = segment_by_views(model(short_side=256), rgb, Protocol("sliding", window=(32, 32), stride=1.0, flip=True))
    assert labels.shape == (5, 6)


def test_half_precision_weights_are_no_trouble(rgb: NDArray[np.uint8]) -> None:
    segmenter = model()
    exact = segment_by_views(segmenter, rgb, WHOLE)
    rounded = Segmenter(segmenter.network.to(torch.bfloat16), segmenter.card)
    assert agreement(segment_by_views(rounded, rgb, WHOLE), exact) > 0.9


def test_a_picture_must_be_one() -> None:
    with pytest.raises(ValueError, match=r"expected a picture \(height, width, 3\) uint8 RGB, got \(4, 4\)"):
        segment_by_views(model(), np.zeros((4, 4), np.uint8), WHOLE)


def _inputs(segmenter: Segmenter, rgb: NDArray[np.uint8], size: tuple[int, int]) -> Tensor:
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (segmenter.card.mean, segmenter.card.std))
    return normalise(preprocess(rgb, size), mean, std)


@pytest.fixture(autouse=True)
def _without_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield
