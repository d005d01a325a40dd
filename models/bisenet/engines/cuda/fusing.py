"""Convolution, bias and ReLU in one kernel, where cuDNN has one: else each is a pass of its own over the map."""

from __future__ import annotations

import logging

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bisenet.backbones import BasicBlock, Bottleneck
from bisenet.engines.cuda.card import is_out_of_memory
from bisenet.layers import ConvBN

_log = logging.getLogger(__name__)


def fuse_activations(network: nn.Module) -> None:
    """In place, after `fold_batchnorm`; the outputs stay the same but for rounding.

    Grouped convolutions are left as they are: cuDNN's fused kernels are for whole ones.
    """
    for name, child in list(network.named_children()):
        if isinstance(child, BasicBlock | Bottleneck):
            fuse_activations(child)
            setattr(network, name, _FusedResidual(child))
        elif isinstance(child, ConvBN) and _is_fusable(child) and child.relu:
            setattr(network, name, _FusedConv(child.conv))
        else:
            fuse_activations(child)


def _is_fusable(block: ConvBN) -> bool:
    return block.conv.groups == 1 and block.conv.bias is not None and isinstance(block.bn, nn.Identity)


class _Fused(nn.Module):
    """A convolution that cuDNN may or may not have a fused kernel for; asked once, by trying."""

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.conv = conv
        self._refused = False

    def _fused(self, x: Tensor, shortcut: Tensor | None) -> Tensor | None:
        """The fused kernel's output; None: there is none for this."""
        if self._refused or not _is_on_card(x):
            return None
        conv = self.conv
        assert not isinstance(conv.padding, str)
        how = conv.stride, conv.padding, conv.dilation, conv.groups
        try:
            out: Tensor = (
                torch.cudnn_convolution_relu(x, conv.weight, conv.bias, *how)
                if shortcut is None
                else torch.cudnn_convolution_add_relu(x, conv.weight, shortcut, 1.0, conv.bias, *how)
            )
        except RuntimeError as error:
            if is_out_of_memory(error):
                raise
            _log.info("no fused kernel for %s: %s", conv, str(error).splitlines()[0])
            self._refused = True
            return None
        return out


class _FusedConv(_Fused):
    def forward(self, x: Tensor) -> Tensor:
        fused = self._fused(x, None)
        return F.relu(self.conv(x), inplace=True) if fused is None else fused


class _FusedResidual(_Fused):
    """A ResNet's block, whose last convolution adds the shortcut before its ReLU."""

    def __init__(self, block: BasicBlock | Bottleneck) -> None:
        last = block.conv3 if isinstance(block, Bottleneck) else block.conv2
        super().__init__(last.conv)
        self.projection = block.projection
        self.before = nn.Sequential(block.conv1, block.conv2) if isinstance(block, Bottleneck) else block.conv1

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.projection is None else self.projection(x)
        inner = self.before(x)
        fused = self._fused(inner, shortcut)
        return F.relu(shortcut + self.conv(inner), inplace=True) if fused is None else fused


def _is_on_card(x: Tensor) -> bool:
    return x.is_cuda
