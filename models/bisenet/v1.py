"""BiSeNetV1 (Yu et al., ECCV 2018): a spatial path, a context path, and their fusion.

Three public implementations have checkpoints that people use, and each computes a function of its own; and the paper's
ablation (section 4.2, table 3) leaves parts away. `V1Variant` holds every point in which they differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from bisenet.backbones import Backbone
from bisenet.layers import ConvBN, Head, global_average, upsample
from bisenet.network import TwoPathNetwork
from bisenet.upsampling import Upsampling


@dataclass(frozen=True, slots=True)
class V1Variant:
    """Where the implementations of BiSeNetV1 part, and what its ablations leave away."""

    ffm_attention: Literal["two-conv", "conv-bn", "conv-bn-relu"]
    """The fusion's attention: two 1x1 with a ReLU between; one with BN; or that and a ReLU before the sigmoid."""
    context_upsampling: Upsampling
    logits_upsampling: Upsampling
    head_channels: int
    aux_channels: int
    dropout: float = 0.0
    spatial_channels: tuple[int, int, int, int] = (64, 64, 64, 128)
    context_channels: int = 128
    ffm_reduction: int = 1
    """Of the two-conv attention: how many times narrower its first convolution is."""

    fusion: Literal["ffm", "sum", "none"] = "ffm"
    """How both paths meet; none: there is no spatial path."""
    attention_refinement: bool = True
    """Without: the ARM's 3x3 convolution alone."""
    global_context: bool = True
    """Without: the upward path starts from zero."""
    context_stride: Literal[8, 4] = 8
    """How far up the context path goes; 4 goes one level further, and is for networks without a spatial path."""

    def __post_init__(self) -> None:
        if self.context_stride == 4 and self.fusion != "none":
            raise ValueError("the spatial path ends at 1/8: fusion with a context at 1/4 is not defined")
        if self.fusion == "sum" and self.spatial_channels[-1] != self.context_channels:
            raise ValueError("a sum needs paths of equal width")


