"""`Viewport`: what a person sees of a picture, and how zooming and moving change that. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from bisenet_viewer.gui.picture.geometry import Placement, Point, Size, place, side_by_side
from bisenet_viewer.gui.state import Fit

ZOOM_STEP = 1.25
MOST_ZOOM = 16.0
MIDDLE: Point = (0.5, 0.5)


@dataclass(frozen=True)
class Viewport:
    """A picture of some size in a room on the screen. A wish makes a new one."""

    picture: Size
    room: Size
    """What there is for it, in pixels of the screen."""
    panes: int = 1
    gap: int = 0
    """Pixels of the screen between two panes."""
    fit: Fit = Fit.FIT
    zoom: float = 1.0
    """1 to 16, times what `fit` makes of the picture."""
    center: Point = MIDDLE
    """What is wanted in the middle, as parts of the picture's width and height."""

    @cached_property
    def placement(self) -> Placement:
        return place(self.picture, side_by_side(self.room, self.panes, self.gap), self.fit, self.zoom, self.center)

    def zoomed(self, factor: float, x: float, y: float) -> Viewport:
        """Larger or smaller by a factor, within bounds; what is at (x, y) of the screen stays there if it can."""
        nearer = replace(self, zoom=min(max(1.0, self.zoom * factor), MOST_ZOOM))
        center = self.placement.held(x, y, nearer.placement)
        return replace(nearer, center=replace(nearer, center=center).placement.center)

    def moved(self, right: float, down: float) -> Viewport:
        """The picture moved by so many pixels of the screen, as far as it covers its pane."""
        placement = self.placement
        center = (
            placement.center[0] - right / placement.drawn.width,
            placement.center[1] - down / placement.drawn.height,
        )
        return replace(self, center=replace(self, center=center).placement.center)

    def reset(self) -> Viewport:
        """Without zoom."""
        return replace(self, zoom=1.0, center=MIDDLE)
