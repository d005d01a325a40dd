"""The pixels of the class timeline: columns of shares become columns of colours. Pure functions; no Qt.

Pixels are (H, W, 4) uint8: blue, green, red, alpha, as Qt's RGB32 has them on little-endian machines. Where nothing is
known all four are 0, else alpha is 255.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FAINT = 0.45
"""How strong the colour of a class is where there is too little of it."""

Pixels = NDArray[np.uint8]
Shares = NDArray[np.float32]
Rgb = tuple[int, int, int]


def paint_stack(pixels: Pixels, shares: Shares, colors: Sequence[Rgb], visible: Sequence[int], rest: Rgb) -> None:
    """Stack the visible classes, the first at the bottom; as much as is left is `rest`.

    shares: (W, classes) float32, NaN where nothing is known.
    """
    known = ~np.isnan(shares[:, 0])
    parts = np.where(known[:, None], shares[:, visible], 0)
    seen = parts.max(axis=0, initial=0) > 0
    ids = [class_id for class_id, is_seen in zip(visible, seen, strict=True) if is_seen]
    tops = np.cumsum(parts[:, seen], axis=1, dtype=np.float32)
    paints = np.array([*(colors[class_id] for class_id in ids), rest], np.float32)
    # How much of a pixel lies under the top of a class is how much that class, and not the one above it, adds to it.
    rgb = _below(tops, pixels.shape[0]) @ (paints[:-1] - paints[1:]) + paints[-1]
    _put(pixels, rgb, known)


def paint_curve(pixels: Pixels, shares: Shares, color: Rgb, rest: Rgb, *, scale: float, threshold: float) -> None:
    """One class as an area, faint where it does not exceed the threshold.

    shares: (W,) float32, NaN where nothing is known. scale: the share at the upper edge.
    """
    known = ~np.isnan(shares)
    tops = np.where(known, shares / np.float32(scale), np.float32(0))
    strength = np.where(known & (shares > threshold), np.float32(1), np.float32(FAINT))
    paint = np.asarray(color, np.float32) - np.asarray(rest, np.float32)
    rgb = (_below(tops[:, None], pixels.shape[0])[:, :, 0] * strength)[:, :, None] * paint
    _put(pixels, rgb + np.asarray(rest, np.float32), known)


def scale_for(share: float) -> float:
    """The share at the upper edge of a curve that goes up to `share`; of few values, so that it rarely changes."""
    # A fifth is a little more than 0.2 as float32.
    return next((step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if share <= step * 1.0001), 1.0)


def _below(tops: Shares, height: int) -> Shares:
    """(W, n) heights, 0 to 1, to (H, W, n): how much of each pixel is below them."""
    floors = np.arange(height - 1, -1, -1, dtype=np.float32)[:, None, None]
    below: Shares = np.clip(tops[None] * np.float32(height) - floors, 0, 1)
    return below


def _put(pixels: Pixels, rgb: Shares, known: NDArray[np.bool_]) -> None:
    pixels[:, :, :3] = rgb[:, :, ::-1] + 0.5
    pixels[:, :, 3] = 255
    pixels[:, ~known] = 0
