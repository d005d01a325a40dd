"""How far apart two results are."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.gpu.comparison import blended, differing, levels_apart, nv12_planes

from bisenet.engines import BlendTable
from bisenet.kernels.cuda.colors import YuvColors


def test_the_part_that_differs() -> None:
    one = np.zeros((2, 4), np.uint8)
    other = one.copy()
    other[0, 0] = 255
    assert differing(one, other) == 0.125
    assert levels_apart(one, other) == (255 / 8, 255)  # not -1, as in uint8
    for compare in (differing, levels_apart):
        with pytest.raises(ValueError, match="equal shapes"):
            compare(one, other[:1])


def test_a_blend() -> None:
    table = np.zeros((256, 4), np.uint8)
    table[1] = (200, 100, 0, 255)
    table[2] = (255, 255, 255, 51)  # a fifth
    rgb = np.full((1, 3, 3), 100, np.uint8)
    drawn = blended(rgb, np.array([[0, 1, 2]], np.uint8), BlendTable(table.tobytes()))
    assert drawn.tolist() == [[[100, 100, 100], [200, 100, 0], [131, 131, 131]]]


def test_nv12() -> None:
    grey = np.full((4, 6, 3), 255, np.uint8)
    luma, chroma = nv12_planes(grey, YuvColors("bt709", full_range=False))
    assert luma.shape == (4, 6)
    assert chroma.shape == (2, 3, 2)
    assert set(luma.ravel()) == {235}
    assert set(chroma.ravel()) == {128}
