"""`Place`: where a video is, where it shall go next, and which part of it is to be played again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bisenet_viewer.frame import StreamInfo

Loop = tuple[float | None, float | None]


class Place:
    """One seek is on its way at a time.

    While a slider is dragged each place is shown before the next is asked for: otherwise every wish would make the
    result on its way obsolete, and nothing would be seen until the hand rests.
    """

    def __init__(self) -> None:
        self.position_s = 0.0
        """Of what is seen, or of where it is wanted to be."""
        self.loop: Loop = (None, None)
        """Seconds where a loop begins and ends, as far as that was said."""
        self._is_moving = False
        """A seek was sent, and no result has come from there yet."""
        self._next_s: float | None = None

    @property
    def is_moving(self) -> bool:
        """Whether something is to come from elsewhere."""
        return self._is_moving

    def move(self, stream: StreamInfo, time_s: float) -> float | None:
        """Go to a time of a stream, or its nearest end; returns where to seek now, None: when the last seek is done."""
        duration_s = stream.duration_s or float("inf")
        self.position_s = min(max(stream.start_s, time_s), stream.start_s + duration_s)
        if self._is_moving:
            self._next_s = self.position_s
            return None
        self._is_moving = True
        return self.position_s

    def arrive(self, time_s: float) -> float | None:
        """A result of this time has come; returns where to seek now, as `move`."""
        if self._next_s is None:
            self.position_s = time_s
            self._is_moving = False
            return None
        next_s, self._next_s = self._next_s, None
        return next_s

    def mark_loop(self) -> None:
        """Begin a loop here, then end it here, then do without it."""
        start_s, end_s = self.loop
        if start_s is None:
            self.loop = (self.position_s, None)
        elif end_s is None and self.position_s > start_s:
            self.loop = (start_s, self.position_s)
        else:
            self.loop = (None, None)
