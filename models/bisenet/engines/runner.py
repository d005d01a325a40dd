"""`Runner`: what a back end adds to a `HostEngine`, from a picture of the network's size to its logits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bisenet.upsampling import Upsampling


class Runner(Protocol):
    """A network made ready by a back end. Used by one thread at a time."""

    @property
    def precision(self) -> str:
        """What it computes in: `f32`, `bf16` or `int8`."""
        ...

    @property
    def upsampling(self) -> Upsampling:
        """How the logits become picture-sized."""
        ...

    def run(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(1, H, W, 3) uint8 RGB, C-contiguous, at the network's size -> (C, h, w) float32 logits.

        They may lie in the back end's memory, and are good until the next call. Raises EngineError when it fails.
        """
        ...

    def close(self) -> None:
        """Let go of the network; harmless when repeated. It is not run afterwards."""
        ...
