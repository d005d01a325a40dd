"""The networks that the V1 paper compares itself with and that can be rebuilt from their papers: FCN-32s, SegNet, ENet.

Table 1 of the V1 paper gives figures of FCN-32s, tables 4 to 8 of SegNet and ENet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bisenet.backbones import Backbone
from bisenet.layers import ConvBN
from bisenet.network import SegmentationNetwork


class Fcn32s(SegmentationNetwork):
    """A backbone and one 1x1 classifier on its 1/32 map (V1 paper, section 4.2, "Baseline")."""

    stride = 32

    def __init__(self, backbone: Callable[[], Backbone], num_classes: int) -> None:
        super().__init__()
        self.backbone = backbone()
        self.classifier = nn.Conv2d(self.backbone.channels32, num_classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.classifier(self.backbone(x)[2])  # (B, num_classes, H/32, W/32)
        return out

    def forward_train(self, x: Tensor) -> list[Tensor]:
        """As `forward`; there is no auxiliary head."""
        return [self.forward(x)]


class SegNet(SegmentationNetwork):
    """SegNet (Badrinarayanan et al., TPAMI 2017): VGG16's convolutions, and their mirror image to full size.

    The decoder enlarges by writing each value back where the encoder's max-pooling took its maximum from.
    """

    stride = 1

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        vgg16: list[tuple[int, ...]] = [
            (3, 64, 64),
            (64, 128, 128),
            (128, 256, 256, 256),
            (256, 512, 512, 512),
            (512, 512, 512, 512),
        ]
        self.encoder = nn.ModuleList(_convs(channels) for channels in vgg16)
        mirrored = [channels[::-1] for channels in vgg16[::-1]]
        mirrored[-1] = (64, 64)  # where the encoder begins with RGB, the decoder ends with classes
        self.decoder = nn.ModuleList(_convs(channels) for channels in mirrored)
        self.classifier = nn.Conv2d(64, num_classes, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        pooled = []
        for stage in self.encoder:
            x = stage(x)
            size = x.shape[2:]
            x, where = _pool(x)  # (B, 64 to 512, H/2, W/2) and so on down to 1/32
            pooled.append((where, size))
        for stage in self.decoder:
            x = stage(_unpool(x, *pooled.pop()))  # (B, 512 to 64, H/16, W/16) and so on up to H, W
        out: Tensor = self.classifier(x)  # (B, num_classes, H, W)
        return out

    def forward_train(self, x: Tensor) -> list[Tensor]:
        """As `forward`; there is no auxiliary head."""
        return [self.forward(x)]


def _convs(channels: tuple[int, ...]) -> nn.Sequential:
    return nn.Sequential(*(ConvBN(here, there) for here, there in pairwise(channels)))


def _pool(x: Tensor) -> tuple[Tensor, Tensor]:
    """Halve by 2x2 maxima, rounded up so that no row or column is lost; and where each maximum stood."""
    return F.max_pool2d_with_indices(x, (2, 2), ceil_mode=True)


def _unpool(x: Tensor, where: Tensor, size: Sequence[int]) -> Tensor:
    """Undo `_pool` to that (height, width): values where the maxima stood, zero elsewhere."""
    return F.max_unpool2d(x, where, [2, 2], output_size=list(size))


class ENet(SegmentationNetwork):
    """ENet (Paszke et al. 2016, table 1): a long encoder of narrow bottlenecks and a short decoder, to full size.

    What the paper leaves open (widths within the decoder, the last kernel, normalisation of the first block) is as in
    its authors' code. Sizes that cannot be halved are rounded up.
    """

    stride = 1

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.initial_conv = ConvBN(3, 13, stride=2, relu=False)
        self.initial_pool = nn.Sequential(nn.MaxPool2d(2, ceil_mode=True), nn.BatchNorm2d(3))
        self.initial_activation = nn.PReLU(16)
        self.down1 = DownBottleneck(16, 64, dropout=0.01)
        self.stage1 = nn.Sequential(*(Bottleneck(64, ConvBN(16, 16, relu=False), dropout=0.01) for _ in range(4)))
        self.down2 = DownBottleneck(64, 128, dropout=0.1)
        self.stage2 = nn.Sequential(*(Bottleneck(128, middle, dropout=0.1) for middle in _context_convs(32)))
        self.stage3 = nn.Sequential(*(Bottleneck(128, middle, dropout=0.1) for middle in _context_convs(32)))
        self.up4 = UpBottleneck(128, 64)
        self.stage4 = nn.Sequential(*(Bottleneck(64, ConvBN(16, 16, relu=False), decoder=True) for _ in range(2)))
        self.up5 = UpBottleneck(64, 16)
        self.stage5 = Bottleneck(16, ConvBN(4, 4, relu=False), decoder=True)
        self.classifier = nn.ConvTranspose2d(16, num_classes, 2, 2)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        x = self.initial_activation(torch.cat((self.initial_conv(x), self.initial_pool(x)), dim=1))  # (B, 16, H/2, W/2)
        size2 = x.shape[2:]
        x, where2 = self.down1(x)  # (B, 64, H/4, W/4)
        x = self.stage1(x)
        size4 = x.shape[2:]
        x, where4 = self.down2(x)  # (B, 128, H/8, W/8)
        x = self.stage3(self.stage2(x))
        x = self.stage4(self.up4(x, where4, size4))  # (B, 64, H/4, W/4)
        x = self.stage5(self.up5(x, where2, size2))  # (B, 16, H/2, W/2)
        out: Tensor = self.classifier(x)
        return out[:, :, :height, :width]  # (B, num_classes, H, W)

    def forward_train(self, x: Tensor) -> list[Tensor]:
        """As `forward`; there is no auxiliary head."""
        return [self.forward(x)]


def _context_convs(channels: int) -> list[nn.Module]:
    """The middles of bottlenecks 2.1 to 2.8: plain and asymmetric, and dilated ones that reach ever further."""
    middles: list[nn.Module] = []
    for dilations in ((2, 4), (8, 16)):
        near, far = (
            _conv_bn(nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation, bias=False))
            for dilation in dilations
        )
        asymmetric = nn.Sequential(
            nn.Conv2d(channels, channels, (5, 1), padding=(2, 0), bias=False),
            _conv_bn(nn.Conv2d(channels, channels, (1, 5), padding=(0, 2), bias=False)),
        )
        middles += [ConvBN(channels, channels, relu=False), near, asymmetric, far]
    return middles


def _conv_bn(conv: nn.Conv2d) -> ConvBN:
    """A ConvBN without ReLU around a convolution that it has no parameters for."""
    block = ConvBN(conv.in_channels, conv.out_channels, relu=False)
    block.conv = conv
    return block


class Bottleneck(nn.Module):
    """x + (1x1 to a quarter, a convolution, 1x1), each normalised (ENet paper, fig. 2b): the size stays.

    decoder: ReLU in place of PReLU, and no dropout.
    """

    def __init__(self, channels: int, middle: nn.Module, *, dropout: float = 0.0, decoder: bool = False) -> None:
        super().__init__()
        inner = channels // 4
        self.residual = nn.Sequential(
            ConvBN(channels, inner, 1, relu=False),
            _activation(inner, decoder),
            middle,
            _activation(inner, decoder),
            ConvBN(inner, channels, 1, relu=False),
            nn.Dropout2d(dropout),
        )
        self.activation = _activation(channels, decoder)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.activation(x + self.residual(x))
        return out


def _activation(channels: int, decoder: bool) -> nn.Module:
    return nn.ReLU() if decoder else nn.PReLU(channels)


class DownBottleneck(nn.Module):
    """A bottleneck that halves: a 2x2 convolution in place of the first 1x1, max-pooling beside it.

    The pooled maps are fewer than the bottleneck's: zeros stand for the missing ones.
    """

    def __init__(self, in_channels: int, out_channels: int, *, dropout: float) -> None:
        super().__init__()
        inner = out_channels // 4
        self.residual = nn.Sequential(
            _conv_bn(nn.Conv2d(in_channels, inner, 2, 2, bias=False)),
            nn.PReLU(inner),
            ConvBN(inner, inner, relu=False),
            nn.PReLU(inner),
            ConvBN(inner, out_channels, 1, relu=False),
            nn.Dropout2d(dropout),
        )
        self.missing_channels = out_channels - in_channels
        self.activation = nn.PReLU(out_channels)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C, H, W) -> (B, out_channels, H/2, W/2), and where the maxima of the C pooled maps stood."""
        pooled, where = _pool(x)
        even = F.pad(x, (0, x.shape[3] % 2, 0, x.shape[2] % 2))
        pooled = F.pad(pooled, (0, 0, 0, 0, 0, self.missing_channels))
        return self.activation(pooled + self.residual(even)), where


class UpBottleneck(nn.Module):
    """A bottleneck that doubles: a full convolution in the middle, and beside it a 1x1 and max-unpooling."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        inner = out_channels // 4
        self.reduce = ConvBN(in_channels, inner, 1)
        self.enlarge = nn.ConvTranspose2d(inner, inner, 3, 2, 1, bias=False)
        self.enlarge_bn = nn.BatchNorm2d(inner)
        self.expand = ConvBN(inner, out_channels, 1, relu=False)
        self.shortcut = ConvBN(in_channels, out_channels, 1, relu=False)

    def forward(self, x: Tensor, where: Tensor, size: Sequence[int]) -> Tensor:
        """x at half the size, and what the matching `DownBottleneck` said -> (B, out_channels, *size)."""
        residual = F.relu(self.enlarge_bn(self.enlarge(self.reduce(x), output_size=size)))
        return F.relu(_unpool(self.shortcut(x), where, size) + self.expand(residual))
