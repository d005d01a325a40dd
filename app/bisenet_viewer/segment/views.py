"""What a video shows: the colours over the picture, the colours alone, or the picture beside its overlay."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet.engines import BlendTable
from bisenet_viewer.errors import UsageError
from bisenet_viewer.overlay import OverlayStyle, blend_table, color_table, render
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.sinks.video import Renderer


def renderer_of(options: SegmentOptions, classes: ClassSet) -> Renderer:
    """What draws the pictures of the video. Raises UsageError as `chosen_ids`."""
    draw = {"overlay": _overlay, "mask": _mask, "side-by-side": _side_by_side}[options.view]
    return partial(draw, style=_style_of(options, classes))


def blend_of(options: SegmentOptions, classes: ClassSet) -> BlendTable | None:
    """By which an engine on a card draws the pictures of the video; None: there is none, or no engine can draw it.

    Raises UsageError as `chosen_ids`.
    """
    style = _style_of(options, classes)
    if options.video is None or options.view == "side-by-side":
        return None
    if options.view == "overlay":
        return blend_table(style)
    opaque = color_table(style)
    opaque[:, 3] = 255
    return BlendTable(opaque.tobytes())


def chosen_ids(options: SegmentOptions, classes: ClassSet) -> tuple[int, ...] | None:
    """The ids of the classes that are wanted, None: all. Raises UsageError where the model does not know one."""
    unknown = [name for name in options.classes or () if name not in classes.names]
    if unknown:
        raise UsageError(f"no class {', '.join(unknown)}: the model knows {', '.join(classes.names)}")
    return None if options.classes is None else tuple(classes.names.index(name) for name in options.classes)


def _style_of(options: SegmentOptions, classes: ClassSet) -> OverlayStyle:
    style = replace(OverlayStyle.of(classes), opacity=1.0 if options.view == "mask" else options.opacity)
    chosen = chosen_ids(options, classes)
    return style if chosen is None else replace(style, visible=frozenset(chosen))


def _overlay(rgb: NDArray[np.uint8], labels: NDArray[np.uint8], style: OverlayStyle) -> NDArray[np.uint8]:
    return render(rgb, labels, style)


def _mask(rgb: NDArray[np.uint8], labels: NDArray[np.uint8], style: OverlayStyle) -> NDArray[np.uint8]:
    """Black where no wanted class is."""
    return render(np.zeros_like(rgb), labels, style)


def _side_by_side(rgb: NDArray[np.uint8], labels: NDArray[np.uint8], style: OverlayStyle) -> NDArray[np.uint8]:
    """(H, W, 3) -> (H, 2 W, 3): the picture at the left."""
    return np.concatenate((rgb, render(rgb, labels, style)), axis=1)
