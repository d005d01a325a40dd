"""Memory that is drawn into again and again.

A large image from fresh memory costs more than drawing it: the system hands it out page by page, and takes it back when
the image goes. At 720p that is 9 of 16 ms for each result.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from PyQt6.QtGui import QImage

from bisenet_viewer.gui.picture.qimage import borrowed_bgra

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Canvases:
    """Images by name, each of which is there until the next one of its name is asked for."""

    def __init__(self) -> None:
        self._images: dict[Hashable, QImage] = {}

    def canvas(self, name: Hashable, width: int, height: int) -> QImage:
        """Format_RGB32, with anything in it."""
        image = self._images.get(name)
        if image is None or (image.width(), image.height()) != (width, height):
            image = self._images[name] = QImage(width, height, QImage.Format.Format_RGB32)
        return image


class FrameImages:
    """A frame as images: as it is, halved, and halved again; each made when it is first asked for.

    What is drawn smaller than half its size would flicker, were its pixels picked out of the whole. A 4K frame is
    halved in 3 ms before it becomes an image, and is never made one as a whole unless it is enlarged or saved.
    """

    def __init__(self) -> None:
        self._halves: list[NDArray[np.uint8]] = []
        self._pixels: dict[int, NDArray[np.uint8]] = {}
        self._images: dict[int, QImage] = {}
        self._halved = 0

    def put(self, rgb: NDArray[np.uint8]) -> None:
        """(H, W, 3) uint8, C-contiguous, not written while it is here. Images of the one before are so no more."""
        if self._halves and rgb.shape != self._halves[0].shape:
            self._halves.clear()
            self._pixels.clear()
        self._halves[:1] = [rgb]
        self._halved = 0
        self._images.clear()

    def at(self, scale: float) -> QImage:
        """Format_RGB32: the smallest of them that is not smaller than the frame at this scale."""
        height, width, _ = self._halves[0].shape
        level = 0
        while scale * 2 ** (level + 1) <= 1 and min(height, width) >> (level + 1):
            level += 1
        if level not in self._images:
            self._images[level] = self._image(level)
        return self._images[level]

    def _image(self, level: int) -> QImage:
        import cv2
        import numpy as np

        while self._halved < level:
            self._halve()
        rgb = self._halves[level]
        if level not in self._pixels:
            self._pixels[level] = np.empty((*rgb.shape[:2], 4), np.uint8)
        cv2.cvtColor(rgb, cv2.COLOR_RGB2BGRA, dst=self._pixels[level])
        return borrowed_bgra(self._pixels[level])

    def _halve(self) -> None:
        """The means of each four pixels; an odd last row or column is left out, since only exact halves are fast."""
        import cv2
        import numpy as np

        rgb = self._halves[self._halved]
        height, width = rgb.shape[0] // 2, rgb.shape[1] // 2
        self._halved += 1
        if len(self._halves) <= self._halved:
            self._halves.append(np.empty((height, width, 3), np.uint8))
        even = rgb[: 2 * height, : 2 * width]
        cv2.resize(even, (width, height), dst=self._halves[self._halved], interpolation=cv2.INTER_AREA)