class SpatialPath(nn.Module):
    """Three stride-2 convolutions that keep detail (paper section 3.1): (B, 3, H, W) -> (B, C, H/8, W/8)."""

    def __init__(self, channels: tuple[int, int, int, int]) -> None:
        super().__init__()
        first, second, third, last = channels
        self.convs = nn.Sequential(
            ConvBN(3, first, 7, 2), ConvBN(first, second, 3, 2), ConvBN(second, third, 3, 2), ConvBN(third, last, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.convs(x)
        return out


class AttentionRefinement(nn.Module):
    """ARM (paper section 3.2): 3x3 convolution, its channels weighted by their global average (unless left away)."""

    def __init__(self, in_channels: int, out_channels: int, *, attention: bool = True) -> None:
        super().__init__()
        self.conv = ConvBN(in_channels, out_channels)
        self.attention = ConvBN(out_channels, out_channels, 1, relu=False) if attention else None

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return x if self.attention is None else x * torch.sigmoid(self.attention(global_average(x)))


class ContextPath(nn.Module):
    """Backbone, ARMs and global average, merged upwards (paper section 3.2)."""

    def __init__(self, backbone: Backbone, variant: V1Variant) -> None:
        super().__init__()
        width, attention = variant.context_channels, variant.attention_refinement
        self.backbone = backbone
        self.upsampling: Upsampling = variant.context_upsampling
        self.global_context = ConvBN(backbone.channels32, width, 1) if variant.global_context else None
        self.arm32 = AttentionRefinement(backbone.channels32, width, attention=attention)
        self.arm16 = AttentionRefinement(backbone.channels16, width, attention=attention)
        self.refine32 = ConvBN(width, width)
        self.refine16 = ConvBN(width, width)
        self.arm8 = self.refine8 = None
        if variant.context_stride == 4:
            self.arm8 = AttentionRefinement(backbone.channels8, width, attention=attention)
            self.refine8 = ConvBN(width, width)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """(B, 3, H, W) -> the context at 1/8 and at 1/16, (B, C, ...) each; at 1/4 first where it goes that far."""
        size4, size8 = _downscaled(x, 4), _downscaled(x, 8)
        map8, map16, map32 = self.backbone(x)
        context = self.arm32(map32)  # (B, C, H/32, W/32)
        if self.global_context is not None:
            context = context + self.global_context(global_average(map32))
        context16: Tensor = self.refine32(upsample(context, map16.shape[2:], self.upsampling))  # (B, C, H/16, W/16)
        context = self.arm16(map16) + context16
        context8: Tensor = self.refine16(upsample(context, size8, self.upsampling))  # (B, C, H/8, W/8)
        if self.arm8 is None or self.refine8 is None:
            return context8, context16
        context = self.arm8(map8) + context8
        return self.refine8(upsample(context, size4, self.upsampling)), context8, context16  # (B, C, H/4, W/4), ...


def _downscaled(x: Tensor, stride: int) -> tuple[int, int]:
    return -(-x.shape[2] // stride), -(-x.shape[3] // stride)


class FeatureFusion(nn.Module):
    """FFM (paper section 3.3): both paths concatenated, convolved, and re-weighted by channel."""

    def __init__(self, channels: int, variant: V1Variant) -> None:
        super().__init__()
        self.conv = ConvBN(channels, channels, 1)
        self.attention: nn.Module
        if variant.ffm_attention == "two-conv":
            narrow = channels // variant.ffm_reduction
            self.attention = nn.Sequential(
                nn.Conv2d(channels, narrow, 1, bias=False),
                nn.ReLU(inplace=True),
                nn.Conv2d(narrow, channels, 1, bias=False),
            )
        else:
            self.attention = ConvBN(channels, channels, 1, relu=variant.ffm_attention == "conv-bn-relu")

    def forward(self, spatial: Tensor, context: Tensor) -> Tensor:
        x: Tensor = self.conv(torch.cat((spatial, context), dim=1))
        return x + x * torch.sigmoid(self.attention(global_average(x)))


class BiSeNetV1(TwoPathNetwork):
    """BiSeNetV1, whole or without the parts that a variant leaves away."""

    aux_strides = (8, 16)

    def __init__(self, backbone: Callable[[], Backbone], num_classes: int, variant: V1Variant) -> None:
        super().__init__()
        self.logits_upsampling = variant.logits_upsampling
        self.stride = variant.context_stride
        width = variant.context_channels
        self.spatial_path = SpatialPath(variant.spatial_channels) if variant.fusion != "none" else None
        self.context_path = ContextPath(backbone(), variant)
        self.ffm = None
        if variant.fusion == "ffm":
            width += variant.spatial_channels[-1]
            self.ffm = FeatureFusion(width, variant)
        self.head = Head(width, variant.head_channels, num_classes, dropout=variant.dropout)
        self.aux_heads = nn.ModuleList(
            Head(variant.context_channels, variant.aux_channels, num_classes, dropout=variant.dropout)
            for _ in self.aux_strides
        )

    def forward_train(self, x: Tensor) -> list[Tensor]:
        """As `forward`, with the auxiliary heads' logits (1/8 and 1/16 context maps) after the main ones."""
        *finest, context8, context16 = self.context_path(x)
        logits = self.logits_of(x, finest[0] if finest else context8)
        return [logits, self.aux_heads[0](context8), self.aux_heads[1](context16)]

    def context_of(self, x: Tensor) -> Tensor:
        """The finest context: (B, C, H/8, W/8)."""
        context: Tensor = self.context_path(x)[0]
        return context

    def logits_of(self, x: Tensor, context: Tensor) -> Tensor:
        """The rest of `forward`; the context may be that of a frame before."""
        fused = context
        if self.spatial_path is not None:
            spatial = self.spatial_path(x)  # (B, C, H/8, W/8)
            fused = spatial + context if self.ffm is None else self.ffm(spatial, context)
        out: Tensor = self.head(fused)
        return out
