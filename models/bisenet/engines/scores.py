"""`Scores`: what a network thinks of one pixel, kept with a picture's classes; `Scored`: both of one picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bisenet.kernels.sampling import sampling
from bisenet.upsampled_argmax import upsampled_argmax, upsampled_confidence

if TYPE_CHECKING:
    from bisenet.upsampling import Upsampling

_BEST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The logits of one picture, from which a pixel's probabilities are made when somebody asks."""

    logits: NDArray[np.float32]
    """(C, h, w) float32, not written any more: at 19 classes and 640 x 360 a quarter of a megabyte."""
    size: tuple[int, int]
    """(height, width) of the picture."""
    upsampling: Upsampling

    def at(self, x: int, y: int) -> tuple[tuple[int, float], ...]:
        """The three most probable classes of a pixel, as (class id, probability), most probable first.

        The softmax over the logits enlarged to the picture: the first is what `Engine.infer` gives there, ties aside.
        From any thread, in a twentieth of a millisecond. Raises ValueError for a pixel outside the picture.
        """
        height, width = self.size
        if not (0 <= x < width and 0 <= y < height):
            raise ValueError(f"expected a pixel of a picture of {width} x {height}, got ({x}, {y})")
        rows, columns = (
            sampling(*axis, self.upsampling) for axis in zip(self.logits.shape[1:], self.size, strict=True)
        )
        j, i = int(rows.cell[y]), int(columns.cell[x])
        cells = self.logits[:, j : j + 2, i : i + 2]
        # (C, 2 or 1, 2 or 1): the last cell has no next one. In the order of kernels/argmax.py, for the same rounding.
        line = cells[:, 0] + rows.share[y] * (cells[:, -1] - cells[:, 0])
        values = line[:, 0] + columns.share[x] * (line[:, -1] - line[:, 0])
        best = np.argsort(-values, kind="stable")[:_BEST]
        powers = np.exp(values.astype(np.float64) - values[best[0]])
        probabilities = powers / powers.sum()
        return tuple((int(class_id), float(probabilities[class_id])) for class_id in best)


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What `Engine.infer_scored` gives."""

    labels: NDArray[np.uint8]
    """(H, W) uint8 class ids, as of `Engine.infer`."""
    scores: Scores
    confidence: NDArray[np.uint8] | None
    """(H, W) uint8, as of `Engine.infer_confidence`; None where it was not asked for."""


def scored(logits: NDArray[np.float32], size: tuple[int, int], upsampling: Upsampling, *, confidence: bool) -> Scored:
    """(C, h, w) float32 logits, of which a copy is kept -> all that is made of them; size: (height, width)."""
    labels, sure = (
        upsampled_confidence(logits, size, upsampling)
        if confidence
        else (upsampled_argmax(logits, size, upsampling), None)
    )
    return Scored(labels, Scores(logits.copy(), size, upsampling), sure)
