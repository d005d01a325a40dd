"""BiSeNetV2 (Yu et al., IJCV 2021): a detail branch, a semantic branch, and bilateral guided aggregation.

`V2Variant` holds every point in which the two public implementations differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bisenet.layers import ConvBN, Head, global_average, upsample
from bisenet.network import TwoPathNetwork
from bisenet.upsampling import Upsampling


@dataclass(frozen=True, slots=True)
class V2Variant:
    """Where the implementations of BiSeNetV2 part."""

    bga_upsampling: Upsampling
    bga_bias: bool
    """Whether the pointwise convolutions of the aggregation have a bias."""
    booster: Literal["enlarging", "two-conv"]
    """Booster heads: a 3x3, nearest x2, a 3x3 (CoinCheung), or two 3x3 at the map's own size (mmsegmentation)."""
    logits_upsampling: Upsampling = "bilinear"
    head_channels: int = 1024
    dropout: float = 0.1
    width: int = 1
    """The paper's alpha: all channels of both branches times this."""
    depth: int = 1
    """The paper's d: how often the gather-and-expansion layers of each stage are repeated."""


class Detail(nn.Sequential):
    """Detail branch (paper table 1): (B, 3, H, W) -> (B, 128 * width, H/8, W/8)."""

    def __init__(self, width: int = 1) -> None:
        fine, coarse = 64 * width, 128 * width
        super().__init__(
            nn.Sequential(ConvBN(3, fine, stride=2), ConvBN(fine, fine)),
            nn.Sequential(ConvBN(fine, fine, stride=2), ConvBN(fine, fine), ConvBN(fine, fine)),
            nn.Sequential(ConvBN(fine, coarse, stride=2), ConvBN(coarse, coarse), ConvBN(coarse, coarse)),
        )


class Stem(nn.Module):
    """Stem block (paper fig. 4a): (B, 3, H, W) -> (B, channels, H/4, W/4)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = ConvBN(3, channels, stride=2)
        self.left = nn.Sequential(ConvBN(channels, channels // 2, 1), ConvBN(channels // 2, channels, stride=2))
        self.right = nn.MaxPool2d(3, 2, 1)
        self.fuse = ConvBN(2 * channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        out: Tensor = self.fuse(torch.cat((self.left(x), self.right(x)), dim=1))
        return out


class GatherExpand(nn.Module):
    """Gather-and-expansion layer (paper fig. 5), expansion 6, as in all published checkpoints.

    The 3x3 convolution is followed by a grouped 3x3 that widens. With stride 2 the grouped one strides, a second
    depthwise follows, and the shortcut is a separable convolution.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int, expansion: int = 6) -> None:
        super().__init__()
        wide = in_channels * expansion
        self.conv1 = ConvBN(in_channels, in_channels)
        if stride == 1:
            self.depthwise = nn.Sequential(ConvBN(in_channels, wide, groups=in_channels))
            self.shortcut: nn.Module = nn.Identity()
        else:
            self.depthwise = nn.Sequential(
                ConvBN(in_channels, wide, stride=stride, groups=in_channels, relu=False),
                ConvBN(wide, wide, groups=wide),
            )
            self.shortcut = nn.Sequential(
                ConvBN(in_channels, in_channels, stride=stride, groups=in_channels, relu=False),
                ConvBN(in_channels, out_channels, 1, relu=False),
            )
        self.conv2 = ConvBN(wide, out_channels, 1, relu=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.conv2(self.depthwise(self.conv1(x))) + self.shortcut(x), inplace=True)


class ContextEmbedding(nn.Module):
    """Context embedding block (paper fig. 4b): the normalised global average, added to every place."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bn = nn.BatchNorm2d(channels)
        self.conv_average = ConvBN(channels, channels, 1)
        self.conv_last = ConvBN(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv_last(x + self.conv_average(self.bn(global_average(x))))
        return out


class Semantic(nn.Module):
    """Semantic branch (paper table 1); widths 16, 32, 64, 128 (lambda = 1/4 scales the stem and stage 3 only)."""

    def __init__(self, width: int = 1, depth: int = 1) -> None:
        super().__init__()
        self.channels = tuple(width * channels for channels in (16, 32, 64, 128))
        stem, third, fourth, fifth = self.channels
        self.stem = Stem(stem)
        self.stage3 = _stage(stem, third, 2 * depth)
        self.stage4 = _stage(third, fourth, 2 * depth)
        self.stage5 = _stage(fourth, fifth, 4 * depth)
        self.context = ContextEmbedding(fifth)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(B, 3, H, W) -> the context at 1/32, and the maps at 1/4, 1/8, 1/16, 1/32 for the boosters."""
        map4 = self.stem(x)  # (B, 16, H/4, W/4), and so on, times width
        map8 = self.stage3(map4)  # (B, 32, H/8, W/8)
        map16 = self.stage4(map8)  # (B, 64, H/16, W/16)
        map32 = self.stage5(map16)  # (B, 128, H/32, W/32)
        return self.context(map32), [map4, map8, map16, map32]


