"""Waiting: what is told, and the way out that appears."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.app.gui.opening.conftest import Show

from bisenet_viewer.gui.opening import message as message_module
from bisenet_viewer.gui.opening.busy_bar import stretch_at
from bisenet_viewer.gui.opening.message import Message


@pytest.fixture
def message(show: Show, monkeypatch: pytest.MonkeyPatch) -> Message:
    """One whose patience is short."""
    monkeypatch.setattr(message_module, "PATIENCE_MS", 40)
    message = Message()
    message.resize(500, 260)
    show(message)
    return message


def test_a_way_out_appears_after_a_while_and_moves_nothing(message: Message, qtbot: QtBot) -> None:
    message.tell("Opening a.mp4", "Loading", busy=True)
    assert message.bar.isVisible()
    assert not message.cancel_button.isVisible()
    before = message.headline.geometry()
    qtbot.waitUntil(message.cancel_button.isVisible)
    assert message.headline.geometry() == before
    assert message.hint.text() == "Still loading: the first start prepares the model, about 10 s"
    with qtbot.waitSignal(message.cancelled):
        qtbot.mouseClick(message.cancel_button, Qt.MouseButton.LeftButton)


def test_the_wait_goes_on_over_several_messages(message: Message, qtbot: QtBot) -> None:
    message.tell("Opening a.mp4", "", busy=True)
    message.tell("Loading the model", "", busy=True, hint="first")
    qtbot.waitUntil(message.hint.isVisible)
    message.tell("Waiting", "", busy=True, hint="second")
    assert message.hint.isVisible()
    assert message.hint.text() == message.accessibleDescription() == "second"


@pytest.mark.parametrize("how", ["told", "hidden"])
def test_the_way_out_goes_with_the_wait(message: Message, qtbot: QtBot, how: str) -> None:
    message.tell("Opening a.mp4", "", busy=True)
    qtbot.waitUntil(message.cancel_button.isVisible)
    if how == "told":
        message.tell("Nothing to show", "", busy=False)
    else:
        message.hide()
        message.tell("Opening b.mp4", "", busy=True)
        message.show()
    assert not message.cancel_button.isVisible()
    assert not message.hint.isVisible()


def test_the_bar_moves(message: Message, qtbot: QtBot) -> None:
    message.tell("Opening a.mp4", "", busy=True)
    first = message.bar.grab().toImage()
    qtbot.waitUntil(lambda: message.bar.grab().toImage() != first)
    assert stretch_at(0.0) == (0.0, 0.0)
    left, right = stretch_at(0.5)
    assert 0 < left < right < 1
    assert stretch_at(1.25) == stretch_at(0.25)
