"""What wishes make of the look."""

from __future__ import annotations

from dataclasses import replace

from bisenet.classes import ClassSet
from bisenet_viewer.gui.classes import choice
from bisenet_viewer.gui.state import Look

CLASSES = ClassSet("test", ("sky", "road", "car"), ((1, 2, 3), (4, 5, 6), (7, 8, 9)))
STYLE = choice.first_style(CLASSES, 0.5, ("road", "car"))


def test_one_class_gets_another_colour() -> None:
    style = choice.with_color(STYLE, 1, (9, 9, 9))
    assert style.colors == ((1, 2, 3), (9, 9, 9), (7, 8, 9))
    assert replace(style, colors=STYLE.colors) == STYLE


def test_a_palette_leaves_what_is_shown() -> None:
    style = choice.with_colors(STYLE, [(0, 0, 0), (1, 1, 1), (2, 2, 2)])
    assert style.colors == ((0, 0, 0), (1, 1, 1), (2, 2, 2))
    assert style.visible == {1, 2}


def test_a_class_alone_hides_the_others_and_they_come_back() -> None:
    look = Look(style=STYLE)
    assert choice.shown(look) == {1, 2}
    alone = choice.soloed(look, 0)
    assert (alone.solo, choice.shown(alone)) == (0, {0})
    other = choice.soloed(alone, 2)
    assert choice.shown(other) == {2}
    assert choice.soloed(other, 2) == look


def test_what_is_drawn_has_the_class_alone() -> None:
    look = choice.soloed(Look(style=STYLE), 0)
    drawn = choice.drawn_style(look)
    assert drawn == replace(STYLE, visible=frozenset({0}))
    assert choice.drawn_style(Look()) is None
    assert choice.shown(Look(solo=2)) == frozenset()
