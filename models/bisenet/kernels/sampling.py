"""Where interpolation samples a map: which cell each pixel lies in, and how far towards the next one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bisenet.upsampling import Upsampling


@dataclass(frozen=True, slots=True)
class Sampling:
    """One axis of a map of `cells` values that is resized to `pixels`: pixel x is
    (1 - share[x]) * map[cell[x]] + share[x] * map[cell[x] + 1].
    """

    cell: NDArray[np.int64]
    """(pixels,) never falling."""
    share: NDArray[np.float32]
    """(pixels,) 0 to 1, never falling within a cell. The last cell has no next one: there it means nothing."""
    first: NDArray[np.int64]
    """(cells + 1,) the first pixel of each cell, at the end `pixels`: cell i has first[i] to first[i + 1] - 1."""


@lru_cache(maxsize=64)
def sampling(cells: int, pixels: int, upsampling: Upsampling) -> Sampling:
    """The samples of torch's `interpolate`, in its arithmetic (float32, aten/src/ATen/native/UpSample.h).

    Raises ValueError for an unknown kind of upsampling.
    """
    half = np.float32(0.5)
    pixel = np.arange(pixels, dtype=np.float32)
    if upsampling not in ("nearest", "bilinear", "bilinear-corners"):
        raise ValueError(f"expected nearest, bilinear or bilinear-corners, got {upsampling!r}")
    if cells == pixels:
        position = pixel
    elif upsampling == "bilinear-corners":
        position = pixel * (np.float32(cells - 1) / np.float32(max(1, pixels - 1)))
    elif upsampling == "bilinear":
        position = np.maximum((np.float32(cells) / np.float32(pixels)) * (pixel + half) - half, np.float32(0))
    else:
        position = np.floor(pixel * (np.float32(cells) / np.float32(pixels)))
    cell = np.minimum(position.astype(np.int64), cells - 1)
    share = np.clip(position - cell.astype(np.float32), np.float32(0), np.float32(1))
    first = np.searchsorted(cell, np.arange(cells + 1)).astype(np.int64)
    for array in (cell, share, first):
        array.flags.writeable = False
    return Sampling(cell, share, first)
