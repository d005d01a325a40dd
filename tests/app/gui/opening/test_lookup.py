"""Questions answered on a thread of their own."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot
from tests.app.gui.opening.conftest import threads_left

from bisenet_viewer.gui.opening.lookup import Lookup


def test_an_answer_comes_on_the_thread_that_asked(qtbot: QtBot) -> None:
    lookup = Lookup("test lookup")
    asked_on: list[str] = []
    told: list[tuple[int, str]] = []

    def question() -> int:
        asked_on.append(threading.current_thread().name)
        return 42

    lookup.ask(question, lambda answer: told.append((answer, threading.current_thread().name)))
    qtbot.waitUntil(lambda: bool(told))
    assert asked_on == ["test lookup"]
    assert told == [(42, threading.current_thread().name)]
    qtbot.waitUntil(lambda: threads_left() == [])
    assert not lookup.is_busy


def test_only_the_newest_question_is_answered(qtbot: QtBot) -> None:
    lookup = Lookup("test lookup")
    gate, begun = threading.Event(), threading.Event()
    told: list[str] = []

    def slow() -> str:
        begun.set()
        gate.wait(5)
        return "old"

    lookup.ask(slow, told.append)
    assert begun.wait(5)
    assert lookup.is_busy
    lookup.ask(lambda: "dropped", told.append)
    lookup.ask(lambda: "new", told.append)
    gate.set()
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["new"]


@pytest.mark.parametrize("how", ["withdraw", "close", "delete"])
def test_nobody_is_told_afterwards(qtbot: QtBot, how: str) -> None:
    lookup = Lookup("test lookup")
    gate, begun = threading.Event(), threading.Event()
    told: list[bool] = []

    def slow() -> bool:
        begun.set()
        return gate.wait(5)

    lookup.ask(slow, told.append)
    assert begun.wait(5)
    match how:
        case "withdraw":
            lookup.withdraw()
        case "close":
            assert not lookup.close(0.01)
        case _:
            with qtbot.waitSignal(lookup.destroyed):
                lookup.deleteLater()
    gate.set()
    qtbot.waitUntil(lambda: threads_left() == [])
    qtbot.wait(1)
    assert told == []
    if how == "close":
        lookup.ask(lambda: True, told.append)
        assert threads_left() == []


def test_a_fault_in_a_question_is_logged_and_the_next_is_answered(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    lookup = Lookup("test lookup")
    told: list[str] = []
    lookup.ask(lambda: str(1 // 0), told.append)
    qtbot.waitUntil(lambda: "ZeroDivisionError" in caplog.text and not lookup.is_busy)
    lookup.ask(lambda: "next", told.append)
    qtbot.waitUntil(lambda: told == ["next"])
    caplog.clear()
