"""PNG files that OpenCV does not write: with a palette, with few bits, with any samples."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6


def png(
    samples: NDArray[np.integer], color_type: int, depth: int = 8, palette: Sequence[tuple[int, int, int]] = ()
) -> bytes:
    """samples: (H, W) or (H, W, channels), of `depth` bits each; W a multiple of 8 / depth."""
    height, width = samples.shape[:2]
    flat = samples.reshape(height, -1)
    if depth == 16:
        rows = flat.astype(">u2").view(np.uint8)
    else:
        bits = np.unpackbits(flat.astype(np.uint8)[:, :, None], axis=2)[:, :, 8 - depth :]
        rows = np.packbits(bits.reshape(height, -1), axis=1)
    data = b"".join(b"\0" + row.tobytes() for row in rows)
    chunks = [(b"IHDR", np.array([width, height], ">u4").tobytes() + bytes([depth, color_type, 0, 0, 0]))]
    if palette:
        chunks.append((b"PLTE", bytes(part for color in palette for part in color)))
    chunks += [(b"IDAT", zlib.compress(data)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
        for kind, content in chunks
    )
