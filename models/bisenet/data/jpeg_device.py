"""What JPEG compression does to a batch of pictures: 4:2:0 chroma, 8x8 cosine transforms, quantised (ITU-T T.81).

No bits are written; only the losses are made.
"""

from __future__ import annotations

import math
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

# T.81 annex K.1, rows of vertical frequency; the tables that libjpeg scales by quality.
_LUMA = """
16 11 10 16 24 40 51 61   12 12 14 19 26 58 60 55   14 13 16 24 40 57 69 56   14 17 22 29 51 87 80 62
18 22 37 56 68 109 103 77   24 35 55 64 81 104 113 92   49 64 78 87 103 121 120 101   72 92 95 98 112 100 103 99
"""
_CHROMA = """
17 18 24 47 99 99 99 99   18 21 26 66 99 99 99 99   24 26 56 99 99 99 99 99   47 66 99 99 99 99 99 99
99 99 99 99 99 99 99 99   99 99 99 99 99 99 99 99   99 99 99 99 99 99 99 99   99 99 99 99 99 99 99 99
"""
# JFIF: Y, Cb, Cr of R, G, B; the chroma planes are centred on 0 here.
_TO_YCC = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
_TO_RGB = ((1.0, 0.0, 1.402), (1.0, -0.344136, -0.714136), (1.0, 1.772, 0.0))


def jpeg(images: Tensor, quality: Tensor) -> Tensor:
    """(n, 3, H, W) float32 of 0 to 255, compressed and read again; quality (n, 1, 1, 1) from 1 to 100."""
    height, width = images.shape[-2:]
    padded = F.pad(images, (0, -width % 16, 0, -height % 16), mode="replicate")
    # Rounded where libjpeg keeps eight bits.
    ycc = torch.einsum("oc,nchw->nohw", _matrix("ycc", images.device), padded).round_()
    luma = (_quantised(ycc[:, :1] - 128, _steps("luma", quality)) + 128).round_().clamp_(0, 255)
    chroma = _quantised(F.avg_pool2d(ycc[:, 1:], 2).round_(), _steps("chroma", quality)).round_().clamp_(-128, 127)
    chroma = F.interpolate(chroma, scale_factor=2, mode="bilinear", align_corners=False)
    rgb = torch.einsum("oc,nchw->nohw", _matrix("rgb", images.device), torch.cat([luma, chroma], dim=1))
    return rgb[..., :height, :width]


def _quantised(planes: Tensor, steps: Tensor) -> Tensor:
    """(n, C, H, W) with H and W multiples of 8; steps (n, 1, 1, 1, 8, 8)."""
    count, channels, height, width = planes.shape
    blocks = planes.view(count, channels, height // 8, 8, width // 8, 8).transpose(3, 4)
    cosines = _matrix("cosines", planes.device)
    frequencies = cosines @ blocks @ cosines.T
    blocks = cosines.T @ ((frequencies / steps).round_() * steps) @ cosines
    return blocks.transpose(3, 4).reshape(planes.shape)


def _steps(name: str, quality: Tensor) -> Tensor:
    """(n, 1, 1, 1, 8, 8): libjpeg's scaling of the tables by quality."""
    percent = torch.where(quality < 50, (5000 / quality).floor(), 200 - 2 * quality)[..., None, None]
    return ((_matrix(name, quality.device) * percent + 50) / 100).floor().clamp(1, 255)


@cache
def _matrix(name: str, device: torch.device) -> Tensor:
    if name == "cosines":
        # Row k: the orthonormal cosine of frequency k (DCT-II).
        step = torch.arange(8)
        matrix = torch.cos((2 * step + 1) * step[:, None] * math.pi / 16) / 2
        matrix[0] /= math.sqrt(2)
    elif name in ("luma", "chroma"):
        text = _LUMA if name == "luma" else _CHROMA
        matrix = torch.tensor([float(number) for number in text.split()]).view(8, 8)
    else:
        matrix = torch.tensor(_TO_YCC if name == "ycc" else _TO_RGB)
    return matrix.to(device)
