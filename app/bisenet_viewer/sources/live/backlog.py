"""`Backlog`: tells which packets to leave undecoded, so that a reader which is too slow still shows the present."""

from __future__ import annotations

_LATE_S = 1.0
_WAITED_S = 0.02
"""A read that took so long had to wait: nothing more lay ready."""
_BREAK_S = 10.0
_PATIENCE = 300
"""After so many packets without a key frame, there is none to wait for: some encoders refresh pictures bit by bit."""


class Backlog:
    """Compares when packets come with when they should, by their own time stamps.

    Once they come more than a second later than the quickest did, either the network has become slower or decoding is.
    So what lies ready is thrown away: in the first case that is nothing, in the second it is what is long out of
    date. Decoding goes on with the next key frame; it also begins with one.
    """

    def __init__(self) -> None:
        self._best_s: float | None = None
        self._catching_up = False
        self._has_begun = False
        self._needs_key = True
        self._refused = 0
        self.left_out = 0
        """Packets that were not admitted, though those before them were."""

    def admits(self, time_s: float | None, *, is_key: bool, read_s: float, now: float) -> bool:
        """Whether to decode a packet. time_s: its own time; read_s: how long reading it took; now: when that was."""
        if time_s is not None:
            self._judge(now - time_s, waited=read_s >= _WAITED_S)
        if self._catching_up:
            self._needs_key = True
        elif is_key or self._refused >= _PATIENCE:
            self._needs_key = False
        if not self._needs_key:
            self._refused = 0
            self._has_begun = True
            return True
        self._refused += 1
        self.left_out += self._has_begun
        return False

    def _judge(self, way_s: float, *, waited: bool) -> None:
        best_s = way_s if self._best_s is None else self._best_s
        if abs(way_s - best_s) > _BREAK_S:
            # The stream's clock was set.
            self._best_s, self._catching_up = way_s, False
        elif self._catching_up:
            if waited:
                self._best_s, self._catching_up = way_s, False
        else:
            self._best_s = min(best_s, way_s)
            # One that had to be waited for is the newest there is.
            self._catching_up = way_s - best_s > _LATE_S and not waited
            if waited and way_s - best_s > _LATE_S:
                self._best_s = way_s
