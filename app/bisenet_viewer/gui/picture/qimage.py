"""The one place where arrays become QImages.

A QImage over a numpy buffer dangles once the array goes, and one without a stride shears odd widths. Here Qt
ends up with a buffer of its own, so nobody has to keep the array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PyQt6.QtGui import QImage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def frame_image(rgb: NDArray[np.uint8]) -> QImage:
    """(H, W, 3) uint8 RGB, C-contiguous -> a Format_RGB32 image, the format that paints fastest."""
    height, width, _ = rgb.shape
    borrowed = QImage(_buffer(rgb), width, height, rgb.strides[0], QImage.Format.Format_RGB888)
    return borrowed.convertToFormat(QImage.Format.Format_RGB32)


def colored_image(labels: NDArray[np.uint8], colors: list[int]) -> QImage:
    """(H, W) uint8 ids, C-contiguous, and 256 colours (0xAARRGGBB, not premultiplied) -> Format_ARGB32_Premultiplied.

    Looking the colours up first and laying them on then takes half as long as painting an indexed image.
    """
    height, width = labels.shape
    borrowed = QImage(_buffer(labels), width, height, labels.strides[0], QImage.Format.Format_Indexed8)
    borrowed.setColorTable(colors)
    return borrowed.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def argb_image(pixels: NDArray[np.uint32]) -> QImage:
    """(H, W) uint32 of 0xAARRGGBB, premultiplied, C-contiguous -> Format_ARGB32_Premultiplied."""
    height, width = pixels.shape
    borrowed = QImage(_buffer(pixels), width, height, pixels.strides[0], QImage.Format.Format_ARGB32_Premultiplied)
    return borrowed.copy()


def borrowed_bgra(pixels: NDArray[np.uint8]) -> QImage:
    """(H, W, 4) uint8 BGRA, C-contiguous -> a Format_RGB32 image to look at over the same memory.

    The exception here: whoever asks for it keeps the array for as long as the image.
    """
    height, width, _ = pixels.shape
    return QImage(_buffer(pixels), width, height, pixels.strides[0], QImage.Format.Format_RGB32)


def argb_pixels(image: QImage) -> NDArray[np.uint32]:
    """A Format_ARGB32_Premultiplied image -> its (H, W) uint32 of 0xAARRGGBB, a copy."""
    import numpy as np

    bits = image.constBits()
    assert bits is not None
    assert image.format() == QImage.Format.Format_ARGB32_Premultiplied
    rows = np.frombuffer(bits.asstring(image.sizeInBytes()), np.uint32)
    return rows.reshape(image.height(), image.bytesPerLine() // 4)[:, : image.width()]


def qt_colors(table: NDArray[np.uint8]) -> list[int]:
    """(256, 4) uint8 RGBA, not premultiplied -> the 256 numbers 0xAARRGGBB that Qt wants."""
    red, green, blue, alpha = table.astype("uint32").T
    colors: list[int] = (alpha << 24 | red << 16 | green << 8 | blue).tolist()
    return colors


def _buffer(array: NDArray[np.uint8] | NDArray[np.uint32]) -> bytes:
    """The array's own memory; PyQt takes every buffer there, its stubs know of bytes alone."""
    if not array.flags.c_contiguous:
        raise ValueError("expected a C-contiguous array")
    return cast("bytes", array.data)
