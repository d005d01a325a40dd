"""Where a picture lies on the screen, and which of its pixels is where. Screen pixels throughout; knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from bisenet_viewer.gui.state import Fit

Size = tuple[int, int]
"""Width and height."""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of whole pixels."""

    left: int
    top: int
    width: int
    height: int

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x < self.left + self.width and self.top <= y < self.top + self.height


@dataclass(frozen=True, slots=True)
class Cut:
    """The part of a picture that is seen, at the size at which it is drawn."""

    picture: Size
    drawn: Size
    """What the whole picture measures as drawn."""
    part: Box
    """What is seen of it, in the pixels of `drawn`."""

    @classmethod
    def whole(cls, width: int, height: int) -> Cut:
        """All of it, as large as it is."""
        return cls((width, height), (width, height), Box(0, 0, width, height))

    @property
    def is_whole(self) -> bool:
        return (self.part.width, self.part.height) == self.drawn

    @property
    def scale(self) -> float:
        """Drawn pixels per pixel of the picture."""
        return self.drawn[0] / self.picture[0]

    def doubled(self) -> Cut:
        """The same part with twice as many pixels each way."""
        part = self.part
        larger = Box(part.left * 2, part.top * 2, part.width * 2, part.height * 2)
        return Cut(self.picture, (self.drawn[0] * 2, self.drawn[1] * 2), larger)


@dataclass(frozen=True, slots=True)
class Placement:
    """A picture in a pane, or the same part of it in each of several panes of one size."""

    picture: Size
    panes: tuple[Box, ...]
    drawn: Box
    """The whole picture, from the corner of its pane; it may reach over the edges of the pane."""
    center: Point
    """What is in the middle of a pane, as parts of the picture's width and height; never so that room is wasted."""

    @property
    def cut(self) -> Cut:
        pane, drawn = self.panes[0], self.drawn
        left, top = max(0, -drawn.left), max(0, -drawn.top)
        width = min(pane.width, drawn.left + drawn.width) - max(0, drawn.left)
        height = min(pane.height, drawn.top + drawn.height) - max(0, drawn.top)
        return Cut(self.picture, (drawn.width, drawn.height), Box(left, top, width, height))

    @property
    def spots(self) -> tuple[Box, ...]:
        """Where on the screen the part that is seen lies, by pane."""
        part, drawn = self.cut.part, self.drawn
        left, top = max(0, drawn.left), max(0, drawn.top)
        return tuple(Box(pane.left + left, pane.top + top, part.width, part.height) for pane in self.panes)

    @property
    def is_movable(self) -> bool:
        """Whether the picture is larger than its pane."""
        return self.drawn.width > self.panes[0].width or self.drawn.height > self.panes[0].height

    def to_picture(self, x: float, y: float) -> tuple[int, int] | None:
        """The pixel of the picture that is seen at a point of the screen; None beside it."""
        for pane, spot in zip(self.panes, self.spots, strict=True):
            if spot.holds(x, y):
                width, height = self.picture
                # Multiplied first: then what is exact stays so, and agrees with what is drawn.
                across = (x - pane.left - self.drawn.left) * width / self.drawn.width
                down = (y - pane.top - self.drawn.top) * height / self.drawn.height
                return min(width - 1, int(across)), min(height - 1, int(down))
        return None

    def to_screen(self, x: int, y: int, pane: int = 0) -> Point:
        """Where the middle of a pixel of the picture is drawn, seen or not."""
        corner, drawn = self.panes[pane], self.drawn
        return (
            corner.left + drawn.left + (x + 0.5) * drawn.width / self.picture[0],
            corner.top + drawn.top + (y + 0.5) * drawn.height / self.picture[1],
        )

    def held(self, x: float, y: float, at_zoom: Placement) -> Point:
        """The centre with which `at_zoom`, the picture at another size, shows at (x, y) what is there now."""
        pane = next((pane for pane in self.panes if pane.holds(x, y)), self.panes[0])
        across, down = self._part_at(pane, x, y)
        return (
            across + (pane.left + pane.width / 2 - x) / at_zoom.drawn.width,
            down + (pane.top + pane.height / 2 - y) / at_zoom.drawn.height,
        )

    def _part_at(self, pane: Box, x: float, y: float) -> Point:
        drawn = self.drawn
        return (x - pane.left - drawn.left) / drawn.width, (y - pane.top - drawn.top) / drawn.height


def side_by_side(room: Size, count: int, gap: int) -> tuple[Box, ...]:
    """`count` panes of one size beside each other, the last of them at the right edge."""
    width = max(1, (room[0] - gap * (count - 1)) // count)
    step = (room[0] - width) / max(1, count - 1)
    return tuple(Box(round(step * place), 0, width, max(1, room[1])) for place in range(count))


def place(picture: Size, panes: tuple[Box, ...], fit: Fit, zoom: float, center: Point) -> Placement:
    """Put a picture into panes of one size. Smaller than a pane it is in the middle; larger, it covers the pane."""
    room = (panes[0].width, panes[0].height)
    ratios = (room[0] / picture[0], room[1] / picture[1])
    scale = zoom * {Fit.FIT: min(ratios), Fit.FILL: max(ratios), Fit.ACTUAL: 1.0}[fit]
    width, height = max(1, round(picture[0] * scale)), max(1, round(picture[1] * scale))
    left, across = _along(room[0], width, center[0])
    top, down = _along(room[1], height, center[1])
    return Placement(picture, panes, Box(left, top, width, height), (across, down))


def _along(room: int, length: int, center: float) -> tuple[int, float]:
    """Where a length begins in its room, and the centre with which it does."""
    if length <= room:
        return (room - length) // 2, 0.5
    margin = room / 2 / length
    clamped = min(max(center, margin), 1 - margin)
    return min(0, max(room - length, round(room / 2 - clamped * length))), clamped
