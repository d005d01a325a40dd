"""`Sheet`: all that can be drawn of a result, at the size at which it is seen; made when first asked for, then kept.

Nothing here depends on colours: a toggle finds everything at its size and only lays it on anew.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

from bisenet_viewer.gui.picture.geometry import Box, Cut
from bisenet_viewer.gui.picture.memory import Canvases, FrameImages
from bisenet_viewer.gui.picture.qimage import colored_image
from bisenet_viewer.gui.picture.sampling import draw_smoothly, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bisenet_viewer.gui.picture.shown import Shown

_BAND = 64
"""Rows: even, so that four pixels that make one lie in one band."""


class LabelSheet:
    """Class ids at the size at which they are seen."""

    def __init__(self, labels: NDArray[np.uint8], cut: Cut) -> None:
        self._labels, self._cut = labels, cut

    @cached_property
    def exact(self) -> NDArray[np.uint8]:
        """(H, W) of what is seen."""
        return nearest(self._labels, self._cut)

    @cached_property
    def fine(self) -> NDArray[np.uint8]:
        """(2 H, 2 W), for what is drawn with soft edges."""
        return nearest(self._labels, self._cut.doubled())

    def lay(self, painter: QPainter, colors: list[int], *, soft: bool) -> None:
        """Paint the ids in these colours (256 numbers 0xAARRGGBB) over the whole of what is seen."""
        if not soft or self._cut.drawn == self._cut.picture:
            lay_ids(painter, self.exact, colors)
        elif self._cut.scale < 1:
            lay_fine_ids(painter, self.fine, colors)
        else:
            # Enlarged: from the middle of one pixel to that of the next, one colour goes over into the other.
            around, target = self._around
            painter.save()
            painter.setClipRect(0, 0, self._cut.part.width, self._cut.part.height)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, colored_image(around, colors))
            painter.restore()

    @cached_property
    def _around(self) -> tuple[NDArray[np.uint8], QRectF]:
        """The ids that are seen and those next to them, and where these would be drawn."""
        import numpy as np

        (width, height), (across, down), part = self._cut.picture, self._cut.drawn, self._cut.part
        left, top = max(0, part.left * width // across - 1), max(0, part.top * height // down - 1)
        right = min(width, (part.left + part.width) * width // across + 2)
        bottom = min(height, (part.top + part.height) * height // down + 2)
        target = QRectF(
            left * across / width - part.left,
            top * down / height - part.top,
            (right - left) * across / width,
            (bottom - top) * down / height,
        )
        return np.ascontiguousarray(self._labels[top:bottom, left:right]), target


def lay_ids(painter: QPainter, labels: NDArray[np.uint8], colors: list[int]) -> None:
    """Paint ids, each pixel on one. In bands, whose colours need no fresh memory and stay near the processor."""
    for top in range(0, labels.shape[0], _BAND):
        painter.drawImage(0, top, colored_image(labels[top : top + _BAND], colors))


def lay_fine_ids(painter: QPainter, labels: NDArray[np.uint8], colors: list[int]) -> None:
    """Paint class ids of which four make a pixel."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for top in range(0, labels.shape[0], _BAND):
        band = colored_image(labels[top : top + _BAND], colors)
        painter.drawImage(QRectF(0, top / 2, band.width() / 2, band.height() / 2), band)
    painter.restore()


class Sheet:
    """A frame and what is known of it, at the size at which it is seen."""

    def __init__(self, shown: Shown, frame: FrameImages, cut: Cut, unit: float, canvases: Canvases) -> None:
        """frame: of the shown size. unit: pixels that one of 96 to the inch takes. canvases: drawn into, one's own."""
        self.shown, self.cut, self.unit, self.canvases = shown, cut, unit, canvases
        self._frame = frame

    @property
    def box(self) -> Box:
        """What is seen, from its own corner."""
        return Box(0, 0, self.cut.part.width, self.cut.part.height)

    @cached_property
    def frame(self) -> QImage:
        """Format_RGB32."""
        image = self.canvases.canvas("frame", self.box.width, self.box.height)
        draw_smoothly(self._frame, self.cut, image)
        return image

    @cached_property
    def own(self) -> LabelSheet:
        return LabelSheet(self.shown.labels, self.cut)

    @cached_property
    def compared(self) -> LabelSheet:
        """Only where there is a second model."""
        assert self.shown.compared is not None
        return LabelSheet(self.shown.compared.labels, self.cut)

    @cached_property
    def confidence(self) -> NDArray[np.uint8]:
        """(H, W), 0 to 255; only where that is known."""
        assert self.shown.confidence is not None
        return nearest(self.shown.confidence, self.cut)
