"""Video in which the context path runs on every k-th frame only, and the detail path on each.

What is where in a scene changes slowly, edges move with every frame. Half of V1-R18's time is saved at k = 2 for 0.2
points of mIoU on CamVid's 15 frames a second (`benchmarks/context_reuse.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bisenet.engines.signal_stack import signal_stack_kept
from bisenet.errors import EngineError

if TYPE_CHECKING:
    from bisenet.upsampling import Upsampling

Part = Callable[..., NDArray[np.float32]]
"""Half a network on a back end: (1, H, W, 3) uint8 pictures -> a context (1, C, h, w), or with that -> logits."""

_PROBED = 16
"""Every so many pixels one is looked at, to tell whether the scene is still the same."""
_OTHER_SCENE = 30.0
"""Mean difference of grey levels; from one frame to the next of a drive it is below 20."""


class ContextReuseRunner:
    """A `Runner` that remembers: its pictures are the frames of one video, in order. A cut is noticed."""

    def __init__(self, context: Part, detail: Part, *, every: int, precision: str, upsampling: Upsampling) -> None:
        """every: how many frames share a context."""
        self._context_part: Part | None = context
        self._detail_part: Part | None = detail
        self._every = every
        self.precision = precision
        self.upsampling = upsampling
        self._context: NDArray[np.float32] | None = None
        self._probe: NDArray[np.int16] | None = None
        self._age = 0

    def run(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `Runner.run`."""
        if self._context_part is None or self._detail_part is None:
            raise EngineError("the engine is closed")
        probe = pictures[0, ::_PROBED, ::_PROBED].astype(np.int16)
        self._age += 1
        if self._context is None or self._age >= self._every or self._is_other_scene(probe):
            self._context = self._context_part(pictures)
            self._probe = probe
            self._age = 0
        logits: NDArray[np.float32] = self._detail_part(pictures, self._context)[0]
        return logits

    def _is_other_scene(self, probe: NDArray[np.int16]) -> bool:
        before = self._probe
        if before is None or before.shape != probe.shape:
            return True
        return bool(np.abs(probe - before).mean() > _OTHER_SCENE)

    def close(self) -> None:
        """Free the network."""
        with signal_stack_kept():
            self._context_part = self._detail_part = self._context = None
