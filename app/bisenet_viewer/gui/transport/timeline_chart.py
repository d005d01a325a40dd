"""`TimelineChart`: the class timeline as pixels, drawn anew only where something is known differently. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bisenet_viewer.gui.transport.class_timeline import ClassTimeline
from bisenet_viewer.gui.transport.timeline_paint import Pixels, Rgb, Shares, paint_curve, paint_stack

ROLLING_S = 60.0
"""As much is shown of what has no length: the last minute."""
_MOST_ROLLING = 8192
"""So many frames of a stream without an end are kept before those of earlier minutes are given back."""


@dataclass(frozen=True, slots=True)
class ChartStyle:
    """What is drawn, and how."""

    colors: tuple[Rgb, ...]
    visible: tuple[int, ...]
    """Ids in order; what is stacked."""
    rest: Rgb
    """What is known, and none of the visible classes."""
    chosen: int | None = None
    """This class alone, as a curve."""
    threshold: float = 0.0
    """Of the chosen class."""
    scale: float = 1.0
    """The chosen class's share at the upper edge."""


class TimelineChart:
    """Draws into an array that another made, one column of which is a moment. `render` brings it up to date."""

    def __init__(self, class_count: int) -> None:
        self._timeline = ClassTimeline(class_count)
        self._pixels: Pixels = np.zeros((1, 1, 4), np.uint8)
        self._width = 1
        self._shares: Shares = np.full((1, class_count), np.nan, np.float32)
        """Of each column."""
        self._highs: Shares = np.full(1, np.nan, np.float32)
        """Of each column, of the class that is chosen."""
        self._style: ChartStyle | None = None
        self._start_s = 0.0
        self._duration_s: float | None = None
        self._newest_s = 0.0
        self._shown_s: float | None = None
        """Where the left edge was when it was drawn; None: all has to be drawn."""
        self._old_s: tuple[float, float] | None = None
        """The stretch that is known differently since then."""
        self._peak: tuple[int, float] | None = None

    @property
    def timeline(self) -> ClassTimeline:
        """What is drawn."""
        return self._timeline

    def set_span(self, start_s: float, duration_s: float | None) -> None:
        """The time of the left edge, and the length; None: the last minute up to what came last."""
        if (start_s, duration_s) != (self._start_s, self._duration_s):
            self._start_s, self._duration_s = start_s, duration_s
            self._shown_s = None

    def draw_into(self, pixels: Pixels) -> None:
        """(H, W, 4), written by `render` from now on."""
        height, width, _ = pixels.shape
        if height < 1 or width < 1:
            raise ValueError(f"expected pixels to draw on, got {pixels.shape}")
        self._pixels, self._width = pixels, width
        self._shares = np.full((width, self._shares.shape[1]), np.nan, np.float32)
        self._highs = np.full(width, np.nan, np.float32)
        self._shown_s = None

    def add(self, time_s: float, shares: Sequence[float]) -> None:
        """Note the shares of one frame, 0 to 1 by class id."""
        first_s, last_s = self._timeline.add(time_s, shares)
        if self._old_s is not None:
            first_s, last_s = min(first_s, self._old_s[0]), max(last_s, self._old_s[1])
        self._old_s = first_s, last_s
        if self._peak is not None:
            class_id, peak = self._peak
            self._peak = class_id, max(peak, shares[class_id])
        self._newest_s = time_s
        if self._duration_s is None and len(self._timeline) > _MOST_ROLLING:
            self._timeline.forget_before(time_s - ROLLING_S - self._timeline.hold_s)
            self._peak = None

    def peak(self, class_id: int) -> float:
        """The highest share that a class had so far."""
        if self._peak is None or self._peak[0] != class_id:
            self._peak = class_id, self._timeline.peak(class_id)
        return self._peak[1]

    def time_at(self, part: float) -> float:
        """The time at a part, 0 to 1, of the width."""
        return self._left_s + part * self._length_s

    def part_of(self, time_s: float) -> float:
        """Where a time is, as a part of the width; beyond 0 to 1 for what is not shown."""
        return (time_s - self._left_s) / self._length_s

    def shares_at(self, part: float) -> tuple[float, ...] | None:
        """The mean shares of the classes where that part of the width is drawn; None where nothing is known."""
        shares = self._shares[min(max(0, int(part * len(self._shares))), len(self._shares) - 1)]
        return None if np.isnan(shares[0]) else tuple(shares.tolist())

    @property
    def _length_s(self) -> float:
        return self._duration_s or ROLLING_S

    @property
    def _step_s(self) -> float:
        """The length of a column."""
        return self._length_s / self._width

    @property
    def _left_s(self) -> float:
        """The time of the left edge. A rolling chart moves by whole columns, so that none of them changes by that."""
        if self._duration_s is not None:
            return self._start_s
        return (math.floor(self._newest_s / self._step_s) + 1 - self._width) * self._step_s

    def render(self, style: ChartStyle) -> None:
        """Bring the pixels up to date: where data came, or all of them if they are drawn differently now."""
        everything = range(self._width)
        old = self._scroll()
        if old:
            self._read(old, style.chosen)
        if style != self._style:
            if style.chosen is not None and (self._style is None or style.chosen != self._style.chosen):
                self._read(everything, style.chosen)
            self._style, old = style, everything
        if old:
            self._paint(old, style)

    def _scroll(self) -> range:
        """Move what is drawn to where it belongs now. Returns the columns whose shares are not those that are known."""
        width = self._width
        left_s, step_s = self._left_s, self._step_s
        shift = width if self._shown_s is None else round((left_s - self._shown_s) / step_s)
        stretch_s, self._shown_s, self._old_s = self._old_s, left_s, None
        if not 0 <= shift < width:
            return range(width)
        if shift:
            self._pixels[:, :-shift] = self._pixels[:, shift:]
            self._shares[:-shift] = self._shares[shift:]
            self._highs[:-shift] = self._highs[shift:]
        first, last = width - shift, width if shift else 0
        if stretch_s is not None:
            # One more on both sides, for what falls on the border of two by the last bit.
            first = min(first, math.floor((stretch_s[0] - left_s) / step_s) - 1)
            last = max(last, math.floor((stretch_s[1] - left_s) / step_s) + 2)
        return range(max(0, first), min(width, last))

    def _read(self, columns: range, chosen: int | None) -> None:
        start_s = self._left_s + columns.start * self._step_s
        end_s = self._left_s + columns.stop * self._step_s
        place = slice(columns.start, columns.stop)
        self._shares[place] = self._timeline.columns(start_s, end_s, len(columns))
        if chosen is not None:
            self._highs[place] = self._timeline.highs(chosen, start_s, end_s, len(columns))

    def _paint(self, columns: range, style: ChartStyle) -> None:
        place = slice(columns.start, columns.stop)
        pixels = self._pixels[:, place]
        if style.chosen is None:
            paint_stack(pixels, self._shares[place], style.colors, style.visible, style.rest)
        else:
            paint_curve(
                pixels, self._highs[place], style.colors[style.chosen], style.rest,
                scale=style.scale, threshold=style.threshold,
            )  # fmt: skip
