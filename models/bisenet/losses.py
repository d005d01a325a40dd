"""The training loss: cross entropy over the hardest pixels (OHEM), for the main and the auxiliary heads."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from bisenet.layers import Upsampling, upsample


def ohem_cross_entropy(
    logits: Tensor,
    labels: Tensor,
    ignore_id: int,
    *,
    threshold: float = 0.7,
    kept_share: float = 1 / 16,
    class_weights: Tensor | None = None,
) -> Tensor:
    """Mean cross entropy of the pixels whose true class has a probability under `threshold`.

    At least `kept_share` of the valid pixels count, the hardest first. logits: (B, C, H, W) float; labels: (B, H, W)
    int64. Zero, with a gradient of zero, when no pixel is valid. (V1 section 4.1 "bootstrapping"; the form of the
    public implementations.)
    """
    losses = F.cross_entropy(logits, labels, class_weights, ignore_index=ignore_id, reduction="none").flatten()
    valid = int((labels != ignore_id).sum())
    if valid == 0:
        return logits.sum() * 0.0
    kept = losses[losses > -math.log(threshold)]
    minimum = max(int(valid * kept_share), 1)
    if kept.numel() < minimum:
        kept = losses.topk(minimum).values
    return kept.mean()


def segmentation_loss(
    outputs: list[Tensor],
    labels: Tensor,
    ignore_id: int,
    upsampling: Upsampling,
    *,
    strides: tuple[int, int] = (1, 1),
    phase: int = 0,
    aux_weight: float = 1.0,
    threshold: float = 0.7,
    class_weights: Tensor | None = None,
) -> Tensor:
    """Loss of the main head plus `aux_weight` times that of each auxiliary head (V1 section 3.3, V2 section 3.3).

    outputs: logits as `forward_train` gives them. strides: take every n-th row and column of the labels for the main
    and for the auxiliary heads; 2 and 4 halve the time of a step on a CPU. `phase` moves the rows and columns that
    are taken, so that all are seen over time and none is favoured.
    """
    total = outputs[0].new_zeros((), dtype=torch.float32)
    for index, logits in enumerate(outputs):
        stride = strides[min(index, 1)]
        first = phase % stride
        taken = labels[:, first::stride, first::stride]
        enlarged = upsample(logits.float(), (taken.shape[1], taken.shape[2]), upsampling)
        loss = ohem_cross_entropy(enlarged, taken, ignore_id, threshold=threshold, class_weights=class_weights)
        total = total + (loss if index == 0 else aux_weight * loss)
    return total
