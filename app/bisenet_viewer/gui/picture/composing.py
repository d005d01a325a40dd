"""One picture out of its layers: the same for the screen and for files."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage, QPainter

from bisenet_viewer.gui.picture.coloring import compared_style, edge_colors, fill_colors, own_style, solid_colors
from bisenet_viewer.gui.picture.layers.edges import edge_labels
from bisenet_viewer.gui.picture.layers.heat import heat_colors
from bisenet_viewer.gui.picture.layers.legend import paint_names
from bisenet_viewer.gui.picture.layers.marks import paint_marks
from bisenet_viewer.gui.picture.sheet import LabelSheet, lay_fine_ids, lay_ids
from bisenet_viewer.gui.state import View

if TYPE_CHECKING:
    from bisenet.classes import ClassSet
    from bisenet_viewer.gui.picture.layers.legend_places import LegendPlaces
    from bisenet_viewer.gui.picture.sheet import Sheet
    from bisenet_viewer.gui.picture.shown import Shown
    from bisenet_viewer.gui.state import Look
    from bisenet_viewer.overlay import OverlayStyle

_EDGE = 2.0
"""How wide an outline is, in pixels of 96 to the inch."""


class Side(Enum):
    """What one picture of a view shows."""

    ORIGINAL = auto()
    CLASSES = auto()
    COMPARED = auto()
    """The classes of the second model."""


def sides_of(view: View, shown: Shown) -> tuple[Side, ...]:
    """What a view shows, from left to right."""
    match view:
        case View.ORIGINAL:
            return (Side.ORIGINAL,)
        case View.SIDE_BY_SIDE:
            return (Side.ORIGINAL, Side.CLASSES)
        case View.WIPE:
            return (Side.ORIGINAL if shown.compared is None else Side.COMPARED, Side.CLASSES)
    return (Side.CLASSES,)


def composed(sheet: Sheet, look: Look, given: OverlayStyle | None, side: Side, places: LegendPlaces) -> QImage:
    """Format_RGB32, as large as what is seen; there until the same side is composed again with the sheet's canvases.

    given: the style of the second model, None: see `coloring.compared_style`. places: remembers where this side's names
    are.
    """
    shown, compared = sheet.shown, sheet.shown.compared
    if side is Side.CLASSES:
        if look.view is View.CONFIDENCE:
            return sheet.frame if shown.confidence is None else _heat(sheet)
        return _with_classes(sheet, look, side, sheet.own, own_style(look), shown.classes, places)
    if side is Side.COMPARED and compared is not None:
        style = compared_style(look, given, compared)
        return _with_classes(sheet, look, side, sheet.compared, style, compared.classes, places)
    return sheet.frame


def _with_classes(
    sheet: Sheet,
    look: Look,
    side: Side,
    labels: LabelSheet,
    style: OverlayStyle | None,
    classes: ClassSet,
    places: LegendPlaces,
) -> QImage:
    """The classes as the view draws them."""
    if style is None:
        return sheet.frame
    image = sheet.canvases.canvas(side, sheet.box.width, sheet.box.height)
    painter = QPainter(image)
    if look.view is View.MASK:
        painter.fillRect(image.rect(), Qt.GlobalColor.black)
    else:
        painter.drawImage(0, 0, sheet.frame)
    if look.view is View.BOUNDARIES:
        _lay_edges(painter, sheet, labels, style, soft=look.smooth_edges)
    else:
        colors = solid_colors(style) if look.view is View.MASK else fill_colors(style)
        labels.lay(painter, colors, soft=look.smooth_edges)
        if look.hatched:
            # As strong as the mask, or they would hide what is below it.
            painter.setOpacity(1.0 if look.view is View.MASK else style.opacity)
            paint_marks(painter, labels.exact, style, sheet.unit)
            painter.setOpacity(1.0)
    if look.legend:
        named: frozenset[int] = frozenset(class_id for class_id in style.visible if class_id < len(classes))
        paint_names(painter, sheet.box, places.of(labels.exact, sheet.cut, named), classes, style, sheet.unit)
    painter.end()
    return image


def _heat(sheet: Sheet) -> QImage:
    image = sheet.canvases.canvas("heat", sheet.box.width, sheet.box.height)
    painter = QPainter(image)
    lay_ids(painter, sheet.confidence, heat_colors())
    painter.end()
    return image


def _lay_edges(painter: QPainter, sheet: Sheet, labels: LabelSheet, style: OverlayStyle, *, soft: bool) -> None:
    thickness = max(1, round(_EDGE * sheet.unit))
    if soft:
        lay_fine_ids(painter, edge_labels(labels.fine, 2 * thickness), edge_colors(style))
    else:
        lay_ids(painter, edge_labels(labels.exact, thickness), edge_colors(style))
