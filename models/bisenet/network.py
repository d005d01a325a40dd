"""`SegmentationNetwork`: what everything around a network may count on."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor, nn

from bisenet.upsampling import Upsampling


class SegmentationNetwork(nn.Module, ABC):
    """A network up to its logits, for any input size."""

    stride: int = 8
    """Of the logits: they are ceil(H / stride) by ceil(W / stride)."""
    aux_strides: tuple[int, ...] = ()
    """Of the auxiliary heads' logits, in the order of `forward_train`."""
    logits_upsampling: Upsampling = "bilinear"
    """How logits become picture-sized; not part of `forward`."""

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, H, W) float, normalised -> (B, num_classes, ceil(H/stride), ceil(W/stride)) logits."""

    @abstractmethod
    def forward_train(self, x: Tensor) -> list[Tensor]:
        """As `forward`, with the auxiliary heads' logits after the main ones."""


class TwoPathNetwork(SegmentationNetwork):
    """A BiSeNet: one path for detail, one for context, which changes slowly and may be kept for some frames."""

    @abstractmethod
    def context_of(self, x: Tensor) -> Tensor:
        """(B, 3, H, W) -> what the context path (V1) or the semantic branch (V2) makes of it."""

    @abstractmethod
    def logits_of(self, x: Tensor, context: Tensor) -> Tensor:
        """The rest of `forward`. The context may be that of a frame before, of the same size."""

    def forward(self, x: Tensor) -> Tensor:
        """See `SegmentationNetwork.forward`."""
        return self.logits_of(x, self.context_of(x))
