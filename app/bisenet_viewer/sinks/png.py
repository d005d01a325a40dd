"""Palette PNG: class ids written losslessly as the index of a colour (PNG specification, third edition)."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PALETTE_COLOUR = 3
_BITS = 8


def palette_png(labels: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """(H, W) uint8 ids and a (256, 3) uint8 RGB palette -> the bytes of a PNG whose pixel values are the ids.

    Raises ValueError for another shape or dtype, and for a picture without pixels.
    """
    if labels.dtype != np.uint8 or labels.ndim != 2 or labels.size == 0:
        raise ValueError(f"expected (height, width) uint8, got {labels.shape} {labels.dtype}")
    if palette.dtype != np.uint8 or palette.shape != (256, 3):
        raise ValueError(f"expected a palette (256, 3) uint8, got {palette.shape} {palette.dtype}")
    height, width = labels.shape
    # Each row begins with the number of its filter: 0, none, the one the specification advises for indexed colour.
    rows = np.zeros((height, width + 1), np.uint8)
    rows[:, 1:] = labels
    # Label pictures are long runs: run-length matching is as fast as any here and packs them tighter than a search.
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, _BITS, _PALETTE_COLOUR, 0, 0, 0)),
            _chunk(b"PLTE", palette.tobytes()),
            _chunk(b"IDAT", packer.compress(rows.data) + packer.flush()),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
