"""Context-path backbones of BiSeNetV1: Xception39 and ResNets.

A backbone maps (B, 3, H, W) to three maps, at 1/8, 1/16 and 1/32, and says how many channels they have.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch.nn.functional as F
from torch import Tensor, nn

from bisenet.layers import ConvBN, SeparableConvBN

Maps = tuple[Tensor, Tensor, Tensor]
"""At 1/8, 1/16 and 1/32 of the input."""


class Backbone(nn.Module, ABC):
    """What the context path needs of a backbone."""

    channels8: int
    channels16: int
    channels32: int

    @abstractmethod
    def forward(self, x: Tensor) -> Maps:
        """(B, 3, H, W) -> (B, channels8, H/8, W/8) and so on for 1/16 and 1/32; sizes are rounded up."""


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
        self.channels8, self.channels16, self.channels32 = 64, 128, 256

    def forward(self, x: Tensor) -> Maps:
        x = self.pool(self.stem(x))  # (B, 8, H/4, W/4)
        map8 = self.stages[0](x)  # (B, 64, H/8, W/8)
        map16 = self.stages[1](map8)  # (B, 128, H/16, W/16)
        return map8, map16, self.stages[2](map16)  # (B, 256, H/32, W/32)


class BasicBlock(nn.Module):
    """ResNet's two 3x3 convolutions (He et al. 2016, section 4.1)."""

    expansion = 1

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = ConvBN(in_channels, channels, 3, stride)
        self.conv2 = ConvBN(channels, channels, relu=False)
        self.projection = _projection(in_channels, channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.projection is None else self.projection(x)
        return F.relu(shortcut + self.conv2(self.conv1(x)), inplace=True)


class Bottleneck(nn.Module):
    """ResNet's 1x1, 3x3, 1x1 (He et al. 2016, fig. 5), with the stride on the 3x3 as all public checkpoints have it."""

    expansion = 4

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = ConvBN(in_channels, channels, 1)
        self.conv2 = ConvBN(channels, channels, 3, stride)
        self.conv3 = ConvBN(channels, channels * self.expansion, 1, relu=False)
        self.projection = _projection(in_channels, channels * self.expansion, stride)

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.projection is None else self.projection(x)
        return F.relu(shortcut + self.conv3(self.conv2(self.conv1(x))), inplace=True)


def _projection(in_channels: int, out_channels: int, stride: int) -> ConvBN | None:
    if stride == 1 and in_channels == out_channels:
        return None
    return ConvBN(in_channels, out_channels, 1, stride, relu=False)


class ResNet(Backbone):
    """A ResNet without its classifier: a 7x7 stem, or three 3x3 (`deep_stem`, "v1c"), and four stages of blocks."""

    def __init__(
        self, block: type[BasicBlock] | type[Bottleneck], depths: tuple[int, int, int, int], *, deep_stem: bool = False
    ) -> None:
        super().__init__()
        in_channels = 128 if deep_stem else 64
        self.stem = (
            nn.Sequential(ConvBN(3, 64, 3, 2), ConvBN(64, 64), ConvBN(64, 128)) if deep_stem else ConvBN(3, 64, 7, 2)
        )
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.stages = nn.ModuleList()
        for channels, depth, stride in zip((64, 128, 256, 512), depths, (1, 2, 2, 2), strict=True):
            blocks = [block(in_channels, channels, stride)]
            in_channels = channels * block.expansion
            blocks += [block(in_channels, channels, 1) for _ in range(depth - 1)]
            self.stages.append(nn.Sequential(*blocks))
        self.channels8, self.channels16, self.channels32 = (block.expansion * width for width in (128, 256, 512))

    def forward(self, x: Tensor) -> Maps:
        x = self.pool(self.stem(x))  # (B, 64 or 128, H/4, W/4)
        map8 = self.stages[1](self.stages[0](x))
        map16 = self.stages[2](map8)
        return map8, map16, self.stages[3](map16)


def resnet18() -> ResNet:
    """ResNet-18: 128, 256 and 512 channels."""
    return ResNet(BasicBlock, (2, 2, 2, 2))


def resnet50() -> ResNet:
    """ResNet-50: 512, 1024 and 2048 channels."""
    return ResNet(Bottleneck, (3, 4, 6, 3))


def resnet101(*, deep_stem: bool = False) -> ResNet:
    """ResNet-101: 512, 1024 and 2048 channels; the V1 authors' has the deep stem, mmsegmentation's has not."""
    return ResNet(Bottleneck, (3, 4, 23, 3), deep_stem=deep_stem)
