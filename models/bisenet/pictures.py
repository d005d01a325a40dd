"""Pictures before a network: what is taken, which size the network gets, and the resizing."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def input_size(width: int, height: int, short_side: int) -> tuple[int, int]:
    """The network's input (width, height): the picture's aspect, the short side as given, multiples of 8.

    Smaller pictures are enlarged: a network knows things by the size at which it saw them in training.
    """
    scale = short_side / min(width, height)
    return tuple(max(32, round(side * scale / 8) * 8) for side in (width, height))  # type: ignore[return-value]


def check_rgb(rgb: NDArray[np.uint8]) -> None:
    """Raise ValueError unless the picture is (H, W, 3) uint8."""
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or 0 in rgb.shape:
        raise ValueError(f"expected a picture (height, width, 3) uint8 RGB, got {rgb.shape} {rgb.dtype}")


def resized(rgb: NDArray[np.uint8], imgsz: tuple[int, int]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 -> (height, width, 3) uint8 of imgsz (width, height), C-contiguous; as it is where it fits."""
    if (rgb.shape[1], rgb.shape[0]) != imgsz:
        shrinking = imgsz[0] < rgb.shape[1]
        rgb = np.asarray(cv2.resize(rgb, imgsz, interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR))
    return np.ascontiguousarray(rgb)
