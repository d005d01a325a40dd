"""Fixed patterns and kernels that augmentation on the host and on the device both read: noise, rain, blur.

A sample takes its noise from one tile at its own place: the same pixels wherever the sample is made, and no generator
that a worker or a device would have to keep in step.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

TILE = 512
"""Side of the tiles in pixels; they repeat without a seam."""
BLUR_RADIUS = 5
GLARE_RGB = (255.0, 250.0, 235.0)
RAIN_RGB = (205.0, 210.0, 215.0)


@cache
def noise_tile() -> NDArray[np.float32]:
    """(TILE, TILE, 3) with mean 0 and standard deviation 1, two thirds of the variance shared by the channels."""
    rng = np.random.default_rng(1)
    shared, own = rng.normal(size=(TILE, TILE, 1)), rng.normal(size=(TILE, TILE, 3))
    tile = np.asarray(np.sqrt(2 / 3) * shared + np.sqrt(1 / 3) * own, np.float32)
    tile.flags.writeable = False
    return tile


@cache
def rain_tile() -> NDArray[np.float32]:
    """(TILE, TILE) from 0 to 1: upright streaks of 8 to 40 pixels, some bright, most faint."""
    rng = np.random.default_rng(2)
    tile = np.zeros((TILE, TILE), np.float32)
    for _ in range(TILE * TILE // 350):
        column, row = rng.integers(TILE, size=2)
        length = int(rng.integers(8, 41))
        rows = (row + np.arange(length)) % TILE
        fade = np.sin(np.pi * (np.arange(length) + 0.5) / length)
        tile[rows, column] = np.maximum(tile[rows, column], fade * rng.uniform(0.2, 1.0) ** 2)
    soft = 0.6 * tile + 0.2 * np.roll(tile, 1, axis=1) + 0.2 * np.roll(tile, -1, axis=1)
    tile = np.asarray(soft / soft.max(), np.float32)
    tile.flags.writeable = False
    return tile


def blur_kernel(sigma: float) -> NDArray[np.float32]:
    """(2 * BLUR_RADIUS + 1,) Gaussian that sums to 1; sigma is in pixels."""
    steps = np.arange(-BLUR_RADIUS, BLUR_RADIUS + 1)
    kernel = np.exp(-0.5 * (steps / sigma) ** 2)
    return np.asarray(kernel / kernel.sum(), np.float32)
