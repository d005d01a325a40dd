"""`ClassTimeline`: how much of the picture each class took, over the whole length of a video, in bounded memory."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOST_ROWS = 65_536
"""36 minutes at 30 frames a second are kept frame by frame; ten hours in moments of half a second."""
HOLD_S = 2.0
"""A frame stands for the time until the next one that is known, unless that is further away."""

_FIRST_ROWS = 1024
_MOST_VALUES = 1 << 22
"""Of shares: with very many classes there are fewer rows."""

Shares = NDArray[np.float32]


class ClassTimeline:
    """Shares of the picture by time. Frames may come in any order; one that comes again replaces what it was.

    A row is a frame, as long as there are not too many. From then on it is a moment, twice as long each time there are
    too many again, and knows the mean and the highest share of each class in it. For one thread.
    """

    def __init__(self, class_count: int, *, most_rows: int = MOST_ROWS) -> None:
        self._class_count = class_count
        self._most = max(4, min(most_rows, _MOST_VALUES // max(1, class_count)))
        self._moment_ms = 1
        """The length of a row's moment."""
        self._count = 0
        room = min(_FIRST_ROWS, self._most)
        # By time; these are moved to make room for a row.
        self._keys = np.empty(room, np.int64)
        self._times = np.empty(room, np.float64)
        self._rows = np.empty(room, np.int32)
        # As they came; these stay where they are.
        self._sums = np.empty((room, class_count), np.float32)
        self._highs = np.empty((room, class_count), np.float32)
        self._frames = np.empty(room, np.int32)

    def __len__(self) -> int:
        """How many rows there are."""
        return self._count

    @property
    def hold_s(self) -> float:
        """How far apart two neighbours may be for the time between them to count as known."""
        return max(HOLD_S, 2 * self._moment_ms / 1000)

    def add(self, time_s: float, shares: Sequence[float]) -> tuple[float, float]:
        """Note the shares of one frame, 0 to 1 by class id. Returns the stretch of time that is known differently now.

        Raises ValueError for another number of classes.
        """
        if len(shares) != self._class_count:
            raise ValueError(f"expected the shares of {self._class_count} classes, got {len(shares)}")
        # Rounded first: 2.042 s are 2041.9… ms.
        key = math.floor(time_s * 1000 + 0.5) // self._moment_ms
        place = int(np.searchsorted(self._keys[: self._count], key))
        if place < self._count and self._keys[place] == key:
            self._note_again(place, time_s, shares)
        elif self._count == self._most:
            self._coarsen()
            self.add(time_s, shares)
            return float(self._times[0]), float(self._times[self._count - 1])
        else:
            self._insert(place, key, time_s, shares)
        return self._stretch(place)

    def columns(self, start_s: float, end_s: float, width: int) -> Shares:
        """(width, classes): the mean shares in each of as many equal parts of a stretch; NaN where nothing is known.

        A part without a frame has the shares of the frame before it, if the next one is within `hold_s` of that.
        """
        rows, columns, starts, held = self._parts(start_s, end_s, width)
        result = np.full((width, self._class_count), np.nan, np.float32)
        if columns.size:
            sums = np.add.reduceat(self._sums[rows], starts, axis=0)
            result[columns] = sums / np.add.reduceat(self._frames[rows], starts)[:, None]
        result[held >= 0] = self._sums[held[held >= 0]] / self._frames[held[held >= 0], None]
        return result

    def highs(self, class_id: int, start_s: float, end_s: float, width: int) -> Shares:
        """(width,): as `columns`, but the highest share of one class in each part."""
        rows, columns, starts, held = self._parts(start_s, end_s, width)
        result = np.full(width, np.nan, np.float32)
        if columns.size:
            result[columns] = np.maximum.reduceat(self._highs[rows, class_id], starts)
        result[held >= 0] = self._highs[held[held >= 0], class_id]
        return result

    def next_above(self, class_id: int, share: float, after_s: float) -> float | None:
        """When the next stretch begins in which a class takes more than a share; None where none is known.

        In a stretch that has begun already this is not its next frame, but the beginning of the stretch after it.
        """
        times = self._times[: self._count]
        above = self._highs[self._rows[: self._count], class_id] > share
        begins = above.copy()
        begins[1:] &= ~(above[:-1] & (np.diff(times) <= self.hold_s))
        place = int(np.searchsorted(times, after_s, side="right"))
        following = np.flatnonzero(begins[place:])
        return float(times[place + following[0]]) if following.size else None

    def peak(self, class_id: int) -> float:
        """The highest share that a class has in any frame; 0 where nothing is known."""
        return float(self._highs[self._rows[: self._count], class_id].max(initial=0.0))

    def forget_before(self, time_s: float) -> None:
        """Give back the rows of before a time; for streams without an end."""
        first = int(np.searchsorted(self._times[: self._count], time_s))
        kept = self._rows[first : self._count]
        sums, highs, frames = self._sums[kept], self._highs[kept], self._frames[kept]
        self._replace(
            self._keys[first : self._count].copy(), self._times[first : self._count].copy(), sums, highs, frames
        )

    def _parts(
        self, start_s: float, end_s: float, width: int
    ) -> tuple[NDArray[np.int32], NDArray[np.intp], NDArray[np.intp], NDArray[np.int32]]:
        """Where the rows of a stretch fall if it is cut into `width` parts.

        Returns the rows by time, the parts that have any, where among the rows each of those begins, and for every part
        the row that it holds from before, or -1.
        """
        times = self._times[: self._count]
        bounds = start_s + np.arange(width + 1) * ((end_s - start_s) / width)
        places = np.searchsorted(times, bounds)
        first, last = places[:-1], places[1:]
        columns = np.flatnonzero(last > first)
        held = np.full(width, -1, np.int32)
        empty = np.flatnonzero((last == first) & (first > 0) & (first < self._count))
        before = first[empty] - 1
        near = times[before + 1] - times[before] <= self.hold_s
        held[empty[near]] = self._rows[before[near]]
        return self._rows[places[0] : places[-1]], columns, first[columns] - places[0], held

    def _stretch(self, place: int) -> tuple[float, float]:
        """From the neighbour before a row to the one after it, as far as they are near."""
        time_s = self._times[place]
        start_s = end_s = time_s
        if place > 0 and time_s - self._times[place - 1] <= self.hold_s:
            start_s = self._times[place - 1]
        if place + 1 < self._count and self._times[place + 1] - time_s <= self.hold_s:
            end_s = self._times[place + 1]
        return float(start_s), float(end_s)

    def _note_again(self, place: int, time_s: float, shares: Sequence[float]) -> None:
        row = self._rows[place]
        self._times[place] = min(self._times[place], time_s)
        if self._moment_ms == 1:
            self._sums[row] = self._highs[row] = shares
            return
        self._sums[row] += shares
        self._frames[row] += 1
        self._highs[row] = np.maximum(self._highs[row], shares)

    def _insert(self, place: int, key: int, time_s: float, shares: Sequence[float]) -> None:
        count = self._count
        if count == len(self._keys):
            self._grow()
        for array, value in ((self._keys, key), (self._times, time_s), (self._rows, count)):
            array[place + 1 : count + 1] = array[place:count]
            array[place] = value
        self._sums[count] = self._highs[count] = shares
        self._frames[count] = 1
        self._count = count + 1

    def _grow(self) -> None:
        room = min(2 * len(self._keys), self._most)
        for name in ("_keys", "_times", "_rows", "_sums", "_highs", "_frames"):
            old = getattr(self, name)
            new = np.empty((room, *old.shape[1:]), old.dtype)
            new[: len(old)] = old
            setattr(self, name, new)

    def _coarsen(self) -> None:
        """Make the moments longer until a quarter of the rows is free."""
        keys = self._keys[: self._count]
        moment_ms, starts = self._moment_ms, np.empty(0, np.intp)
        while starts.size == 0 or starts.size > self._most * 3 // 4:
            moment_ms, keys = 2 * moment_ms, keys >> 1
            starts = np.flatnonzero(np.diff(keys, prepend=keys[0] - 1))
        self._moment_ms = moment_ms
        rows = self._rows[: self._count]
        self._replace(
            keys[starts],
            self._times[starts],
            np.add.reduceat(self._sums[rows], starts, axis=0),
            np.maximum.reduceat(self._highs[rows], starts, axis=0),
            np.add.reduceat(self._frames[rows], starts),
        )

    def _replace(
        self,
        keys: NDArray[np.int64],
        times: NDArray[np.float64],
        sums: Shares,
        highs: Shares,
        frames: NDArray[np.int32],
    ) -> None:
        """Have these rows, by time, and no others."""
        self._count = count = len(keys)
        self._keys[:count], self._times[:count] = keys, times
        self._rows[:count] = np.arange(count)
        self._sums[:count], self._highs[:count], self._frames[:count] = sums, highs, frames
