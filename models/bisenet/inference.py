"""From a picture to class ids around a network: the one place for resizing, normalisation, upsampling and argmax."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bisenet.layers import Upsampling, upsample


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


def preprocess(rgb: NDArray[np.uint8], imgsz: tuple[int, int]) -> Tensor:
    """(H, W, 3) uint8 RGB -> (1, 3, height, width) uint8 of imgsz (width, height), channels-last in memory."""
    if (rgb.shape[1], rgb.shape[0]) != imgsz:
        shrinking = imgsz[0] < rgb.shape[1]
        rgb = np.asarray(cv2.resize(rgb, imgsz, interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR))
    return torch.from_numpy(np.ascontiguousarray(rgb)).permute(2, 0, 1)[None]


def normalise(batch: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """(N, 3, H, W) uint8 RGB -> the network's input in the dtype of mean; mean and std are (3, 1, 1), of 0 to 1."""
    return (batch.to(mean.dtype) - mean * 255) / (std * 255)


def class_ids(logits: Tensor, size: tuple[int, int], upsampling: Upsampling) -> Tensor:
    """(N, C, h, w) logits -> (N, height, width) uint8: the argmax of the logits enlarged to size (height, width)."""
    return upsample(logits, size, upsampling).argmax(dim=1).to(torch.uint8)
