"""Undo and redo: each step once, a drag as one."""

from __future__ import annotations

import pytest

from bisenet_viewer.gui.work.history import History


def test_steps_are_taken_back_and_done_again_in_order():
    history = History("a")
    assert (history.can_undo, history.can_redo, history.now) == (False, False, "a")
    history.push("b")
    history.push("c")
    assert [history.undo(), history.undo(), history.undo()] == ["b", "a", "a"]
    assert (history.can_undo, history.can_redo) == (False, True)
    assert [history.redo(), history.redo(), history.redo()] == ["b", "c", "c"]
    assert (history.can_undo, history.can_redo, history.now) == (True, False, "c")


def test_what_is_new_ends_what_was_taken_back():
    history = History(0)
    history.push(1)
    history.undo()
    history.push(2)
    assert not history.can_redo
    assert [history.undo(), history.redo()] == [0, 2]


def test_the_same_value_is_no_step():
    history = History(0)
    history.push(1)
    history.undo()
    history.push(0)
    assert history.can_redo
    assert not history.can_undo


def test_a_drag_is_one_step_and_the_next_drag_another():
    history = History(0)
    history.push(1)
    for value in (2, 3, 4):
        history.push(value, merge_key="opacity")
    history.end_merge()
    for value in (5, 6):
        history.push(value, merge_key="opacity")
    history.push(7, merge_key="colour of car")
    assert [history.undo() for _ in range(4)] == [6, 4, 1, 0]
    assert [history.redo() for _ in range(4)] == [1, 4, 6, 7]


def test_after_an_undo_nothing_is_merged_into_what_came_before():
    history = History(0)
    history.push(1, merge_key="k")
    history.push(2)
    history.undo()
    history.push(3, merge_key="k")
    assert [history.undo(), history.undo()] == [1, 0]


def test_the_oldest_steps_are_forgotten():
    history = History(0)
    for value in range(1, 251):
        history.push(value)
    taken_back = 0
    while history.can_undo:
        history.undo()
        taken_back += 1
    assert (taken_back, history.now) == (100, 150)
    with pytest.raises(ValueError, match="a step at least"):
        History(0, limit=0)


def test_clear_begins_anew():
    history = History(0)
    history.push(1)
    history.undo()
    history.clear(5)
    assert (history.can_undo, history.can_redo, history.now) == (False, False, 5)
