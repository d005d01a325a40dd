"""Class ids of a picture's size straight from a network's logits at stride 8, and how sure they are; on the CPU.

The ids are exactly those of `torch.nn.functional.interpolate` and argmax, in a hundredth of the time: the logits are
never enlarged (`kernels/argmax.py` says how). Ties by rounding aside, that is: where two classes differ by less than
what float32 can tell, either may be given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bisenet.kernels.sampling import sampling

if TYPE_CHECKING:
    from bisenet.upsampling import Upsampling


def upsampled_argmax(logits: NDArray[np.float32], size: tuple[int, int], upsampling: Upsampling) -> NDArray[np.uint8]:
    """(C, h, w) float32 logits, finite, of any strides -> (height, width) uint8 class ids; size: (height, width).

    Of classes that are equal the lowest id wins. Raises ValueError for other logits (C is 1 to 255) or an empty size.
    """
    from bisenet.kernels.argmax import write_argmax

    _check(logits, size)
    rows, columns = (sampling(*axis, upsampling) for axis in zip(logits.shape[1:], size, strict=True))
    labels = np.empty(size, np.uint8)
    write_argmax(logits, rows.first, rows.share, columns.first, columns.share, labels)
    return labels


def upsampled_confidence(
    logits: NDArray[np.float32], size: tuple[int, int], upsampling: Upsampling
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """As `upsampled_argmax`, and (height, width) uint8: the softmax probability of each pixel's class, 255 is 1.

    The probability is that of the interpolated logits, off by less than 1/255 with the rounding.
    """
    from bisenet.kernels.confidence import write_confidence

    labels = upsampled_argmax(logits, size, upsampling)
    rows, columns = (sampling(*axis, upsampling) for axis in zip(logits.shape[1:], size, strict=True))
    confidence = np.empty(size, np.uint8)
    write_confidence(np.ascontiguousarray(logits), rows.first, rows.share, columns.cell, columns.share, confidence)
    return labels, confidence


def warm_up(*, confidence: bool = False) -> None:
    """Get the machine code ready, also that for confidence if asked: from its cache, or compiled, some seconds.

    Without this, the first call waits for it. Harmless when repeated, and from any thread.
    """
    logits = np.zeros((1, 1, 1), np.float32)
    (upsampled_confidence if confidence else upsampled_argmax)(logits, (1, 1), "bilinear")


def _check(logits: NDArray[np.float32], size: tuple[int, int]) -> None:
    if logits.dtype != np.float32 or logits.ndim != 3 or 0 in logits.shape or logits.shape[0] > 255:
        raise ValueError(
            f"expected logits (1 to 255 classes, height, width) float32, got {logits.shape} {logits.dtype}"
        )
    if len(size) != 2 or min(size) < 1:
        raise ValueError(f"expected a size (height, width) of at least 1 x 1, got {size}")
