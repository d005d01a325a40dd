"""`Look`: all that a person chose about how the picture is drawn. Frozen; a wish makes a new one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Brings numpy and OpenCV, for which the first paint does not wait.
    from bisenet_viewer.overlay import OverlayStyle


class View(Enum):
    """What is made of a frame and its classes. The values are what settings and the command line call them."""

    OVERLAY = "overlay"
    MASK = "mask"
    SIDE_BY_SIDE = "side-by-side"
    BOUNDARIES = "boundaries"
    WIPE = "wipe"
    """The frame, or the other model's overlay, left of a divider; the overlay right of it."""
    CONFIDENCE = "confidence"
    ORIGINAL = "original"


class Fit(Enum):
    """How large the picture is before it is zoomed."""

    FIT = "fit"
    FILL = "fill"
    ACTUAL = "actual"
    """One pixel of the picture on one of the screen."""


class Pairing(Enum):
    """Which frame a mask is drawn on."""

    EXACT = "exact"
    """The one that it was computed from."""
    LATEST = "latest"
    """The newest there is: less delay, and the mask is as much older as the window says."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the picture is drawn."""

    style: OverlayStyle | None = None
    """Colours, visible classes and opacity; None before a model's classes are known."""
    solo: int | None = None
    """The one class that is shown, whatever `style.visible` says."""
    view: View = View.OVERLAY
    fit: Fit = Fit.FIT
    wipe: float = 0.5
    """Where the divider is, 0 (left) to 1."""
    smooth_edges: bool = False
    """The edges of the mask smoothed when enlarged; else as exact as the pixels are."""
    hatched: bool = False
    """Classes told apart by patterns as well as by colours."""
    legend: bool = False
    """The classes' names written where they are."""
    pairing: Pairing = Pairing.EXACT
