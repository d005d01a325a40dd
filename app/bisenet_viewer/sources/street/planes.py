"""Colours while they are worked on: (3, height, width) floats, since numpy is slow where the innermost axis has 3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

STRIP = 32
_Floats = TypeVar("_Floats", np.float32, np.float64)


def tinted(tone: NDArray[_Floats], colour: NDArray[np.float32]) -> NDArray[_Floats]:
    """(3, height, width): each of the three parts of `colour`, times `tone` (height, width)."""
    return np.multiply(tone, colour[:, None, None], dtype=tone.dtype)


def packed(planes: NDArray[np.floating], *, opaque: bool = False) -> NDArray[np.uint8]:
    """Round and clip (3, height, width) to (height, width, 3) uint8, or where `opaque` to (height, width, 4)."""
    _, height, width = planes.shape
    out = np.empty((height, width, 4 if opaque else 3), np.uint8)
    for rows in strips(height):
        part = planes[:, rows] + 0.5
        np.clip(part, 0, 255, out=part)
        channels = [*part.astype(np.uint8)]
        if opaque:
            channels.append(np.full(channels[0].shape, 255, np.uint8))
        cv2.merge(channels, out[rows])
    return out


def strips(height: int) -> Iterator[slice]:
    """Few rows at a time: what is worked out for them stays in the processor's cache, in memory already there."""
    for start in range(0, height, STRIP):
        yield slice(start, min(start + STRIP, height))
