"""The one place where arrays become QImages.

A QImage over a numpy buffer dangles once the array goes, and one without a stride shears odd widths. Here Qt always
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
    if not rgb.flags.c_contiguous:
        raise ValueError("expected a C-contiguous array")
    borrowed = QImage(_buffer(rgb), width, height, rgb.strides[0], QImage.Format.Format_RGB888)
    return borrowed.convertToFormat(QImage.Format.Format_RGB32)


def label_image(labels: NDArray[np.uint8], colors: list[int]) -> QImage:
    """(H, W) uint8 ids, C-contiguous, and 256 colours (0xAARRGGBB) -> a Format_Indexed8 image that looks them up."""
    height, width = labels.shape
    if not labels.flags.c_contiguous:
        raise ValueError("expected a C-contiguous array")
    borrowed = QImage(_buffer(labels), width, height, labels.strides[0], QImage.Format.Format_Indexed8)
    image = borrowed.copy()
    image.setColorTable(colors)
    return image


def qt_colors(table: NDArray[np.uint8]) -> list[int]:
    """(256, 4) uint8 RGBA, not premultiplied -> the 256 numbers 0xAARRGGBB that Qt wants."""
    red, green, blue, alpha = table.astype("uint32").T
    colors: list[int] = (alpha << 24 | red << 16 | green << 8 | blue).tolist()
    return colors


def _buffer(array: NDArray[np.uint8]) -> bytes:
    """The array's own memory; PyQt takes every buffer there, its stubs know of bytes alone."""
    return cast("bytes", array.data)
