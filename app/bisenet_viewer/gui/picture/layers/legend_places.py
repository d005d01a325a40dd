"""Where the names of the classes are written: well inside the largest region of each. Knows no Qt."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bisenet_viewer.gui.picture.geometry import Cut, Point

_SMALL_WIDTH = 160
"""Regions are looked for on labels of this width: under a millisecond."""
_LEAST_PART = 0.004
"""Of what is seen: smaller regions are not named."""
_LEAST_DEPTH = 2.0
_STAY = 0.6
"""A name stays where it is while that is this deep in its region, compared with the deepest point."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the middle of a name goes, in the pixels of what is seen."""

    class_id: int
    x: float
    y: float


class LegendPlaces:
    """Remembers where the names are, so that they do not wander from frame to frame."""

    def __init__(self) -> None:
        self._last: dict[int, Point] = {}
        """By class, as parts of the whole picture."""

    def forget(self) -> None:
        """Another picture comes."""
        self._last.clear()

    def of(self, labels: NDArray[np.uint8], cut: Cut, visible: Collection[int]) -> list[Place]:
        """labels: (H, W) uint8 of what is seen, at any size. The places of the classes there, largest region first."""
        import cv2
        import numpy as np

        width = min(_SMALL_WIDTH, labels.shape[1])
        height = max(1, round(labels.shape[0] * width / labels.shape[1]))
        small = np.asarray(cv2.resize(labels, (width, height), interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)
        part, (across, down) = cut.part, cut.drawn
        found: dict[int, Point] = {}
        places = []
        for region in _regions(small, visible):
            last = self._last.get(region.class_id)
            near = None
            if last is not None:
                near = (
                    (last[0] * across - part.left) * width / part.width,
                    (last[1] * down - part.top) * height / part.height,
                )
            x, y = region.point(near)
            seen = x * part.width / width, y * part.height / height
            found[region.class_id] = (part.left + seen[0]) / across, (part.top + seen[1]) / down
            places.append(Place(region.class_id, *seen))
        self._last = found
        return places


@dataclass(frozen=True, slots=True, eq=False)
class _Region:
    class_id: int
    left: int
    top: int
    depth: NDArray[np.float32]
    """(height, width) of the box around it: the distance to its edge, 0 outside it."""

    def point(self, near: Point | None) -> Point:
        """Its deepest point; or the one asked for, where that is deep enough."""
        deepest = float(self.depth.max())
        if near is not None:
            column, row = int(near[0]) - self.left, int(near[1]) - self.top
            rows, columns = self.depth.shape
            if 0 <= row < rows and 0 <= column < columns and self.depth[row, column] >= _STAY * deepest:
                return near
        row, column = divmod(int(self.depth.argmax()), self.depth.shape[1])
        return self.left + column + 0.5, self.top + row + 0.5


def _regions(labels: NDArray[np.uint8], visible: Collection[int]) -> list[_Region]:
    """The largest connected region of each class that is large and thick enough for a name, the largest first."""
    import cv2
    import numpy as np

    # A pixel that differs from the next one belongs to no region: so those of two classes never touch, and one search
    # finds the regions of all classes. What is around the picture is an edge, too.
    inner = np.zeros((labels.shape[0] + 2, labels.shape[1] + 2), np.uint8)
    inside = inner[1:-1, 1:-1]
    inside[:] = 1
    inside[:-1] &= labels[:-1] == labels[1:]
    inside[:, :-1] &= labels[:, :-1] == labels[:, 1:]
    depths = cv2.distanceTransform(inner, cv2.DIST_L2, 3)[1:-1, 1:-1]
    count, numbers, boxes, _ = cv2.connectedComponentsWithStats(inside, connectivity=4)
    class_of = np.zeros(count, np.uint8)
    class_of[numbers.reshape(-1)] = labels.reshape(-1)
    areas = boxes[:, cv2.CC_STAT_AREA]
    regions: list[_Region] = []
    named: set[int] = set()
    for number in np.argsort(-areas, kind="stable"):
        if areas[number] < _LEAST_PART * labels.size:
            break
        class_id = int(class_of[number])
        if number == 0 or class_id in named or class_id not in visible:
            continue
        named.add(class_id)
        left, top, width, height = (int(length) for length in boxes[number, :4])
        box = np.s_[top : top + height, left : left + width]
        depth = np.where(numbers[box] == number, depths[box], np.float32(0))
        if depth.max() >= _LEAST_DEPTH:
            regions.append(_Region(class_id, left, top, depth))
    return regions
