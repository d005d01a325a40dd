"""Pictures and labels at the size at which they are seen: once per result or zoom, so that a toggle scales nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bisenet_viewer.gui.picture.geometry import Cut
    from bisenet_viewer.gui.picture.memory import FrameImages


def draw_smoothly(frame: FrameImages, cut: Cut, image: QImage) -> None:
    """Fill an image with the part of a frame that is seen, between its pixels interpolated."""
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(-cut.part.left, -cut.part.top, *cut.drawn), frame.at(cut.scale))
    painter.end()


def nearest(values: NDArray[np.uint8], cut: Cut) -> NDArray[np.uint8]:
    """The part of an (H, W) uint8 array that is seen: for each pixel the value at its middle, exactly."""
    import numpy as np

    if cut.is_whole and cut.drawn == cut.picture:
        return values
    part = cut.part
    columns, rows = (
        # In whole numbers: the middle is at (i + 1/2) / drawn of the picture.
        (2 * np.arange(first, first + length) + 1) * size // (2 * drawn)
        for first, length, size, drawn in zip(
            (part.left, part.top), (part.width, part.height), cut.picture, cut.drawn, strict=True
        )
    )
    seen = values[rows, columns[0] : columns[-1] + 1].take(columns - columns[0], axis=1)
    return np.asarray(seen, np.uint8)
