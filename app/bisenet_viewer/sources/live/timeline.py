"""`Timeline`: times that only rise, over all connections of a live stream."""

from __future__ import annotations

from fractions import Fraction

TIME_BASE = Fraction(1, 90_000)
_TOLERANCE_S = 2.0


class Timeline:
    """Follows the stream's own time stamps, which are steadier than the moments of arrival, but starts them anew.

    The first picture is at 0. Where stamps are missing, go back, or leave the clock by more than two seconds (a server
    that was started again), the time since the first picture takes their place.
    """

    def __init__(self) -> None:
        self._began_at: float | None = None
        self._offset: int | None = None
        self._last = -1

    def restart(self) -> None:
        """A new connection: its time stamps have nothing to do with those before."""
        self._offset = None

    def pts(self, stamp: int | None, time_base: Fraction | None, captured_at: float) -> int:
        """The time of a picture in units of TIME_BASE. stamp: its own pts; captured_at: clock seconds."""
        if self._began_at is None:
            self._began_at = captured_at
        real = round((captured_at - self._began_at) / TIME_BASE)
        pts = real
        if stamp is not None and time_base is not None:
            own = round(stamp * time_base / TIME_BASE)
            if self._offset is None:
                self._offset = real - own
            if abs(own + self._offset - real) > _TOLERANCE_S / TIME_BASE:
                self._offset = real - own
            pts = own + self._offset
        self._last = max(pts, self._last + 1)
        return self._last
