"""`DeployedNetwork`: a network as it is run and exported, from uint8 pictures to logits."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from bisenet.inference import normalise
from bisenet.layers import fold_batchnorm
from bisenet.segmenter import Segmenter


class DeployedNetwork(nn.Module):
    """(N, H, W, 3) uint8 RGB at the network's input size -> (N, C, ceil(H/8), ceil(W/8)) float32 logits.

    Normalisation is inside, batch normalisation is folded, and what only training needs is gone. The Segmenter itself
    is left as it was.
    """

    def __init__(self, model: Segmenter) -> None:
        super().__init__()
        network = copy.deepcopy(model.network).eval()
        network.aux_heads = nn.ModuleList()
        fold_batchnorm(network)
        self.network = network.requires_grad_(requires_grad=False)
        mean, std = (torch.tensor(values).view(3, 1, 1) for values in (model.card.mean, model.card.std))
        self.register_buffer("mean", mean, persistent=False)
        self.register_buffer("std", std, persistent=False)

    def forward(self, pictures: Tensor) -> Tensor:
        assert isinstance(self.mean, Tensor)
        assert isinstance(self.std, Tensor)
        # The memory of NHWC pictures, seen as NCHW, is channels-last already.
        logits: Tensor = self.network(normalise(pictures.permute(0, 3, 1, 2), self.mean, self.std))
        return logits.float()
