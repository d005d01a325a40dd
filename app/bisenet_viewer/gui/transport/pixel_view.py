"""An image's own memory as an array, for what is drawn with numpy a few columns at a time."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QImage


def pixel_view(image: QImage) -> NDArray[np.uint8]:
    """(height, width, 4) uint8, to be written to: blue, green, red, alpha. Valid for as long as the image is kept.

    The image has 32 bits a pixel. Drawing into it with Qt, or keeping a copy of it, may part the two.
    """
    memory = image.bits()
    if memory is None or image.depth() != 32:
        raise ValueError(f"expected an image with 32 bits a pixel, got {image.width()}×{image.height()}")
    memory.setsize(image.sizeInBytes())
    # PyQt's pointer is a buffer; the stubs of numpy do not know it.
    flat = np.frombuffer(cast("bytearray", memory), np.uint8)
    return flat.reshape(image.height(), image.width(), 4)
