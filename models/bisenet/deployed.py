"""Networks as they are run and exported, from uint8 pictures to logits: `DeployedNetwork`, and its two halves."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from bisenet.inference import normalise
from bisenet.layers import fold_batchnorm
from bisenet.network import TwoPathNetwork
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

    def inputs(self, pictures: Tensor) -> Tensor:
        """(N, H, W, 3) uint8 -> (N, 3, H, W) float32, normalised."""
        assert isinstance(self.mean, Tensor)
        assert isinstance(self.std, Tensor)
        # The memory of NHWC pictures, seen as NCHW, is channels-last already.
        return normalise(pictures.permute(0, 3, 1, 2), self.mean, self.std)

    def forward(self, pictures: Tensor) -> Tensor:
        logits: Tensor = self.network(self.inputs(pictures))
        # Float32 is left as it is: a graph would get a conversion that does nothing, at which NNCF fails.
        return logits if logits.dtype == torch.float32 else logits.float()


class DeployedContext(nn.Module):
    """Of a network with two paths, what changes slowly: (N, H, W, 3) uint8 RGB -> the context, float32."""

    def __init__(self, deployed: DeployedNetwork) -> None:
        super().__init__()
        self.deployed = deployed

    def forward(self, pictures: Tensor) -> Tensor:
        assert isinstance(self.deployed.network, TwoPathNetwork)
        return self.deployed.network.context_of(self.deployed.inputs(pictures))


class DeployedDetail(nn.Module):
    """The rest: pictures and a context of their size, of these or of earlier ones -> logits."""

    def __init__(self, deployed: DeployedNetwork) -> None:
        super().__init__()
        self.deployed = deployed

    def forward(self, pictures: Tensor, context: Tensor) -> Tensor:
        assert isinstance(self.deployed.network, TwoPathNetwork)
        return self.deployed.network.logits_of(self.deployed.inputs(pictures), context)
