"""`TorchNetwork`: a network on a card by PyTorch, normalisation folded, channels-last."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from bisenet.engines.cuda.fusing import fuse_activations
from bisenet.errors import EngineError
from bisenet.layers import fold_batchnorm
from bisenet.segmenter import Segmenter

DTYPES = {"f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32}
_TRIALS = 3
"""Runs before a capture: libraries load, measure and allocate in the first ones."""


class TorchNetwork:
    """Runs a Segmenter's network, which is left as it was."""

    capturable = True

    def __init__(self, model: Segmenter, *, device: torch.device, precision: str, fuse: bool = True) -> None:
        """precision: one of DTYPES. fuse: use cuDNN's fused kernels, see `fusing`. Raises EngineError."""
        if precision not in DTYPES:
            raise EngineError(f"{precision} is not for torch on a CUDA device: choose f16, bf16 or f32")
        self.precision = precision
        self.takes = DTYPES[precision]
        self.upsampling = model.network.logits_upsampling
        network = copy.deepcopy(model.network).eval().requires_grad_(requires_grad=False)
        network.aux_heads = nn.ModuleList()  # for training only
        fold_batchnorm(network)
        if fuse:
            fuse_activations(network)
        self.module: nn.Module | None = network.to(  # type: ignore[call-overload]
            device, self.takes, memory_format=torch.channels_last
        )

    def prepare(self, inputs: Tensor) -> None:
        """See `CardNetwork.prepare`: cuDNN measures its algorithms."""
        for _ in range(_TRIALS):
            self(inputs)

    def __call__(self, inputs: Tensor) -> Tensor:
        """See `CardNetwork.__call__`."""
        if self.module is None:
            raise EngineError("the engine is closed")
        with _fastest_algorithms():
            logits: Tensor = self.module(inputs)
        return logits

    def close(self) -> None:
        """Free the weights."""
        self.module = None


@contextmanager
def _fastest_algorithms() -> Iterator[None]:
    """cuDNN takes what it has measured for each shape; what is asked for as float32 is computed as such."""
    with torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=False):
        yield
