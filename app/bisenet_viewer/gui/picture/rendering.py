"""A result as a picture of its own: what is saved and copied, drawn by the same layers as the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect
from PyQt6.QtGui import QImage, QPainter

from bisenet_viewer.gui.picture.composing import composed, sides_of
from bisenet_viewer.gui.picture.geometry import Cut
from bisenet_viewer.gui.picture.layers.divider import divider_at, paint_divider, paint_side_names, side_names
from bisenet_viewer.gui.picture.layers.legend_places import LegendPlaces
from bisenet_viewer.gui.picture.layers.scale_bar import paint_scale_bar
from bisenet_viewer.gui.picture.memory import Canvases, FrameImages
from bisenet_viewer.gui.picture.sheet import Sheet
from bisenet_viewer.gui.state import View

if TYPE_CHECKING:
    from bisenet_viewer.gui.picture.shown import Shown
    from bisenet_viewer.gui.state import Look
    from bisenet_viewer.overlay import OverlayStyle

_LINES = 720
"""Names and lines are as large as on a screen that shows so many rows of the picture."""


def rendered(shown: Shown, look: Look, compared_style: OverlayStyle | None = None) -> QImage:
    """Format_RGB32 of the frame's own size, side by side twice as wide; fit, zoom and pairing do not count.

    From any thread once the application exists: 4K takes a tenth of a second. compared_style: as of
    `VideoView.set_look`.
    """
    width, height = shown.size
    frame = FrameImages()
    frame.put(shown.rgb)
    sheet = Sheet(shown, frame, Cut.whole(width, height), max(1.0, height / _LINES), Canvases())
    sides = sides_of(look.view, shown)
    images = [composed(sheet, look, compared_style, side, LegendPlaces()) for side in sides]
    if look.view is View.SIDE_BY_SIDE:
        return _beside(images)
    picture = images[-1]
    painter = QPainter(picture)
    if look.view is View.WIPE:
        divider = divider_at(sheet.box, look.wipe)
        painter.drawImage(0, 0, images[0], 0, 0, divider, height)
        paint_divider(painter, sheet.box, divider, sheet.unit)
        paint_side_names(painter, sheet.box, divider, side_names(shown), sheet.unit)
    elif look.view is View.CONFIDENCE and shown.confidence is not None:
        paint_scale_bar(painter, sheet.box, sheet.unit)
    painter.end()
    return picture


def _beside(images: list[QImage]) -> QImage:
    width, height = images[0].width(), images[0].height()
    picture = QImage(width * len(images), height, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    for place, image in enumerate(images):
        painter.drawImage(QRect(place * width, 0, width, height), image)
    painter.end()
    return picture
