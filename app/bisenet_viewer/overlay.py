"""The coloured overlay: `OverlayStyle`, what a person chose, and pure functions that draw and measure by it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet, Color
from bisenet.engines import BlendTable

BACKGROUND = "background"
"""The name of the class of all that is none of the others."""


@dataclass(frozen=True, slots=True)
class OverlayStyle:
    """How labels are drawn over their frame. A wish makes a new one: `dataclasses.replace`."""

    colors: tuple[Color, ...]
    """RGB of each class id. Ids beyond (the ignore id) are never coloured."""
    visible: frozenset[int]
    """Ids of the classes that are coloured."""
    opacity: float = 0.5
    """0: only the frame is seen, 1: only the colours, where a class is visible."""

    def __post_init__(self) -> None:
        if not 0 < len(self.colors) <= 256:
            raise ValueError(f"expected 1 to 256 colours, got {len(self.colors)}")
        if any(len(color) != 3 or not all(0 <= part <= 255 for part in color) for color in self.colors):
            raise ValueError("colours are three numbers from 0 to 255")
        if not isinstance(self.visible, frozenset):
            raise ValueError(f"expected a frozenset of class ids, got {self.visible!r}")
        unknown = sorted(class_id for class_id in self.visible if not 0 <= class_id < len(self.colors))
        if unknown:
            raise ValueError(f"visible classes are 0 to {len(self.colors) - 1}, got {unknown}")
        if not 0.0 <= self.opacity <= 1.0:
            raise ValueError(f"expected an opacity from 0 to 1, got {self.opacity}")

    @classmethod
    def of(cls, classes: ClassSet) -> Self:
        """To begin with: every class in its own colour, but for a background, which is what nobody looks for."""
        ids = range(len(classes))
        return cls(colors=classes.palette, visible=frozenset(i for i in ids if classes.names[i] != BACKGROUND))


def render(
    rgb: NDArray[np.uint8], labels: NDArray[np.uint8], style: OverlayStyle, *, out: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """Lay the colours of the visible classes over a frame.

    rgb: (H, W, 3) uint8, labels: (H, W) uint8, of any strides. Returns (H, W, 3) uint8: (1 - opacity) * rgb + opacity *
    colour, rounded (of halves and of opacities between two percents: to within 0.504), where a class is visible, and
    the frame's own values elsewhere.

    out: where to draw, C-contiguous, also `rgb` itself; None is a new array. Raises ValueError for other arrays.
    """
    from bisenet_viewer.blending import blend  # numba with it, for which a window, that draws with Qt, does not wait

    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise ValueError(f"expected (height, width, 3) uint8, got {rgb.shape} {rgb.dtype}")
    if labels.dtype != np.uint8 or labels.shape != rgb.shape[:2]:
        raise ValueError(f"expected {rgb.shape[:2]} uint8, got {labels.shape} {labels.dtype}")
    if out is None:
        out = np.empty(rgb.shape, np.uint8)
    elif out.dtype != np.uint8 or out.shape != rgb.shape or not out.flags.c_contiguous or not out.flags.writeable:
        raise ValueError(f"expected out {rgb.shape} uint8, contiguous and writeable, got {out.shape} {out.dtype}")
    kept, added = _blend_tables(style)
    blend(np.ascontiguousarray(rgb).reshape(-1), np.ascontiguousarray(labels).reshape(-1), kept, added, out.reshape(-1))
    return out


@lru_cache(maxsize=8)
def _blend_tables(style: OverlayStyle) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """`kept` and `added` of `blend`."""
    from bisenet_viewer.blending import CHUNK

    kept = np.full(256, 65535, np.uint16)
    added = np.full((256, 3), 128, np.uint16)
    visible = sorted(style.visible)
    kept[visible] = min(65535, round((1 - style.opacity) * 65536))
    colors = np.array([style.colors[class_id] for class_id in visible], np.float64).reshape(-1, 3)
    # A half for rounding down in the end, and a half of the 256th that rounding down loses before.
    added[visible] = np.floor(style.opacity * colors * 256 + 128.5)
    return kept, np.tile(added, (1, CHUNK))


def color_table(style: OverlayStyle) -> NDArray[np.uint8]:
    """(256, 4) uint8 RGBA by class id, not premultiplied; all zero for what is not coloured."""
    table = np.zeros((256, 4), np.uint8)
    for class_id in style.visible:
        table[class_id] = (*style.colors[class_id], round(style.opacity * 255))
    return table


def blend_table(style: OverlayStyle) -> BlendTable:
    """By which an engine draws on its card what `render` draws, to within a level of each colour."""
    return BlendTable(color_table(style).tobytes())


def class_shares(labels: NDArray[np.uint8], count: int) -> NDArray[np.float64]:
    """(H, W) uint8 -> the part of the picture, 0 to 1, that each of the classes 0 to `count` - 1 covers."""
    if labels.dtype != np.uint8 or labels.ndim != 2 or labels.size == 0:
        raise ValueError(f"expected (height, width) uint8, got {labels.shape} {labels.dtype}")
    # At 1080p 1.1 ms; np.bincount, which converts to int64 first, takes 3.1 ms.
    pixels = cv2.calcHist([labels], [0], None, [256], [0, 256])
    return np.asarray(pixels.ravel()[:count], np.float64) / labels.size
