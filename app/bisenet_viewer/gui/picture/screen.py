"""`Screen`: what the view has on the screen, as images; made when they are painted, again only where something changed.

Screen pixels throughout.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect
from PyQt6.QtGui import QImage, QPainter

from bisenet_viewer.gui.picture.composing import Side, composed, sides_of
from bisenet_viewer.gui.picture.geometry import Box, Placement, Point, Size
from bisenet_viewer.gui.picture.layers.divider import divider_at, paint_divider, paint_side_names, side_names
from bisenet_viewer.gui.picture.layers.legend_places import LegendPlaces
from bisenet_viewer.gui.picture.layers.plate import Plate
from bisenet_viewer.gui.picture.layers.scale_bar import paint_scale_bar
from bisenet_viewer.gui.picture.memory import Canvases, FrameImages
from bisenet_viewer.gui.picture.sheet import Sheet
from bisenet_viewer.gui.picture.viewport import Viewport
from bisenet_viewer.gui.state import Look, View
from bisenet_viewer.gui.texts import picture as texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bisenet_viewer.gui.picture.shown import Shown
    from bisenet_viewer.overlay import OverlayStyle

_GAP = 2.0
"""Between two pictures side by side, in pixels of 96 to the inch."""
_MARGIN = 12.0


class Screen:
    """A result, how it is wanted, and where it lies."""

    def __init__(self) -> None:
        self.shown: Shown | None = None
        self.look = Look()
        self.mask_age_s: float | None = None
        self._compared_style: OverlayStyle | None = None
        self._frame = FrameImages()
        self._canvases = Canvases()
        self._density = 1.0
        self._viewport = Viewport((1, 1), (1, 1))
        self._sheet: Sheet | None = None
        self._images: dict[Side, QImage] = {}
        self._places = {side: LegendPlaces() for side in Side}

    def show(self, shown: Shown) -> None:
        self.shown = shown
        self._put(shown.rgb)
        self._arrange()

    def show_frame(self, rgb: NDArray[np.uint8]) -> None:
        """The labels stay. Raises ValueError unless there are some of its size."""
        there = None if self.shown is None else self.shown.rgb.shape
        if rgb.shape != there:
            raise ValueError(f"expected a frame of {there}, got {rgb.shape}")
        self._put(rgb)

    def _put(self, rgb: NDArray[np.uint8]) -> None:
        self._frame.put(rgb)
        self._sheet = None
        self._images.clear()

    def clear(self) -> None:
        self.shown = self._sheet = self.mask_age_s = None
        self._images.clear()
        self._viewport = self._viewport.reset()
        for places in self._places.values():
            places.forget()

    def set_look(self, look: Look, compared_style: OverlayStyle | None) -> None:
        old, self.look = self.look, look
        if replace(old, wipe=look.wipe) != look or compared_style != self._compared_style:
            self._images.clear()
        self._compared_style = compared_style
        if look.fit is not old.fit:
            self._viewport = self._viewport.reset()
        self._arrange()

    def set_room(self, room: Size, density: float) -> None:
        """density: pixels that one of 96 to the inch takes."""
        self._density = density
        self._viewport = replace(self._viewport, room=room)
        self._arrange()

    def _arrange(self) -> None:
        if self.shown is not None:
            self._viewport = replace(
                self._viewport,
                picture=self.shown.size,
                panes=2 if self.look.view is View.SIDE_BY_SIDE else 1,
                gap=round(_GAP * self._density),
                fit=self.look.fit,
            )

    @property
    def placement(self) -> Placement | None:
        """None without a picture."""
        return None if self.shown is None else self._viewport.placement

    @property
    def zoom(self) -> float:
        return self._viewport.zoom

    @property
    def center(self) -> Point:
        return self._viewport.center

    def zoom_by(self, factor: float, x: float, y: float) -> None:
        """What is at (x, y) stays there if it can."""
        if self.shown is not None:
            self._viewport = self._viewport.zoomed(factor, x, y)

    def zoom_reset(self) -> None:
        self._viewport = self._viewport.reset()

    def move(self, right: float, down: float, start: Point | None = None) -> None:
        """Move the picture by so many pixels: from where it is, or from another centre."""
        if self.shown is not None:
            before = self._viewport if start is None else replace(self._viewport, center=start)
            self._viewport = before.moved(right, down)

    def paint(self, painter: QPainter) -> None:
        """Everything but the backdrop."""
        placement, shown = self.placement, self.shown
        if placement is None or shown is None:
            return
        sides, spots = sides_of(self.look.view, shown), placement.spots
        images = [self._image(side, placement, shown) for side in sides]
        if self.look.view is View.WIPE:
            self._paint_wipe(painter, spots[0], images, shown)
        else:
            for spot, image in zip(spots, images, strict=True):
                painter.drawImage(spot.left, spot.top, image)
        self._paint_notes(painter, spots[-1], shown)

    def _paint_wipe(self, painter: QPainter, spot: Box, images: list[QImage], shown: Shown) -> None:
        divider = divider_at(spot, self.look.wipe)
        ends = (spot.left, divider, spot.left + spot.width)
        for image, start, end in zip(images, ends, ends[1:], strict=False):
            target = QRect(start, spot.top, end - start, spot.height)
            painter.drawImage(target, image, target.translated(-spot.left, -spot.top))
        paint_divider(painter, spot, divider, self._density)
        paint_side_names(painter, spot, divider, side_names(shown), self._density)

    def _paint_notes(self, painter: QPainter, spot: Box, shown: Shown) -> None:
        unit, margin = self._density, _MARGIN * self._density
        if self.look.view is View.CONFIDENCE:
            if shown.confidence is None:
                plate = Plate(texts.CONFIDENCE_COMES, unit)
                plate.paint(painter, spot.left + (spot.width - plate.size.width()) / 2, spot.top + margin)
            else:
                paint_scale_bar(painter, spot, unit)
        if self.mask_age_s is not None and self.look.view is not View.ORIGINAL:
            Plate(texts.mask_age(self.mask_age_s), unit).paint(painter, spot.left + margin, spot.top + margin)

    def _image(self, side: Side, placement: Placement, shown: Shown) -> QImage:
        sheet = self._sheet
        if sheet is None or (sheet.cut, sheet.unit) != (placement.cut, self._density):
            sheet = self._sheet = Sheet(shown, self._frame, placement.cut, self._density, self._canvases)
            self._images.clear()
        if side not in self._images:
            self._images[side] = composed(sheet, self.look, self._compared_style, side, self._places[side])
        return self._images[side]
