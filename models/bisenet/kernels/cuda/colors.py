"""How the luma and chroma of a video turn into RGB, and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

_LUMA = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
"""The shares of red and blue in the luma (ITU-R BT.601-7, BT.709-6, BT.2020-2 with non-constant luminance)."""

Affine = tuple[NDArray[np.float32], NDArray[np.float32]]
"""(3, 3) and (3,): of levels 0 to 255, result = matrix @ levels + offset."""


@dataclass(frozen=True, slots=True)
class YuvColors:
    """What the three levels of a pixel of video mean."""

    matrix: Literal["bt601", "bt709", "bt2020"]
    full_range: bool
    """Luma 0 to 255; else 16 to 235, and chroma 16 to 240."""

    def to_rgb(self) -> Affine:
        """rgb = matrix @ yuv + offset; not clamped. The arrays are read-only."""
        return _to_rgb(self)

    def from_rgb(self) -> Affine:
        """yuv = matrix @ rgb + offset. The arrays are read-only."""
        return _from_rgb(self)


@lru_cache(maxsize=6)
def _to_rgb(colors: YuvColors) -> Affine:
    matrix, offset = _exact(colors)
    back = np.linalg.inv(matrix)
    return _read_only(back, -back @ offset)


@lru_cache(maxsize=6)
def _from_rgb(colors: YuvColors) -> Affine:
    return _read_only(*_exact(colors))


def _exact(colors: YuvColors) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    red, blue = _LUMA[colors.matrix]
    luma = np.array([red, 1 - red - blue, blue])
    u = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue))
    v = (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
    if colors.full_range:
        return np.stack([luma, u, v]), np.array([0.0, 128.0, 128.0])
    return np.stack([luma * 219, u * 224, v * 224]) / 255, np.array([16.0, 128.0, 128.0])


def _read_only(matrix: NDArray[np.floating[Any]], offset: NDArray[np.floating[Any]]) -> Affine:
    result = matrix.astype(np.float32), offset.astype(np.float32)
    for array in result:
        array.flags.writeable = False
    return result
