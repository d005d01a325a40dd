"""Random textures that wrap around, so that what is tiled shows no seam."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet_viewer.sources.street.planes import STRIP, strips

Floats = NDArray[np.float32]


def smooth_noise(rng: np.random.Generator, height: int, width: int, cell: float, octaves: int = 4) -> Floats:
    """(height, width) float32 of mean 0 and deviation 1: octaves of value noise, wrapping at all sides.

    `cell` is the size of the coarsest features in pixels; each octave halves it and its weight.
    """
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        step = cell / 2**octave
        if step < 1:
            break
        rows, columns = max(1, round(height / step)), max(1, round(width / step))
        grid = rng.standard_normal((rows, columns)).astype(np.float32)
        # Two more cells at each side make the interpolation wrap.
        padded = np.pad(grid, 2, mode="wrap")
        y = (np.arange(height, dtype=np.float32) + 0.5) * (rows / height) + 1.5
        x = (np.arange(width, dtype=np.float32) + 0.5) * (columns / width) + 1.5
        map_x, map_y = (np.empty((min(height, STRIP), width), np.float32) for _ in range(2))
        map_x[:] = x
        for rows in strips(height):
            count = rows.stop - rows.start
            map_y[:count] = y[rows, None]
            finer = np.asarray(cv2.remap(padded, map_x[:count], map_y[:count], cv2.INTER_CUBIC), np.float32)
            finer /= 2**octave
            total[rows] += finer
    deviation = float(total.std())
    if deviation > 0:
        total -= total.mean()
        total /= deviation
    return total


def grain(rng: np.random.Generator, height: int, width: int) -> Floats:
    """(height, width) float32 white noise of deviation 1."""
    return rng.standard_normal((height, width), dtype=np.float32)


def to_rgb(image: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Round and clip floating-point colours to uint8."""
    return np.asarray(np.clip(image + 0.5, 0, 255), np.uint8)
