"""Resizing by whole matrices in float64: the tables of `resampling` said in another way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bisenet.kernels.cuda.resampling import Taps, resampling


def matrix(taps: Taps, values: int) -> NDArray[np.float64]:
    """(pixels, values)"""
    dense = np.zeros((len(taps.first), values))
    for pixel, (first, weights) in enumerate(zip(taps.first, taps.weights, strict=True)):
        dense[pixel, first : first + len(weights)] = weights
    return dense


def by_matrices(rgb: NDArray[np.generic], imgsz: tuple[int, int]) -> NDArray[np.float64]:
    """(H, W, 3) -> (height, width, 3), not rounded; imgsz: (width, height)."""
    rows, columns = resampling((rgb.shape[0], rgb.shape[1]), imgsz)
    by_row = np.tensordot(matrix(rows, rgb.shape[0]), rgb, axes=(1, 0))
    return np.tensordot(by_row, matrix(columns, rgb.shape[1]), axes=(1, 1)).swapaxes(1, 2)
