"""Numbers for how far two results lie apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bisenet.engines import BlendTable
from bisenet.kernels.cuda.colors import YuvColors

Bytes = NDArray[np.uint8]


def differing(one: Bytes, other: Bytes) -> float:
    """The part of the values that differ, 0 to 1. Raises ValueError for unequal shapes."""
    if one.shape != other.shape:
        raise ValueError(f"expected equal shapes, got {one.shape} and {other.shape}")
    return float(np.mean(one != other))


def levels_apart(one: Bytes, other: Bytes) -> tuple[float, int]:
    """The mean difference, and the largest. Raises ValueError for unequal shapes."""
    if one.shape != other.shape:
        raise ValueError(f"expected equal shapes, got {one.shape} and {other.shape}")
    apart = np.abs(one.astype(np.int16) - other.astype(np.int16))
    return float(apart.mean()), int(apart.max())


def blended(rgb: Bytes, labels: Bytes, table: BlendTable) -> Bytes:
    """(H, W, 3) uint8: what the picture with its classes drawn over it is, in float64."""
    entries = np.frombuffer(table.rgba, np.uint8).reshape(256, 4)[labels].astype(np.float64)
    alpha = entries[..., 3:] / 255
    return np.asarray(np.floor(rgb * (1 - alpha) + entries[..., :3] * alpha + 0.5), np.uint8)


def nv12_planes(rgb: Bytes, colors: YuvColors) -> tuple[Bytes, Bytes]:
    """(H, W, 3) uint8, even sides -> luma (H, W) and chroma (H / 2, W / 2, 2), each the mean of 2 x 2 pixels."""
    matrix, offset = colors.from_rgb()
    yuv = rgb.astype(np.float32) @ matrix.T + offset
    height, width = rgb.shape[:2]
    halves = yuv[..., 1:].reshape(height // 2, 2, width // 2, 2, 2).mean(axis=(1, 3))
    return _levels(yuv[..., 0]), _levels(halves)


def _levels(values: NDArray[np.float32]) -> Bytes:
    return np.asarray(np.clip(np.floor(values + 0.5), 0, 255), np.uint8)
