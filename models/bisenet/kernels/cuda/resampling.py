"""How a picture is resized, as tables: which values of an axis make each new one, and with what weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_LEAST_SHARE = 1e-3
"""Of a value: OpenCV leaves out what an area covers less of."""


@dataclass(frozen=True, slots=True, eq=False)
class Taps:
    """One axis resampled: value x is the sum of weights[x, k] * source[first[x] + k], all of them inside the source."""

    first: NDArray[np.int32]
    """(pixels,)"""
    weights: NDArray[np.float32]
    """(pixels, taps), the weights of a pixel add up to 1."""

    def at_half_size(self, values: int) -> Taps:
        """For a source of `values` values, each of which stands for two: as if it were doubled first."""
        index = self.first[:, None] + np.arange(self.weights.shape[1])
        return _packed(index // 2, self.weights.astype(np.float64), values)


@lru_cache(maxsize=64)
def resampling(picture: tuple[int, int], imgsz: tuple[int, int]) -> tuple[Taps, Taps]:
    """The rows and the columns of `bisenet.pictures.resized`; picture (height, width), imgsz (width, height)."""
    (height, width), (new_width, new_height) = picture, imgsz
    axes = (height, new_height), (width, new_width)
    if new_width >= width:
        kind = _linear
    elif new_height <= height:
        kind = _area
    else:
        # What cv2.INTER_AREA does with both axes as soon as one of them grows.
        kind = _area_between_two
    rows, columns = (kind(*axis) for axis in axes)
    return rows, columns


def _area(values: int, pixels: int) -> Taps:
    """The mean of what a pixel covers."""
    scale = values / pixels
    begin = np.arange(pixels)[:, None] * scale
    end = np.minimum(begin + scale, values)
    index = np.floor(begin).astype(np.int64) + np.arange(int(np.ceil(scale)) + 1)
    covered = np.minimum(end, index + 1) - np.maximum(begin, index)
    return _packed(index, np.where(covered > _LEAST_SHARE, covered, 0), values)


def _linear(values: int, pixels: int) -> Taps:
    position = np.clip((np.arange(pixels) + 0.5) * (values / pixels) - 0.5, 0, values - 1)
    return _between_two(np.floor(position).astype(np.int64), position % 1, values)


def _area_between_two(values: int, pixels: int) -> Taps:
    # In OpenCV's arithmetic: a share of almost 1 is none, or all, as the last bit will have it.
    inverse = pixels / values
    index = np.floor(np.arange(pixels) * (1 / inverse)).astype(np.int64)
    share = (np.arange(1, pixels + 1) - (index + 1) * inverse).astype(np.float32).astype(np.float64)
    return _between_two(index, np.where(share <= 0, 0, share % 1), values)


def _between_two(index: NDArray[np.int64], share: NDArray[np.float64], values: int) -> Taps:
    return _packed(np.stack([index, index + 1], axis=1), np.stack([1 - share, share], axis=1), values)


def _packed(index: NDArray[np.int64], weights: NDArray[np.float64], values: int) -> Taps:
    """Of indices (pixels, n) into `values` values and their weights, to windows as short as they can be."""
    index = np.clip(index, 0, values - 1)
    lowest = np.where(weights > 0, index, values).min(axis=1)
    highest = np.where(weights > 0, index, -1).max(axis=1)
    taps = int((highest - lowest).max()) + 1
    first = np.minimum(lowest, values - taps)
    packed = np.zeros((len(index), taps))
    pixel = np.broadcast_to(np.arange(len(index))[:, None], index.shape)
    used = weights > 0
    np.add.at(packed, (pixel[used], (index - first[:, None])[used]), weights[used])
    packed /= packed.sum(axis=1, keepdims=True)
    result = Taps(first.astype(np.int32), packed.astype(np.float32))
    for array in (result.first, result.weights):
        array.flags.writeable = False
    return result
