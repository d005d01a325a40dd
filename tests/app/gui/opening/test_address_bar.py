"""Typing and pasting an address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from tests.app.gui.opening.conftest import Show

from bisenet_viewer.gui.opening.address_bar import AddressBar

SECRET = "rtsp://anna:s3cret@host/live"


@pytest.fixture
def bar(qtbot: QtBot, show: Show) -> Iterator[AddressBar]:
    """Over a window of 700 units."""
    window = QWidget()
    layout = QVBoxLayout(window)
    bar = AddressBar()
    layout.addWidget(bar)
    layout.addStretch(1)
    window.resize(700, 200)
    show(window)
    assert bar.isHidden()
    bar.ask()
    qtbot.waitUntil(bar.field.hasFocus)
    yield bar
    window.close()


def test_enter_opens_and_forgets(bar: AddressBar, qtbot: QtBot) -> None:
    qtbot.keyClicks(bar.field, SECRET)
    assert bar.hint.text() == "Stream: rtsp://host/live"
    with qtbot.waitSignal(bar.chosen) as told:
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert told.args == [SECRET]
    assert bar.isHidden()
    bar.ask()
    bar.field.undo()
    assert bar.field.text() == ""
    assert "s3cret" not in bar.field.accessibleDescription() + bar.hint.text()


def test_what_is_wrong_is_told_and_not_opened(bar: AddressBar, qtbot: QtBot) -> None:
    qtbot.keyClicks(bar.field, "rtsp://host:99999/live")
    assert bar.hint.text().startswith("The port")
    assert not bar.open_button.isEnabled()
    with qtbot.assertNotEmitted(bar.chosen):
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.isVisible()
    for _ in range(len("99999/live")):
        qtbot.keyClick(bar.field, Qt.Key.Key_Backspace)
    qtbot.keyClicks(bar.field, "554/live")
    with qtbot.waitSignal(bar.chosen) as told:
        qtbot.mouseClick(bar.open_button, Qt.MouseButton.LeftButton)
    assert told.args == ["rtsp://host:554/live"]


def test_files_are_looked_for_once_typing_rests(bar: AddressBar, qtbot: QtBot, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    bar.ask(str(clip))
    qtbot.waitUntil(lambda: bar.hint.text() == f"No such file or folder: {clip}")
    assert not bar.open_button.isEnabled()
    clip.write_bytes(b"x")
    bar.ask(f"'{clip}'")
    qtbot.waitUntil(lambda: bar.hint.text() == "Video: clip.mp4")
    with qtbot.waitSignal(bar.chosen) as told:
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert told.args == [str(clip)]


@pytest.mark.parametrize("by_key", [True, False])
def test_escape_and_the_cross_close(bar: AddressBar, qtbot: QtBot, by_key: bool) -> None:
    qtbot.keyClicks(bar.field, SECRET)
    with qtbot.waitSignal(bar.closed), qtbot.assertNotEmitted(bar.chosen):
        if by_key:
            qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
        else:
            qtbot.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    assert bar.isHidden()
    assert bar.field.text() == ""


def test_letters_are_not_the_windows_keys(bar: AddressBar, qtbot: QtBot) -> None:
    stolen: list[str] = []
    for key in ("f", "Esc", "Left", "Up", "1", "Space", "?"):
        QShortcut(QKeySequence(key), bar.window()).activated.connect(lambda key=key: stolen.append(key))
    qtbot.keyClicks(bar.field, "f1 ?")
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up):
        qtbot.keyClick(bar.field, key)
    assert bar.field.text() == "f1 ?"
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    assert stolen == []
    assert bar.isHidden()


@pytest.mark.qt_log_ignore("does not support (raise|grabbing the keyboard|propagateSizeHints)")
def test_what_was_opened_before_is_offered(bar: AddressBar, qtbot: QtBot) -> None:
    bar.set_recent(["rtsp://front.door/live", "/v/clip.mp4", "rtsp://back.door/live"])
    qtbot.keyClicks(bar.field, "door")
    completer = bar.field.completer()
    assert completer is not None
    popup = completer.popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    assert completer.completionCount() == 2
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bar.field.text() == "rtsp://back.door/live")


def test_buttons_have_names_and_tooltips(bar: AddressBar) -> None:
    for control in (bar.field, bar.open_button, bar.close_button):
        assert control.accessibleName()
        assert control.toolTip()
