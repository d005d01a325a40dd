"""Class ids straight from the logits at stride 8: those of torch's interpolation and argmax, whatever the sizes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from bisenet.layers import upsample
from bisenet.upsampled_argmax import upsampled_argmax, upsampled_confidence, warm_up
from bisenet.upsampling import Upsampling

KINDS: tuple[Upsampling, ...] = get_args(Upsampling)
Shape = tuple[int, int, int]


def noise(rng: np.random.Generator, shape: Shape) -> NDArray[np.float32]:
    """Every cell on its own: each has all classes near its borders."""
    return rng.normal(size=shape).astype(np.float32)


def smooth(rng: np.random.Generator, shape: Shape) -> NDArray[np.float32]:
    """Objects some cells wide, as networks give them."""
    coarse = torch.from_numpy(rng.normal(size=(1, shape[0], 1 + shape[1] // 4, 1 + shape[2] // 4)) * 5)
    return F.interpolate(coarse, shape[1:], mode="bicubic")[0].float().numpy()


def planes(rng: np.random.Generator, shape: Shape) -> NDArray[np.float32]:
    """Each class a tilted plane: the same few meet over the whole map, and borders run on through many cells."""
    y, x = np.mgrid[: shape[1], : shape[2]]
    tilts = rng.normal(size=(3, shape[0], 1, 1))
    return np.asarray(tilts[0] * y + tilts[1] * x + tilts[2] * 3, np.float32)


def bulges(rng: np.random.Generator, shape: Shape) -> NDArray[np.float32]:
    """Pairs of cells far apart, and a class that is second in both: it wins only between them."""
    logits = rng.normal(size=shape).astype(np.float32) * 0.1
    loud = rng.integers(0, shape[0], shape[1:])
    np.put_along_axis(logits, loud[None], rng.uniform(5, 50, shape[1:])[None].astype(np.float32), axis=0)
    logits[rng.integers(shape[0])] += 4
    return logits


def one_hot(rng: np.random.Generator, shape: Shape) -> NDArray[np.float32]:
    """Nothing but ties: labels as logits."""
    return np.asarray(np.arange(shape[0])[:, None, None] == rng.integers(0, shape[0], shape[1:]), np.float32)


def offset(rng: np.random.Generator, shape: Shape) -> NDArray[np.float32]:
    """Large values that differ by little."""
    return noise(rng, shape) + np.float32(1000)


FIELDS = (noise, smooth, planes, bulges, one_hot, offset)
Field = Callable[[np.random.Generator, Shape], NDArray[np.float32]]


def enlarged(logits: NDArray[np.floating], size: tuple[int, int], upsampling: Upsampling) -> Tensor:
    """(C, height, width), as torch has it."""
    return upsample(torch.from_numpy(np.ascontiguousarray(logits))[None], size, upsampling)[0]


def check(logits: NDArray[np.float32], size: tuple[int, int], upsampling: Upsampling) -> int:
    """Compare with torch; where a pixel differs its two classes must be one to float32. Returns how many differ."""
    labels = upsampled_argmax(logits, size, upsampling)
    assert labels.dtype == np.uint8
    assert labels.shape == size
    expected = enlarged(logits, size, upsampling).argmax(dim=0).numpy()
    y, x = np.nonzero(labels != expected)
    if y.size:
        exact = enlarged(logits.astype(np.float64), size, upsampling).numpy()[:, y, x]
        behind = exact.max(axis=0) - np.take_along_axis(exact, labels[y, x][None].astype(np.int64), axis=0)[0]
        assert behind.max() <= 1e-5 * np.abs(logits).max(), f"{logits.shape} to {size}: {behind.max()} behind"
    return y.size


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.__name__)
@pytest.mark.parametrize("upsampling", KINDS)
def test_every_pixel_has_the_class_of_torch(upsampling: Upsampling, field: Field) -> None:
    rng = np.random.default_rng(11)
    pixels = differing = 0
    for _ in range(60):
        classes, height, width = (int(rng.integers(low, high)) for low, high in ((1, 24), (1, 14), (1, 18)))
        size = (int(rng.integers(1, 130)), int(rng.integers(1, 130)))
        differing += check(field(rng, (classes, height, width)), size, upsampling)
        pixels += size[0] * size[1]
    if upsampling == "nearest":
        assert differing == 0
    elif field in (noise, smooth, planes, bulges):  # the others are made to tie
        assert differing <= pixels * 1e-4


@pytest.mark.parametrize("upsampling", KINDS)
@pytest.mark.parametrize("size", [(360, 640), (359, 641), (45, 80), (90, 160), (23, 31), (1, 640), (360, 1), (46, 79)])
def test_a_map_of_the_usual_size(size: tuple[int, int], upsampling: Upsampling) -> None:
    rng = np.random.default_rng(3)
    assert check(smooth(rng, (19, 45, 80)), size, upsampling) <= size[0] * size[1] * 1e-4
    check(noise(rng, (19, 45, 80)), size, upsampling)


@pytest.mark.parametrize("upsampling", KINDS)
@pytest.mark.parametrize("classes", [1, 2, 8, 9, 150, 255])
def test_any_number_of_classes(classes: int, upsampling: Upsampling) -> None:
    rng = np.random.default_rng(classes)
    for field in (noise, bulges):
        check(field(rng, (classes, 5, 6)), (61, 47), upsampling)


@pytest.mark.parametrize("upsampling", KINDS)
@pytest.mark.parametrize("cells", [(1, 1), (1, 7), (6, 1), (2, 2)])
@pytest.mark.parametrize("size", [(1, 1), (1, 50), (40, 1), (33, 41), (3, 2)])
def test_maps_and_pictures_of_hardly_a_cell(
    cells: tuple[int, int], size: tuple[int, int], upsampling: Upsampling
) -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        check(noise(rng, (4, *cells)), size, upsampling)


@pytest.mark.parametrize("factor", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("upsampling", KINDS)
def test_of_equal_classes_the_lowest_wins(upsampling: Upsampling, factor: int) -> None:
    """Small whole numbers and these factors leave no rounding: also each tie must be that of torch."""
    rng = np.random.default_rng(factor)
    for _ in range(40):
        height, width = (int(side) for side in rng.integers(2, 9, 2))
        logits = rng.integers(-3, 4, (int(rng.integers(2, 9)), height, width)).astype(np.float32)
        size = (height * factor, width * factor)
        if upsampling == "bilinear-corners":
            # Both axes step by the inverse of a power of two.
            logits, size = logits[:, :2, :2], (factor + 1, factor + 1)
        expected = enlarged(logits, size, upsampling).argmax(dim=0)
        assert np.array_equal(upsampled_argmax(logits, size, upsampling), expected)


def test_all_equal_is_class_0() -> None:
    for upsampling in KINDS:
        assert not upsampled_argmax(np.full((7, 3, 4), 2.5, np.float32), (50, 60), upsampling).any()


def test_a_class_that_wins_at_no_cell_wins_between() -> None:
    logits = np.array([[[9, -9]], [[-9, 9]], [[2, 2]]], np.float32)
    row = upsampled_argmax(logits, (1, 65), "bilinear-corners")[0]
    assert row[[0, 32, 64]].tolist() == [0, 2, 1]
    assert np.all(np.diff(np.flatnonzero(row == 2)) == 1)


def test_logits_of_any_strides() -> None:
    rng = np.random.default_rng(5)
    logits = noise(rng, (6, 9, 11))
    size = (70, 83)
    for upsampling in KINDS:
        expected = upsampled_argmax(logits, size, upsampling)
        expected_confidence = upsampled_confidence(logits, size, upsampling)[1]
        channels_last = torch.from_numpy(logits)[None].to(memory_format=torch.channels_last)[0].numpy()
        wider = np.zeros((12, 18, 33), np.float32)
        wider[::2, ::2, ::3] = logits
        frozen = logits.copy()
        frozen.flags.writeable = False
        for same in (channels_last, wider[::2, ::2, ::3], logits[::-1].copy()[::-1], frozen):
            assert np.array_equal(upsampled_argmax(same, size, upsampling), expected)
            labels, confidence = upsampled_confidence(same, size, upsampling)
            assert np.array_equal(labels, expected)
            assert np.array_equal(confidence, expected_confidence)


def test_the_logits_stay_and_each_result_is_new() -> None:
    logits = noise(np.random.default_rng(6), (3, 4, 5))
    before = logits.copy()
    labels = upsampled_argmax(logits, (20, 25), "bilinear")
    kept = labels.copy()
    upsampled_argmax(-logits, (20, 25), "bilinear")
    assert np.array_equal(labels, kept)
    assert np.array_equal(logits, before)


def test_several_threads_at_once() -> None:
    rng = np.random.default_rng(8)
    fields = [noise(rng, (5, 6, 7)) for _ in range(8)]
    expected = [upsampled_argmax(logits, (90, 100), "bilinear") for logits in fields]
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda logits: upsampled_argmax(logits, (90, 100), "bilinear"), fields))
    assert all(map(np.array_equal, results, expected))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e38])
def test_a_network_gone_wrong_gives_some_class_and_ends(value: float) -> None:
    rng = np.random.default_rng(9)
    for _ in range(30):
        logits = noise(rng, (5, 4, 6))
        logits[rng.random(logits.shape) < 0.3] = value * rng.choice([-1, 1])
        labels, confidence = upsampled_confidence(logits, (37, 41), "bilinear")
        assert labels.max() < 5
        assert confidence.shape == (37, 41)


@pytest.mark.parametrize("scale", [0.3, 3, 30, 1000])
@pytest.mark.parametrize("upsampling", KINDS)
def test_confidence_is_the_probability_of_the_class(upsampling: Upsampling, scale: float) -> None:
    rng = np.random.default_rng(12)
    for field in (noise, smooth):
        for _ in range(20):
            classes, height, width = (int(rng.integers(low, high)) for low, high in ((1, 30), (1, 9), (1, 14)))
            logits = field(rng, (classes, height, width)) * np.float32(scale)
            size = (int(rng.integers(1, 100)), int(rng.integers(1, 200)))
            labels, confidence = upsampled_confidence(logits, size, upsampling)
            assert np.array_equal(labels, upsampled_argmax(logits, size, upsampling))
            probabilities = enlarged(logits, size, upsampling).softmax(dim=0)
            expected = probabilities.gather(0, torch.from_numpy(labels)[None].long())[0].numpy() * 255
            assert confidence.dtype == np.uint8
            assert np.abs(confidence - expected).max() < 1


@pytest.mark.parametrize("classes", [2, 19, 255])
@pytest.mark.parametrize("lead", [2.0, 6.0, 9.0, 12.0])
def test_many_unlikely_classes_count_together(classes: int, lead: float) -> None:
    """All that are left out of the sum may be many; here they are all alike, just so far behind or nearer."""
    logits = np.zeros((classes, 3, 4), np.float32)
    logits[1] = lead
    expected = 255 / (1 + (classes - 1) * np.exp(-lead))
    _, confidence = upsampled_confidence(logits, (24, 32), "bilinear")
    assert np.abs(confidence - expected).max() < 1


def test_confidence_varies_within_an_object_and_falls_towards_its_border() -> None:
    logits = np.zeros((2, 1, 5), np.float32)
    logits[0, 0] = [4, 3, 2, 1, -4]
    labels, confidence = upsampled_confidence(logits, (1, 81), "bilinear-corners")
    inside = confidence[0, labels[0] == 0].astype(int)
    assert np.all(np.diff(inside) <= 0)
    assert inside[0] == round(255 / (1 + np.exp(-4)))
    assert 127 <= inside[-1] <= round(255 / (1 + np.exp(-0.25)))  # 20 pixels to a cell, the last one falls by 5


def test_a_class_forbidden_by_a_huge_negative_logit_changes_nothing() -> None:
    logits = smooth(np.random.default_rng(13), (6, 5, 7))
    size = (60, 90)
    forbidden = np.concatenate([np.full((1, 5, 7), -1e9, np.float32), logits])
    labels, confidence = upsampled_confidence(logits, size, "bilinear")
    more_labels, more_confidence = upsampled_confidence(forbidden, size, "bilinear")
    assert np.array_equal(more_labels, labels + 1)
    assert np.abs(more_confidence.astype(int) - confidence).max() <= 1


@pytest.mark.parametrize(
    "logits",
    [np.zeros((3, 4, 5), np.float64), np.zeros((3, 4), np.float32), np.zeros((1, 3, 4, 5), np.float32),
     np.zeros((256, 1, 1), np.float32), np.zeros((0, 4, 5), np.float32), np.zeros((3, 0, 5), np.float32)],
)  # fmt: skip
def test_other_arrays_are_refused(logits: NDArray[np.float32]) -> None:
    for function in (upsampled_argmax, upsampled_confidence):
        with pytest.raises(ValueError, match=r"expected logits \(1 to 255 classes, height, width\) float32, got"):
            function(logits, (8, 8), "bilinear")


def test_an_empty_size_and_another_upsampling_are_refused() -> None:
    logits = np.zeros((3, 4, 5), np.float32)
    for size in ((0, 8), (8, -1), (8,), (8, 8, 8)):
        with pytest.raises(ValueError, match="expected a size"):
            upsampled_argmax(logits, size, "bilinear")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="expected nearest, bilinear or bilinear-corners, got 'bicubic'"):
        upsampled_argmax(logits, (8, 8), "bicubic")  # type: ignore[arg-type]


def test_warming_up_loads_the_machine_code() -> None:
    warm_up()
    warm_up(confidence=True)
    assert {"bisenet.kernels.argmax", "bisenet.kernels.confidence"} <= sys.modules.keys()
