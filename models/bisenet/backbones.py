"""Context-path backbones of BiSeNetV1: Xception39 and ResNet-18.

A backbone maps (B, 3, H, W) to two maps, at 1/16 and 1/32, and says how many channels they have.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch.nn.functional as F
from torch import Tensor, nn

from bisenet.layers import ConvBN, SeparableConvBN


class Backbone(nn.Module, ABC):
    """What the context path needs of a backbone."""

    channels16: int
    channels32: int

    @abstractmethod
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 3, H, W) -> (B, channels16, H/16, W/16), (B, channels32, H/32, W/32); sizes are rounded up."""


class XceptionBlock(nn.Module):
    """Three separable convolutions around a bottleneck; the projection is separable too, on stride-2 blocks only."""

    def __init__(self, in_channels: int, mid_channels: int, stride: int) -> None:
        super().__init__()
        out_channels = 4 * mid_channels
        self.projection = SeparableConvBN(in_channels, out_channels, stride, relu=False) if stride > 1 else None
        self.residual = nn.Sequential(
            SeparableConvBN(in_channels, mid_channels, stride),
            SeparableConvBN(mid_channels, mid_channels),
            SeparableConvBN(mid_channels, out_channels, relu=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.projection is None else self.projection(x)
        return F.relu(shortcut + self.residual(x), inplace=True)


class Xception39(Backbone):
    """The light backbone of the V1 paper (section 4.1) as its authors released it: stages of 4, 8 and 4 blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvBN(3, 8, 3, 2)
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.stages = nn.ModuleList()
        in_channels = 8
        for mid_channels, depth in ((16, 4), (32, 8), (64, 4)):
            blocks = [XceptionBlock(in_channels, mid_channels, 2)]
            in_channels = 4 * mid_channels
            blocks += [XceptionBlock(in_channels, mid_channels, 1) for _ in range(depth - 1)]
            self.stages.append(nn.Sequential(*blocks))
        self.channels16, self.channels32 = 128, 256

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.pool(self.stem(x))  # (B, 8, H/4, W/4)
        x = self.stages[0](x)  # (B, 64, H/8, W/8)
        map16 = self.stages[1](x)  # (B, 128, H/16, W/16)
        return map16, self.stages[2](map16)  # (B, 256, H/32, W/32)


class BasicBlock(nn.Module):
    """ResNet's two 3x3 convolutions (He et al. 2016, section 4.1)."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = ConvBN(in_channels, out_channels, 3, stride)
        self.conv2 = ConvBN(out_channels, out_channels, relu=False)
        self.projection = (
            ConvBN(in_channels, out_channels, 1, stride, relu=False)
            if stride > 1 or in_channels != out_channels
            else None
        )

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.projection is None else self.projection(x)
        return F.relu(shortcut + self.conv2(self.conv1(x)), inplace=True)


class ResNet18(Backbone):
    """ResNet-18 without its classifier: 7x7 stem, four stages of two basic blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvBN(3, 64, 7, 2)
        self.pool = nn.MaxPool2d(3, 2, 1)
        widths = (64, 64, 128, 256, 512)
        self.stages = nn.ModuleList(
            nn.Sequential(BasicBlock(before, width, stride), BasicBlock(width, width, 1))
            for before, width, stride in zip(widths[:-1], widths[1:], (1, 2, 2, 2), strict=True)
        )
        self.channels16, self.channels32 = 256, 512

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.pool(self.stem(x))  # (B, 64, H/4, W/4)
        x = self.stages[1](self.stages[0](x))  # (B, 128, H/8, W/8)
        map16 = self.stages[2](x)  # (B, 256, H/16, W/16)
        return map16, self.stages[3](map16)  # (B, 512, H/32, W/32)
