"""What a video shows: the colours over the picture, the colours alone, or the picture beside its overlay."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet_viewer.overlay import OverlayStyle, render
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.sinks.video import Renderer


def renderer_of(options: SegmentOptions, classes: ClassSet) -> Renderer:
    """What draws the pictures of the video."""
    style = replace(OverlayStyle.of(classes), opacity=options.opacity)
    chosen = chosen_ids(options, classes)
    if chosen is not None:
        style = replace(style, visible=frozenset(chosen))
    if options.view == "mask":
        return partial(_mask, style=replace(style, opacity=1.0))
    return partial(_side_by_side if options.view == "side-by-side" else _overlay, style=style)


def chosen_ids(options: SegmentOptions, classes: ClassSet) -> tuple[int, ...] | None:
    """The ids of the classes that are wanted, None: all."""
    return None if options.classes is None else tuple(classes.names.index(name) for name in options.classes)


def _overlay(rgb: NDArray[np.uint8], labels: NDArray[np.uint8], style: OverlayStyle) -> NDArray[np.uint8]:
    return render(rgb, labels, style)


def _mask(rgb: NDArray[np.uint8], labels: NDArray[np.uint8], style: OverlayStyle) -> NDArray[np.uint8]:
    """Black where no wanted class is."""
    return render(np.zeros_like(rgb), labels, style)


def _side_by_side(rgb: NDArray[np.uint8], labels: NDArray[np.uint8], style: OverlayStyle) -> NDArray[np.uint8]:
    """(H, W, 3) -> (H, 2 W, 3): the picture at the left."""
    return np.concatenate((rgb, render(rgb, labels, style)), axis=1)
