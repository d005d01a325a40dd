"""The names of the classes, written where they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter

from bisenet_viewer.gui.picture.layers.legend_places import Place
from bisenet_viewer.gui.picture.layers.plate import Plate

if TYPE_CHECKING:
    from bisenet.classes import ClassSet
    from bisenet_viewer.gui.picture.geometry import Box
    from bisenet_viewer.overlay import OverlayStyle

_MARGIN = 2.0


def paint_names(
    painter: QPainter, box: Box, places: Sequence[Place], classes: ClassSet, style: OverlayStyle, unit: float
) -> None:
    """places: the most important first; what would cover one of them goes above or below it, or stays away."""
    taken: list[QRectF] = []
    for place in places:
        plate = Plate(classes.names[place.class_id], unit, style.colors[place.class_id])
        target = _free(QRectF(QPointF(0, 0), plate.size), place, box, taken, _MARGIN * unit)
        if target is not None:
            plate.paint(painter, target.left(), target.top())
            taken.append(target)


def _free(plate: QRectF, place: Place, box: Box, taken: list[QRectF], margin: float) -> QRectF | None:
    """Where a plate can lie: at its place, or next above or below what is there."""
    inside = QRectF(box.left, box.top, box.width, box.height).adjusted(margin, margin, -margin, -margin)
    plate.moveCenter(QPointF(place.x, place.y))
    plate.moveLeft(min(max(plate.left(), inside.left()), inside.right() - plate.width()))
    plate.moveTop(min(max(plate.top(), inside.top()), inside.bottom() - plate.height()))
    spots = [plate]
    for other in taken:
        if _near(plate, other, margin):
            spots.append(plate.translated(0, other.top() - margin - plate.bottom()))
            spots.append(plate.translated(0, other.bottom() + margin - plate.top()))
    return next(
        (spot for spot in spots if inside.contains(spot) and not any(_near(spot, other, margin) for other in taken)),
        None,
    )


def _near(plate: QRectF, other: QRectF, margin: float) -> bool:
    """Whether there is less than the margin between two plates."""
    return plate.adjusted(-margin, -margin, margin, margin).intersects(other)
