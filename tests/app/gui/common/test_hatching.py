"""The patterns of the classes."""

from __future__ import annotations

from itertools import combinations

import pytest
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QColor, QImage, QPainter, qAlpha

from bisenet_viewer.gui.common.hatching import PLAIN_COUNT, hatch_brush, hatch_tile, mark_color, patterns

MARK = QColor(0, 0, 0, 150)


def cover(class_id: int, side: int = 48) -> list[int]:
    """The alpha of each pixel of an area that is filled with a class's pattern."""
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.fillRect(QRect(0, 0, side, side), hatch_brush(class_id, MARK))
    painter.end()
    return [qAlpha(image.pixel(x, y)) for y in range(side) for x in range(side)]


def test_the_plain_patterns_are_clearly_different() -> None:
    covers = [cover(class_id) for class_id in range(PLAIN_COUNT)]
    for first, second in combinations(range(PLAIN_COUNT), 2):
        unlike = sum(abs(a - b) > 60 for a, b in zip(covers[first], covers[second], strict=True))
        assert unlike > 0.12 * len(covers[first]), (first, second)


def test_no_two_classes_of_a_large_set_look_the_same() -> None:
    seen = {(hatch_tile(class_id, MARK.rgba()).width(), tuple(cover(class_id))) for class_id in range(171)}
    assert len(seen) == 171


@pytest.mark.parametrize("class_id", [0, 4, 8, 11, 12, 40, 71, 72, 170, 255])
def test_a_pattern_leaves_something_of_the_colour_below(class_id: int) -> None:
    alphas = cover(class_id)
    assert 0.1 < sum(alpha > 60 for alpha in alphas) / len(alphas) < 0.85
    assert max(alphas) <= MARK.alpha() + 2


def test_a_pattern_goes_on_without_a_seam() -> None:
    wide = cover(6, side=24)
    assert wide[:12] == wide[12:24]
    assert wide[: 24 * 12] == wide[24 * 12 :]


def test_pairs_are_of_two_patterns() -> None:
    pairs = [patterns(class_id) for class_id in range(PLAIN_COUNT, 72)]
    assert all(len(set(pair)) == 2 for pair in pairs)
    assert len(set(pairs)) == len(pairs)


@pytest.mark.parametrize("class_id", [-1, 256])
def test_what_is_no_class_id_is_refused(class_id: int) -> None:
    with pytest.raises(ValueError, match="0 to 255"):
        hatch_tile(class_id, MARK.rgba())


def test_marks_stand_out() -> None:
    assert mark_color(QColor(20, 20, 90)).red() == 255
    assert mark_color(QColor(230, 220, 90)).red() == 0
