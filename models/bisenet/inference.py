"""From a picture to class ids around a network in torch: normalisation, upsampling and argmax in one place."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bisenet.layers import upsample
from bisenet.pictures import resized
from bisenet.upsampling import Upsampling


def preprocess(rgb: NDArray[np.uint8], imgsz: tuple[int, int]) -> Tensor:
    """(H, W, 3) uint8 RGB -> (1, 3, height, width) uint8 of imgsz (width, height), channels-last in memory."""
    return torch.from_numpy(resized(rgb, imgsz)).permute(2, 0, 1)[None]


def normalise(batch: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """(N, 3, H, W) uint8 RGB -> the network's input in the dtype of mean; mean and std are (3, 1, 1), of 0 to 1."""
    return (batch.to(mean.dtype) - mean * 255) / (std * 255)


def class_ids(logits: Tensor, size: tuple[int, int], upsampling: Upsampling) -> Tensor:
    """(N, C, h, w) logits -> (N, height, width) uint8: the argmax of the logits enlarged to size (height, width)."""
    return upsample(logits, size, upsampling).argmax(dim=1).to(torch.uint8)
