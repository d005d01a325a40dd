"""Pictures of the size a video has: even, and all the same."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def even_size(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Repeat the last row or column where there is an odd number of them: 4:2:0 halves both."""
    height, width, _ = rgb.shape
    if height % 2 == 0 and width % 2 == 0:
        return rgb
    return np.pad(rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def fitted(rgb: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """As large as goes into (width, height), in the middle, with black around it."""
    height, width, _ = rgb.shape
    if (width, height) == size:
        return rgb
    scale = min(size[0] / width, size[1] / height)
    inner = (max(1, min(size[0], round(width * scale))), max(1, min(size[1], round(height * scale))))
    shrinking = scale < 1
    resized = cv2.resize(rgb, inner, interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR)
    whole = np.zeros((size[1], size[0], 3), np.uint8)
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    whole[top : top + inner[1], left : left + inner[0]] = resized
    return whole