def _stage(in_channels: int, channels: int, layers: int) -> nn.Sequential:
    repeated = (GatherExpand(channels, channels, 1) for _ in range(layers - 1))
    return nn.Sequential(GatherExpand(in_channels, channels, 2), *repeated)


class DepthwisePointwise(nn.Module):
    """Depthwise 3x3 with BN, then a plain pointwise convolution."""

    def __init__(self, channels: int, *, bias: bool) -> None:
        super().__init__()
        self.depthwise = ConvBN(channels, channels, groups=channels, relu=False)
        self.pointwise = nn.Conv2d(channels, channels, 1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.pointwise(self.depthwise(x))
        return out


class BilateralAggregation(nn.Module):
    """Bilateral guided aggregation (paper fig. 6): each branch gates the other at its own scale."""

    def __init__(self, channels: int, upsampling: Upsampling, *, bias: bool) -> None:
        super().__init__()
        self.upsampling: Upsampling = upsampling
        self.detail_keep = DepthwisePointwise(channels, bias=bias)
        self.detail_down = ConvBN(channels, channels, stride=2, relu=False)
        self.pool = nn.AvgPool2d(3, 2, 1)
        self.semantic_up = ConvBN(channels, channels, relu=False)
        self.semantic_keep = DepthwisePointwise(channels, bias=bias)
        self.conv = ConvBN(channels, channels)

    def forward(self, detail: Tensor, semantic: Tensor) -> Tensor:
        """(B, C, H/8, W/8), (B, C, H/32, W/32) -> (B, C, H/8, W/8)."""
        size = detail.shape[2:]
        gate8 = torch.sigmoid(upsample(self.semantic_up(semantic), size, self.upsampling))
        gate32 = torch.sigmoid(self.semantic_keep(semantic))
        fine = self.detail_keep(detail) * gate8
        coarse = upsample(self.pool(self.detail_down(detail)) * gate32, size, self.upsampling)
        out: Tensor = self.conv(fine + coarse)
        return out


class EnlargingBooster(nn.Module):
    """CoinCheung's booster head: 3x3 to 128, nearest x2, 3x3 to stride**2 channels, classifier."""

    def __init__(self, in_channels: int, stride: int, num_classes: int, *, dropout: float) -> None:
        super().__init__()
        self.conv = ConvBN(in_channels, 128)
        self.dropout = nn.Dropout(dropout)
        self.head = Head(128, stride**2, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.dropout(self.conv(x))
        out: Tensor = self.head(F.interpolate(x, scale_factor=2, mode="nearest"))
        return out


class TwoConvBooster(nn.Module):
    """mmsegmentation's booster head: two 3x3 at stride**2 channels, classifier."""

    def __init__(self, in_channels: int, stride: int, num_classes: int, *, dropout: float) -> None:
        super().__init__()
        self.conv = ConvBN(in_channels, stride**2)
        self.head = Head(stride**2, stride**2, num_classes, dropout=dropout)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.head(self.conv(x))
        return out


class BiSeNetV2(TwoPathNetwork):
    """BiSeNetV2; "Large" is width 2 and depth 3 (paper section 6.3)."""

    aux_strides = (4, 8, 16, 32)

    def __init__(self, num_classes: int, variant: V2Variant) -> None:
        super().__init__()
        self.logits_upsampling = variant.logits_upsampling
        channels = 128 * variant.width
        self.detail = Detail(variant.width)
        self.semantic = Semantic(variant.width, variant.depth)
        self.aggregation = BilateralAggregation(channels, variant.bga_upsampling, bias=variant.bga_bias)
        self.head = Head(channels, variant.head_channels, num_classes, dropout=variant.dropout)
        booster = EnlargingBooster if variant.booster == "enlarging" else TwoConvBooster
        # mmsegmentation's heads have 16, 64, 256, 1024 channels and CoinCheung's last convolutions too: stride squared.
        self.aux_heads = nn.ModuleList(
            booster(channels, stride, num_classes, dropout=variant.dropout)
            for channels, stride in zip(self.semantic.channels, self.aux_strides, strict=True)
        )

    def forward_train(self, x: Tensor) -> list[Tensor]:
        """As `forward`, with the booster heads' logits (maps at 1/4, 1/8, 1/16, 1/32) after the main ones."""
        semantic, maps = self.semantic(x)
        logits = self.logits_of(x, semantic)
        return [logits, *(head(each) for head, each in zip(self.aux_heads, maps, strict=True))]

    def context_of(self, x: Tensor) -> Tensor:
        """What the semantic branch makes of a picture: (B, C, H/32, W/32)."""
        context: Tensor = self.semantic(x)[0]
        return context

    def logits_of(self, x: Tensor, context: Tensor) -> Tensor:
        """The rest of `forward`; the context may be that of a frame before."""
        out: Tensor = self.head(self.aggregation(self.detail(x), context))
        return out
