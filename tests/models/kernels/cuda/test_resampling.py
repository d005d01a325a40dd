"""The tables of a resizing give OpenCV's pictures."""

from __future__ import annotations

import numpy as np
import pytest
from tests.models.kernels.cuda.dense import by_matrices, matrix

from bisenet.kernels.cuda.resampling import resampling
from bisenet.pictures import resized


def test_any_size_to_any_size_is_as_opencv_does_it() -> None:
    rng = np.random.default_rng(0)
    for _ in range(400):
        height, width, new_height, new_width = (int(side) for side in rng.integers(1, 60, 4))
        rgb = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        off = np.abs(by_matrices(rgb, (new_width, new_height)) - resized(rgb, (new_width, new_height)))
        # Half a level of rounding; OpenCV's linear interpolation has weights of 11 bits, and drops slivers of areas.
        assert off.max() < 1.2, (height, width, new_height, new_width)


@pytest.mark.parametrize(
    ("picture", "imgsz", "taps"),
    [
        ((1080, 1920), (1920, 1080), (1, 1)),
        ((1024, 2048), (1024, 512), (2, 2)),
        ((1080, 1920), (1024, 512), (4, 3)),
        ((1080, 1920), (1536, 768), (3, 2)),
        ((720, 1280), (1280, 640), (2, 1)),
        ((720, 1280), (1536, 768), (2, 2)),
        ((1, 1), (64, 64), (1, 1)),
    ],
)
def test_no_more_taps_than_needed(picture: tuple[int, int], imgsz: tuple[int, int], taps: tuple[int, int]) -> None:
    rows, columns = resampling(picture, imgsz)
    assert (rows.weights.shape, columns.weights.shape) == ((imgsz[1], taps[0]), (imgsz[0], taps[1]))


def test_all_taps_lie_inside_the_source_and_their_weights_add_up_to_one() -> None:
    rng = np.random.default_rng(1)
    for _ in range(400):
        values, pixels, other = (int(side) for side in rng.integers(1, 200, 3))
        for taps in resampling((values, other), (int(rng.integers(1, 200)), pixels)):
            np.testing.assert_allclose(taps.weights.sum(axis=1), 1, atol=1e-6)
        rows, _ = resampling((values, other), (other, pixels))
        for taps, size in ((rows, values), (rows.at_half_size((values + 1) // 2), (values + 1) // 2)):
            assert taps.first.min() >= 0
            assert taps.first.max() + taps.weights.shape[1] <= size


def test_half_size_stands_for_doubled() -> None:
    rng = np.random.default_rng(2)
    for values, pixels in ((20, 8), (21, 8), (21, 21), (7, 30), (1, 3), (2, 1)):
        rows, _ = resampling((values, 1), (1, pixels))
        source = rng.normal(size=(values + 1) // 2)
        doubled = source.repeat(2)[:values]
        halves = rows.at_half_size(len(source))
        np.testing.assert_allclose(
            matrix(halves, len(source)) @ source, matrix(rows, values) @ doubled, rtol=1e-5, atol=1e-5
        )
