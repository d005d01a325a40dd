"""Where an arrow key goes."""

from __future__ import annotations

import pytest

from bisenet_viewer.gui.opening.steering import neighbour

TILES = [(0.0, 0.0, 100.0, 80.0), (110.0, 0.0, 100.0, 80.0), (220.0, 0.0, 100.0, 80.0)]
ROWS = [(0.0, 120.0, 150.0, 30.0), (0.0, 152.0, 150.0, 30.0), (170.0, 120.0, 150.0, 30.0)]
ALL = [*TILES, *ROWS]
RIGHT, LEFT, UP, DOWN = (1, 0), (-1, 0), (0, -1), (0, 1)


@pytest.mark.parametrize(
    ("start", "direction", "end"),
    [
        (0, RIGHT, 1), (1, RIGHT, 2), (2, RIGHT, None), (2, LEFT, 1), (0, LEFT, None),
        (0, DOWN, 3), (2, DOWN, 5), (3, DOWN, 4), (4, DOWN, None), (4, UP, 3), (3, UP, 0), (5, UP, 2),
        (3, RIGHT, 5), (4, RIGHT, 5), (5, LEFT, 3), (0, UP, None),
    ],
)  # fmt: skip
def test_the_nearest_that_way(start: int, direction: tuple[int, int], end: int | None) -> None:
    others = [place for place in ALL if place is not ALL[start]]
    found = neighbour(ALL[start], others, direction)
    assert (None if found is None else ALL.index(others[found])) == end
