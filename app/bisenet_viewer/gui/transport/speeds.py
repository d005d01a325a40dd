"""At which speeds recordings can be played. No Qt."""

from __future__ import annotations

SPEEDS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 4.0)


def faster(speed: float) -> float:
    """The next one up; the highest stays."""
    return min((each for each in SPEEDS if each > speed), default=SPEEDS[-1])


def slower(speed: float) -> float:
    """The next one down; the lowest stays."""
    return max((each for each in SPEEDS if each < speed), default=SPEEDS[0])
