"""`Nv12Picture`: a decoded picture that never leaves the card."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bisenet.kernels.cuda.colors import YuvColors


@dataclass(frozen=True, slots=True, eq=False)
class Nv12Picture:
    """A picture as hardware decoders give and encoders take it: full brightness, and colour at half size."""

    luma: Tensor
    """(H, W) uint8; rows may be padded."""
    chroma: Tensor
    """(ceil(H / 2), ceil(W / 2), 2) uint8 U and V; rows may be padded."""
    colors: YuvColors
    owner: object = None
    """Keeps the memory, where it is not torch's."""

    def __post_init__(self) -> None:
        height, width = self.luma.shape
        if self.chroma.shape != ((height + 1) // 2, (width + 1) // 2, 2) or self.luma.dtype != torch.uint8:
            raise ValueError(f"expected uint8 planes that go together, got {self.luma.shape} and {self.chroma.shape}")

    @property
    def shape(self) -> tuple[int, int, int]:
        """(H, W, 3), as of the array that `rgb` makes."""
        height, width = self.luma.shape
        return height, width, 3

    def rgb(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB on the host; converted where it lies, and waited for."""
        chroma = self.chroma.repeat_interleave(2, 0).repeat_interleave(2, 1)[: self.shape[0], : self.shape[1]]
        yuv = torch.cat((self.luma[..., None], chroma), dim=2).float()
        matrix, offset = (torch.tensor(part, device=yuv.device) for part in self.colors.to_rgb())
        rgb = yuv @ matrix.T + offset
        return np.asarray(rgb.round().clamp(0, 255).to(torch.uint8).cpu().numpy())


Picture = NDArray[np.uint8] | Nv12Picture
"""(H, W, 3) uint8 RGB on the host, or a picture on the card."""
