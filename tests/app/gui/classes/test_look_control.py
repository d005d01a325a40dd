"""What a person wishes of the picture, and takes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bisenet.classes import ClassSet
from bisenet_viewer.gui.classes.look_control import LookControl, Remembered
from bisenet_viewer.gui.state import Fit, Look, Pairing, View

CLASSES = ClassSet("test", ("sky", "road", "car"), ((1, 2, 3), (4, 5, 6), (7, 8, 9)))
OTHERS = ClassSet("other", ("road", "person"), ((4, 5, 6), (9, 9, 9)))
ALL = frozenset({0, 1, 2})


def control(
    recall: Callable[[ClassSet], Remembered] = lambda _: Remembered({}, None), names: tuple[str, ...] | None = None
) -> LookControl:
    made = LookControl(Look(), opacity=0.4, recall=recall, names=names)
    made.take_classes(CLASSES)
    return made


def visible(of: LookControl) -> frozenset[int]:
    assert of.style is not None
    return of.style.visible


def test_opacity_waits_for_the_model() -> None:
    early = LookControl(Look(), opacity=0.4, recall=lambda _: Remembered({}, None), names=None)
    early.set_opacity(0.75)
    assert early.opacity == 0.75
    early.take_classes(CLASSES)
    assert early.style is not None
    assert early.style.opacity == 0.75


def test_what_is_remembered_of_a_class_list_comes_back() -> None:
    made = control(lambda _: Remembered({"car": (200, 0, 0)}, ("sky",)))
    assert visible(made) == {1, 2}
    assert made.style is not None
    assert made.style.colors == ((1, 2, 3), (4, 5, 6), (200, 0, 0))


def test_names_asked_for_count_once_and_before_what_is_remembered() -> None:
    made = LookControl(Look(), opacity=0.5, recall=lambda _: Remembered({}, ("road",)), names=("road", "tram"))
    fault = made.take_classes(CLASSES)
    assert fault is not None
    assert "tram" in fault
    assert visible(made) == {1}
    assert made.take_classes(OTHERS) is None
    assert visible(made) == {1}, "road is remembered as hidden, person is not"


def test_a_background_is_hidden_until_somebody_wants_it() -> None:
    people = ClassSet("people", ("background", "person"), ((0, 0, 0), (9, 9, 9)))
    made = control()
    made.take_classes(people)
    assert visible(made) == {1}
    seen = control(lambda _: Remembered({}, ()))
    seen.take_classes(people)
    assert visible(seen) == {0, 1}


def test_the_same_classes_change_nothing() -> None:
    made = control()
    made.toggle(1)
    made.take_classes(CLASSES)
    assert visible(made) == {0, 2}


@pytest.mark.parametrize(
    ("act", "left"),
    [
        (lambda c: c.toggle(0), {1, 2}),
        (lambda c: c.show_none(), set()),
        (lambda c: c.toggle_all(), set()),
        (lambda c: c.toggle(7), {0, 1, 2}),
    ],
)
def test_undo_and_redo(act: Callable[[LookControl], None], left: set[int]) -> None:
    made = control()
    act(made)
    assert visible(made) == left
    made.undo()
    assert visible(made) == ALL
    made.redo()
    assert visible(made) == left


def test_a_colour_that_is_dragged_is_one_step() -> None:
    made = control()
    for red in range(10, 60, 10):
        made.recolor(2, (red, 0, 0))
    made.undo()
    assert made.style is not None
    assert made.style.colors == CLASSES.palette


def test_views_and_opacity_are_no_matter_of_undo() -> None:
    made = control()
    made.set_view(View.MASK)
    made.set_opacity(0.9)
    assert not made.can_undo


def test_another_class_ends_the_solo_in_one_step() -> None:
    made = control()
    made.solo(1)
    made.toggle(0)
    assert made.look.solo is None
    assert visible(made) == {1, 2}
    made.undo()
    assert made.look.solo == 1
    assert visible(made) == ALL


def test_solo_twice_shows_all_that_were_chosen() -> None:
    made = control()
    made.solo(1)
    made.solo(1)
    assert made.look.solo is None


def test_wipe_goes_back_to_the_view_before() -> None:
    made = control()
    made.set_view(View.BOUNDARIES)
    made.toggle_wipe()
    assert made.look.view is View.WIPE
    made.toggle_wipe()
    assert made.look.view is View.BOUNDARIES


def test_views_and_fits_come_round() -> None:
    made = control()
    seen = []
    for _ in View:
        seen.append(made.look.view)
        made.next_view()
    assert set(seen) == set(View)
    assert made.look.view is View.OVERLAY
    for _ in Fit:
        made.next_fit()
    assert made.look.fit is Fit.FIT
    made.toggle_pairing()
    assert made.look.pairing is Pairing.LATEST


def test_only_a_change_is_told() -> None:
    made = control()
    told: list[Look] = []
    made.changed.connect(lambda: told.append(made.look))
    made.set_view(View.OVERLAY)
    assert told == []
    made.set_wipe(2.0)
    assert [look.wipe for look in told] == [1.0]
