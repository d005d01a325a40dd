"""Which of several things lies next to one in the direction of an arrow key. Pure; no Qt."""

from __future__ import annotations

from collections.abc import Sequence

Place = tuple[float, float, float, float]
"""Left, top, width and height."""
Direction = tuple[int, int]
"""(1, 0) is to the right, (0, 1) down."""

_ASIDE = 8.0
"""How much worse it is to be so far to the side than so far ahead."""


def neighbour(of: Place, others: Sequence[Place], direction: Direction) -> int | None:
    """The index of the nearest that lies that way; None where none does."""
    found: list[tuple[float, int]] = []
    for index, other in enumerate(others):
        ahead, aside = _distance(of, other, direction)
        if ahead > 0:
            found.append((ahead + _ASIDE * aside, index))
    return min(found)[1] if found else None


def _distance(of: Place, other: Place, direction: Direction) -> tuple[float, float]:
    """From middle to middle along the direction, and the gap between the two across it."""
    along = 0 if direction[0] else 1
    across = 1 - along
    middle = [place[along] + place[along + 2] / 2 for place in (of, other)]
    sign = direction[along]
    gap = max(of[across], other[across]) - min(of[across] + of[across + 2], other[across] + other[across + 2])
    # Of two that lie ahead without a gap, the one whose middle is nearer wins.
    off = abs((of[across] + of[across + 2] / 2) - (other[across] + other[across + 2] / 2)) / 100
    return sign * (middle[1] - middle[0]), max(0.0, gap) + off
