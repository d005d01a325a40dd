"""The convolution blocks that all networks here are made of."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bisenet.upsampling import Upsampling


def upsample(x: Tensor, size: Sequence[int], mode: Upsampling) -> Tensor:
    """Resize (N, C, h, w) to size (height, width)."""
    if tuple(x.shape[2:]) == tuple(size):
        return x
    if mode == "nearest":
        return F.interpolate(x, tuple(size), mode="nearest")
    return F.interpolate(x, tuple(size), mode="bilinear", align_corners=mode == "bilinear-corners")


def global_average(x: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, C, 1, 1)."""
    return x.mean(dim=(2, 3), keepdim=True)


class ConvBN(nn.Module):
    """Convolution, batch normalisation and, unless told otherwise, ReLU; padded so that stride 1 keeps the size."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int = 3,
        stride: int = 1,
        *,
        groups: int = 1,
        bias: bool = False,
        relu: bool = True,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel, stride, kernel // 2, groups=groups, bias=bias)
        self.bn: nn.Module = nn.BatchNorm2d(out_channels)
        self.relu = relu

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self.conv(x))
        return F.relu(x, inplace=True) if self.relu else x


class SeparableConvBN(nn.Module):
    """Depthwise 3x3, then pointwise with BN; nothing between the two (as in the authors' Xception39)."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1, *, relu: bool = True) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(in_channels, in_channels, 3, stride, 1, groups=in_channels, bias=False)
        self.pointwise = ConvBN(in_channels, out_channels, 1, relu=relu)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.pointwise(self.depthwise(x))
        return out


class Head(nn.Module):
    """3x3 ConvBN and a 1x1 classifier: the head of every BiSeNet; logits keep the map's size."""

    def __init__(self, in_channels: int, mid_channels: int, num_classes: int, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.conv = ConvBN(in_channels, mid_channels)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Conv2d(mid_channels, num_classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.classifier(self.dropout(self.conv(x)))
        return out


def initialise(network: nn.Module) -> None:
    """Kaiming-normal convolutions, zero biases, unit BN: for training from nothing."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_in", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)


@torch.no_grad()
def fold_batchnorm(network: nn.Module) -> None:
    """Fold each ConvBN's normalisation into its convolution, in place; the outputs of eval mode stay the same."""
    for module in network.modules():
        if isinstance(module, ConvBN) and isinstance(module.bn, nn.BatchNorm2d):
            module.conv = torch.nn.utils.fusion.fuse_conv_bn_eval(module.conv.eval(), module.bn.eval())
            module.bn = nn.Identity()
