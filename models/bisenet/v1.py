"""BiSeNetV1 (Yu et al., ECCV 2018): a spatial path, a context path, and their fusion.

Three public implementations have checkpoints that people use, and each computes a function of its own.
`V1Variant` holds every point in which they differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from bisenet.backbones import Backbone
from bisenet.layers import ConvBN, Head, Upsampling, global_average, upsample


@dataclass(frozen=True, slots=True)
class V1Variant:
    """Where the implementations of BiSeNetV1 part."""

    ffm_attention: Literal["two-conv", "conv-bn", "conv-bn-relu"]
    """The fusion's attention: two 1x1 with a ReLU between; one with BN; or that and a ReLU before the sigmoid."""
    context_upsampling: Upsampling
    logits_upsampling: Upsampling
    """How logits become picture-sized; not part of `forward`."""
    head_channels: int
    aux_channels: int
    dropout: float = 0.0


class SpatialPath(nn.Module):
    """Three stride-2 convolutions that keep detail (paper section 3.1): (B, 3, H, W) -> (B, 128, H/8, W/8)."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.Sequential(ConvBN(3, 64, 7, 2), ConvBN(64, 64, 3, 2), ConvBN(64, 64, 3, 2), ConvBN(64, 128, 1))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.convs(x)
        return out


class AttentionRefinement(nn.Module):
    """ARM (paper section 3.2): 3x3 convolution, its channels weighted by their global average."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = ConvBN(in_channels, out_channels)
        self.attention = ConvBN(out_channels, out_channels, 1, relu=False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return x * torch.sigmoid(self.attention(global_average(x)))


class ContextPath(nn.Module):
    """Backbone, ARMs and global average, merged upwards (paper section 3.2)."""

    def __init__(self, backbone: Backbone, width: int, upsampling: Upsampling) -> None:
        super().__init__()
        self.backbone = backbone
        self.upsampling: Upsampling = upsampling
        self.global_context = ConvBN(backbone.channels32, width, 1)
        self.arm32 = AttentionRefinement(backbone.channels32, width)
        self.arm16 = AttentionRefinement(backbone.channels16, width)
        self.refine32 = ConvBN(width, width)
        self.refine16 = ConvBN(width, width)

    def forward(self, x: Tensor, size8: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """(B, 3, H, W) -> the context at 1/8 (size8) and at 1/16, (B, 128, ...) each."""
        map16, map32 = self.backbone(x)
        tail = self.global_context(global_average(map32))  # (B, 128, 1, 1)
        context16 = self.arm32(map32) + tail  # (B, 128, H/32, W/32)
        context16 = self.refine32(upsample(context16, map16.shape[2:], self.upsampling))  # (B, 128, H/16, W/16)
        context8 = self.arm16(map16) + context16
        context8 = self.refine16(upsample(context8, size8, self.upsampling))  # (B, 128, H/8, W/8)
        return context8, context16


class FeatureFusion(nn.Module):
    """FFM (paper section 3.3): both paths concatenated, convolved, and re-weighted by channel."""

    def __init__(self, channels: int, attention: Literal["two-conv", "conv-bn", "conv-bn-relu"]) -> None:
        super().__init__()
        self.conv = ConvBN(channels, channels, 1)
        self.attention: nn.Module
        if attention == "two-conv":
            self.attention = nn.Sequential(
                nn.Conv2d(channels, channels, 1, bias=False),
                nn.ReLU(inplace=True),
                nn.Conv2d(channels, channels, 1, bias=False),
            )
        else:
            self.attention = ConvBN(channels, channels, 1, relu=attention == "conv-bn-relu")

    def forward(self, spatial: Tensor, context: Tensor) -> Tensor:
        x: Tensor = self.conv(torch.cat((spatial, context), dim=1))
        return x + x * torch.sigmoid(self.attention(global_average(x)))


class BiSeNetV1(nn.Module):
    """The network up to its logits at 1/8 of the input; any input size."""

    aux_strides = (8, 16)

    def __init__(self, backbone: Callable[[], Backbone], num_classes: int, variant: V1Variant) -> None:
        super().__init__()
        self.logits_upsampling: Upsampling = variant.logits_upsampling
        self.spatial_path = SpatialPath()
        self.context_path = ContextPath(backbone(), 128, variant.context_upsampling)
        self.ffm = FeatureFusion(256, variant.ffm_attention)
        self.head = Head(256, variant.head_channels, num_classes, dropout=variant.dropout)
        self.aux_heads = nn.ModuleList(
            Head(128, variant.aux_channels, num_classes, dropout=variant.dropout) for _ in self.aux_strides
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, H, W) float, normalised -> (B, num_classes, ceil(H/8), ceil(W/8)) logits."""
        return self._main(x)[0]

    def forward_train(self, x: Tensor) -> list[Tensor]:
        """As `forward`, with the auxiliary heads' logits (1/8 and 1/16 context maps) after the main ones."""
        logits, context8, context16 = self._main(x)
        return [logits, self.aux_heads[0](context8), self.aux_heads[1](context16)]

    def _main(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        spatial = self.spatial_path(x)  # (B, 128, H/8, W/8)
        context8, context16 = self.context_path(x, spatial.shape[2:])
        return self.head(self.ffm(spatial, context8)), context8, context16
