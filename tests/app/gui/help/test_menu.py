"""The main menu."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from bisenet_viewer.gui.common.theme_follower import ThemeChoice
from bisenet_viewer.gui.help.keys import BINDINGS, Action
from bisenet_viewer.gui.help.menu import MainMenu

LEFT_OUT = {Action.TOGGLE_CLASS, Action.SOLO_CLASS, Action.LEAVE}


@pytest.fixture
def asked() -> list[Action]:
    return []


@pytest.fixture
def menu(qtbot: QtBot, asked: list[Action]) -> Iterator[MainMenu]:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    yield MainMenu(window, asked.append)
    window.close()


def rows(menu: QMenu) -> list[QAction]:
    """Of a menu and those in it."""
    found = []
    for row in menu.actions():
        submenu = row.menu()
        found += rows(submenu) if submenu is not None else [row]
    return found


def test_whatever_has_a_key_is_there_once_with_its_key(menu: MainMenu) -> None:
    told = [row.text() for row in rows(menu)]
    for binding in BINDINGS:
        if binding.action not in LEFT_OUT:
            text = menu.entries[binding.action].text()
            assert text.endswith(f"\t{binding.shown}")
            assert told.count(text) == 1
    assert set(menu.entries) == set(Action) - LEFT_OUT


def test_a_key_is_shown_and_not_taken_from_the_window(menu: MainMenu) -> None:
    assert all(row.shortcut().isEmpty() for row in rows(menu))


@pytest.mark.parametrize("action", [Action.OPEN_FILE, Action.PLAY_PAUSE, Action.DOCTOR, Action.QUIT])
def test_what_is_chosen_is_asked_for(menu: MainMenu, asked: list[Action], action: Action) -> None:
    menu.entries[action].trigger()
    assert asked == [action]


def test_a_click_does_not_mark_what_was_not_done(menu: MainMenu, asked: list[Action]) -> None:
    menu.set_state(Action.RECORD, checked=False)
    menu.entries[Action.RECORD].trigger()
    assert asked == [Action.RECORD]
    assert not menu.entries[Action.RECORD].isChecked()
    menu.set_state(Action.RECORD, checked=True)
    assert menu.entries[Action.RECORD].isChecked()


def test_what_cannot_be_done_cannot_be_chosen(menu: MainMenu, asked: list[Action]) -> None:
    menu.set_state(Action.PLAY_PAUSE, enabled=False)
    menu.entries[Action.PLAY_PAUSE].trigger()
    assert asked == []
    menu.set_state(Action.PLAY_PAUSE, enabled=True)
    menu.entries[Action.PLAY_PAUSE].trigger()
    assert asked == [Action.PLAY_PAUSE]


def test_a_theme_is_chosen(menu: MainMenu, qtbot: QtBot) -> None:
    assert menu.themes[ThemeChoice.SYSTEM].isChecked()
    with qtbot.waitSignal(menu.theme_wanted) as told:
        menu.themes[ThemeChoice.LIGHT].trigger()
    assert told.args == [ThemeChoice.LIGHT]
    menu.set_theme(ThemeChoice.DARK)
    assert [choice for choice, row in menu.themes.items() if row.isChecked()] == [ThemeChoice.DARK]


def test_what_has_no_key_is_asked_for_as_well(menu: MainMenu, qtbot: QtBot) -> None:
    with qtbot.waitSignals([menu.reset_wanted, menu.about_wanted]):
        menu.reset.trigger()
        menu.about.trigger()
