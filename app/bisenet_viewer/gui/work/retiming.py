"""`Retiming`: the times of a recording, from those of the frames that were shown. Pure; no Qt."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bisenet_viewer.frame import Frame

_USUAL_RATE = Fraction(25)
_FASTEST = 4
"""How many times as fast as it should a recording may be played."""
_LEEWAY_S = 1.0


class Retiming:
    """Places each frame as long after the one before as it was in its source; the first one at 0.

    So a recording of a camera has the times of the camera, also where frames were left out, and one of a file plays at
    the file's speed, however fast it was watched. Where the person jumped, or a loop began anew, the recording goes on
    with the next frame at once, and so it does after a pause in a file.
    """

    def __init__(self, rate: Fraction | None, *, live: bool) -> None:
        """rate: the stream's frames per second, if it says. live: whether nobody can jump in it."""
        self._frame_s = 1 / (rate or _USUAL_RATE)
        self._live = live
        self._last: Frame | None = None
        self._time_base = Fraction(0)
        self._pts = 0

    @property
    def end_s(self) -> float:
        """How long the recording is, with the last frame."""
        return 0.0 if self._last is None else float(self._pts * self._time_base + self._frame_s)

    def place(self, frame: Frame) -> Frame | None:
        """The frame with its time in the recording; None where it is the one before, shown again."""
        last, self._last = self._last, frame
        if last is None:
            self._time_base = frame.time_base
        elif last is frame:
            return None
        else:
            delta = frame.pts * frame.time_base - last.pts * last.time_base
            if self._is_jump(last, frame, delta):
                delta = self._frame_s
            self._pts += max(1, round(delta / self._time_base))
        return replace(frame, pts=self._pts, time_base=self._time_base)

    def _is_jump(self, last: Frame, frame: Frame, delta: Fraction) -> bool:
        if delta <= 0:
            return True
        if self._live:
            return False
        # Each jump begins a new iteration of the source, whose indices count from 0.
        passed_s = max(0.0, frame.captured_at - last.captured_at)
        return frame.index <= last.index or delta > _FASTEST * passed_s + _LEEWAY_S
