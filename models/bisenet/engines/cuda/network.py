"""`CardNetwork`: what a back end adds to a `CudaEngine`, from pictures on the card to logits on the card."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from bisenet.upsampling import Upsampling


class CardNetwork(Protocol):
    """A network made ready for one card. Used by one thread at a time."""

    @property
    def precision(self) -> str:
        """What it computes in: `f16`, `bf16`, `f32`, `int8`."""
        ...

    @property
    def upsampling(self) -> Upsampling:
        """How the logits become picture-sized."""
        ...

    @property
    def takes(self) -> torch.dtype:
        """A floating point type: normalised inputs (N, 3, h, w), channels-last. uint8: pictures (N, h, w, 3)."""
        ...

    @property
    def capturable(self) -> bool:
        """Whether a call can become part of a CUDA graph: it only launches kernels, on the current stream."""
        ...

    def prepare(self, inputs: Tensor) -> None:
        """Once for each shape, before the first call: choose algorithms, allocate. Raises EngineError."""
        ...

    def __call__(self, inputs: Tensor) -> Tensor:
        """Inputs on the card -> (N, C, h', w') logits on the card, good until the next call; on the current stream.

        Raises EngineError, torch.OutOfMemoryError.
        """
        ...

    def close(self) -> None:
        """Let go of the network; harmless when repeated."""
        ...
