"""The machine code of the overlay: colours over a picture in one pass. It takes a moment to load; see `overlay`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bisenet.kernels.compiled import NOTHING, UINT8, UINT16, compiled, read, written

CHUNK = 32
"""Pixels; a constant, so that the loops over them are vectorised without remainders."""
_EIGHT = np.uint32(8)


@compiled(UINT8, UINT8, UINT16, UINT16)
def _blend(value: np.uint8, kept: np.uint16, added: np.uint16) -> np.uint8:
    """(value * kept / 256 + added) / 256, both rounded down: what fits 16 bits all the way is vectorised best."""
    return np.uint8(np.uint16(np.uint16((np.uint32(value) * np.uint32(kept)) >> _EIGHT) + added) >> _EIGHT)


@compiled(NOTHING, read(UINT8, 1), read(UINT8, 1), read(UINT16, 1), read(UINT16, 2), written(UINT8, 1))
def blend(
    rgb: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    kept: NDArray[np.uint16],
    added: NDArray[np.uint16],
    drawn: NDArray[np.uint8],
) -> None:
    """Each colour value of rgb (3 N,) becomes `_blend` of it in drawn (3 N,); labels (N,).

    kept (256,): by class id, how much of the frame is left, of 65536. added (256, 3 * CHUNK): by class id, what is
    added to red, green and blue, of 256 per grey level, repeated.
    """
    chunks = labels.size // CHUNK
    chunk_labels = labels[: chunks * CHUNK].reshape((chunks, CHUNK))
    chunk_rgb = rgb[: chunks * CHUNK * 3].reshape((chunks, CHUNK * 3))
    chunk_drawn = drawn[: chunks * CHUNK * 3].reshape((chunks, CHUNK * 3))
    for i in range(chunks):
        first = chunk_labels[i, 0]
        differ = np.uint8(0)
        for x in range(CHUNK):
            differ |= chunk_labels[i, x] ^ first
        if differ == 0:  # most chunks lie inside one object
            for k in range(3 * CHUNK):
                chunk_drawn[i, k] = _blend(chunk_rgb[i, k], kept[first], added[first, k])
        else:
            for x in range(CHUNK):
                label = chunk_labels[i, x]
                for k in range(3):
                    chunk_drawn[i, 3 * x + k] = _blend(chunk_rgb[i, 3 * x + k], kept[label], added[label, k])
    for x in range(chunks * CHUNK, labels.size):
        for k in range(3):
            drawn[3 * x + k] = _blend(rgb[3 * x + k], kept[labels[x]], added[labels[x], k])
