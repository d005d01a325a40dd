"""Random textures that wrap around, so that what is tiled shows no seam."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

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
        maps = np.broadcast_to(x, (height, width)), np.broadcast_to(y[:, None], (height, width))
        total += cv2.remap(padded, maps[0].copy(), maps[1].copy(), cv2.INTER_CUBIC) / 2**octave
    deviation = float(total.std())
    return (total - total.mean()) / deviation if deviation > 0 else total


def grain(rng: np.random.Generator, height: int, width: int) -> Floats:
    """(height, width) float32 white noise of deviation 1."""
    return rng.standard_normal((height, width), dtype=np.float32)


def to_rgb(image: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Round and clip floating-point colours to uint8."""
    return np.asarray(np.clip(image + 0.5, 0, 255), np.uint8)
