"""The training loss: cross entropy, of all pixels or of the hardest (OHEM), for the main and the auxiliary heads.

The public implementations mine and average in three ways, and recipes that follow one of them need its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from bisenet.layers import upsample
from bisenet.upsampling import Upsampling

LossKind = Literal["cross-entropy", "mmseg-cross-entropy", "coincheung-ohem", "torchseg-ohem", "mmseg-ohem"]


@dataclass(frozen=True, slots=True)
class PixelLoss:
    """Which pixels count, and what their sum is divided by.

    - cross-entropy: all valid pixels; their mean.
    - mmseg-cross-entropy: the same sum over the number of all pixels, ignored ones too.
    - coincheung-ohem: pixels whose true class has a probability under `threshold`, but at least `kept`, the hardest
      first; their mean.
    - torchseg-ohem: as before with probabilities up to `threshold` (V1's "bootstrapping" as its authors released it).
    - mmseg-ohem: as before, probabilities under `threshold`; the sum over the number of all pixels.
    """

    kind: LossKind = "cross-entropy"
    threshold: float = 0.7
    kept: int = 0
    """Pixels of a batch that count at least. 0 is a sixteenth of the valid ones (CoinCheung) or of all (the others)."""
    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1 or self.kept < 0 or not 0 <= self.label_smoothing < 1:
            raise ValueError(
                f"expected a threshold in (0, 1], kept of at least 0 and label smoothing in [0, 1), got "
                f"{self.threshold}, {self.kept}, {self.label_smoothing}"
            )

    def __call__(
        self, logits: Tensor, labels: Tensor, ignore_id: int, class_weights: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """The sum of the losses that count, and what to divide it by, of at least 1: scalars.

        logits: (B, C, H, W) float; labels: (B, H, W) int64. Without a valid pixel the sum is zero, with a gradient of
        zero.
        """
        valid = labels != ignore_id
        plain = F.cross_entropy(logits, labels, ignore_index=ignore_id, reduction="none")
        counted = self._counted(plain.detach()[valid], labels.numel())
        losses = plain
        if class_weights is not None or self.label_smoothing:
            losses = F.cross_entropy(
                logits, labels, class_weights, ignore_index=ignore_id, reduction="none",
                label_smoothing=self.label_smoothing,
            )  # fmt: skip
        over_all = self.kind.startswith("mmseg")
        divisor = torch.full_like(plain[:0].sum(), labels.numel()) if over_all else counted.sum().to(plain.dtype)
        return (losses[valid] * counted).sum(), divisor.clamp_min(1)

    def _counted(self, losses: Tensor, pixels: int) -> Tensor:
        """Which of the valid pixels' losses count: bool."""
        if self.kind.endswith("cross-entropy") or losses.numel() == 0:
            return torch.ones_like(losses, dtype=torch.bool)
        # A probability under the threshold is a loss over this.
        limit = -math.log(self.threshold)
        if self.kind == "coincheung-ohem":
            counted = losses > limit
            fewest = self.kept or max(losses.numel() // 16, 1)
            return counted if int(counted.sum()) >= fewest else _hardest(losses, fewest)
        fewest = self.kept or pixels // 16
        counted = losses >= limit if self.kind == "torchseg-ohem" else losses > limit
        return counted if int(counted.sum()) >= fewest else _hardest(losses, fewest)


def _hardest(losses: Tensor, count: int) -> Tensor:
    counted = torch.zeros_like(losses, dtype=torch.bool)
    counted[losses.topk(min(count, losses.numel())).indices] = True
    return counted


def segmentation_loss(
    outputs: list[Tensor],
    labels: Tensor,
    ignore_id: int,
    upsampling: Upsampling,
    pixel_loss: PixelLoss,
    *,
    strides: tuple[int, int] = (1, 1),
    phase: int = 0,
    aux_weight: float = 1.0,
    class_weights: Tensor | None = None,
    over_all: Callable[[Tensor], Tensor] = lambda count: count,
) -> Tensor:
    """Loss of the main head plus `aux_weight` times that of each auxiliary head (V1 section 3.3, V2 section 3.3).

    outputs: logits as `forward_train` gives them. strides: take every n-th row and column of the labels for the main
    and for the auxiliary heads; 2 and 4 halve the time of a step on a CPU. `phase` moves the rows and columns that
    are taken, so that all are seen over time and none is favoured. over_all: the mean of a divisor over all processes
    that share the batch.
    """
    total = outputs[0].new_zeros((), dtype=torch.float32)
    for index, logits in enumerate(outputs):
        stride = strides[min(index, 1)]
        first = phase % stride
        taken = labels[:, first::stride, first::stride]
        enlarged = upsample(logits.float(), (taken.shape[1], taken.shape[2]), upsampling)
        summed, divisor = pixel_loss(enlarged, taken, ignore_id, class_weights)
        loss = summed / over_all(divisor)
        total = total + (loss if index == 0 else aux_weight * loss)
    return total
