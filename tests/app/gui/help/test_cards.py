"""The cards that lie over the window."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from bisenet_viewer.gui.common.theme import DARK, LIGHT, Colors, apply_theme
from bisenet_viewer.gui.common.veil import leave_top
from bisenet_viewer.gui.help.about import AboutCard
from bisenet_viewer.gui.help.groups import GROUPS, Group, bindings_of, group_of
from bisenet_viewer.gui.help.key_card import KeyCard
from bisenet_viewer.gui.help.keys import BINDINGS, Action
from bisenet_viewer.gui.texts import help as texts

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> QWidget:
    """A window of the smallest size, with something in it that takes keys."""
    apply_theme(qapp, DARK)
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 600)
    QLineEdit(made).setFocus()
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_every_action_is_in_one_group() -> None:
    told = [binding.action for group in Group for binding in bindings_of(group)]
    assert sorted(told, key=lambda action: action.value) == list(Action)
    assert sum(len(actions) for actions in GROUPS.values()) == len(frozenset().union(*GROUPS.values()))
    assert group_of(Action.PLAY_PAUSE) is Group.PLAYING
    assert group_of(Action.RECORD) is Group.WORK
    assert set(texts.GROUPS) == {group.value for group in Group}


def test_the_card_lists_every_key(window: QWidget) -> None:
    card = KeyCard(window)
    card.toggle()
    said = {label.text() for label in card.findChildren(QLabel)}
    assert {binding.text for binding in BINDINGS} | {binding.shown for binding in BINDINGS} <= said
    assert set(texts.GROUPS.values()) <= said


@pytest.mark.parametrize(("size", "columns"), [((1280, 700), 3), ((900, 600), 3), ((700, 500), 2), ((480, 360), 1)])
def test_it_has_as_many_columns_as_there_is_room_for(
    window: QWidget, qtbot: QtBot, size: tuple[int, int], columns: int
) -> None:
    card = KeyCard(window)
    card.toggle()
    window.resize(*size)
    qtbot.waitUntil(lambda: card.size() == window.size())
    assert card.columns == columns
    assert card.rect().contains(card.card.geometry())
    wide = card.area.viewport()
    inside = card.area.widget()
    assert wide is not None
    assert inside is not None
    qtbot.waitUntil(lambda: inside.width() <= wide.width())
    assert inside.minimumSizeHint().width() <= wide.width(), "nothing is cut off at the right"


def test_what_does_not_fit_is_scrolled_to_with_the_keys(window: QWidget, qtbot: QtBot) -> None:
    window.resize(600, 360)
    card = KeyCard(window)
    card.toggle()
    bar = card.area.verticalScrollBar()
    assert bar is not None
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    qtbot.keyClick(card, Qt.Key.Key_Down)
    assert 0 < bar.value() < bar.maximum()
    for _ in range(20):
        qtbot.keyClick(card, Qt.Key.Key_PageDown)
    assert bar.value() == bar.maximum()


@pytest.mark.parametrize("place", [QPoint(4, 4), QPoint(450, 300)])
def test_a_click_anywhere_puts_the_keys_away_and_gives_the_keyboard_back(
    window: QWidget, qtbot: QtBot, place: QPoint
) -> None:
    card = KeyCard(window)
    card.toggle()
    assert card.hasFocus()
    qtbot.mouseClick(card, LEFT, pos=place)
    assert not card.isVisible()
    assert window.findChild(QLineEdit).hasFocus()  # type: ignore[union-attr]


def test_the_topmost_card_goes_first(window: QWidget) -> None:
    keys, about = KeyCard(window), AboutCard(window)
    assert not leave_top(window)
    keys.come()
    about.come()
    assert leave_top(window)
    assert (keys.isVisible(), about.isVisible()) == (True, False)
    assert leave_top(window)
    assert not keys.isVisible()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_the_window_is_darkened_around_the_card(window: QWidget, qapp: QApplication, theme: Colors) -> None:
    apply_theme(qapp, theme)
    card = AboutCard(window)
    before = window.grab().toImage().pixelColor(5, 590).lightness()
    card.come()
    picture = window.grab().toImage()
    assert picture.pixelColor(5, 590).lightness() < max(1, before) * 0.7
    assert picture.pixelColor(card.card.geometry().center() - QPoint(0, card.card.height() // 2 - 8)) == theme.surface


def test_the_card_about_the_program_says_what_it_is(window: QWidget) -> None:
    about = AboutCard(window)
    about.set_device("street-x39 by openvino bf16 on a Test Processor")
    about.come()
    said = " ".join(label.text() for label in about.findChildren(QLabel) if label.isVisible())
    assert version("bisenet-viewer") in said
    assert "GPL-3.0-or-later" in said
    assert "Test Processor" in said
    about.set_device("")
    assert not about.device.isVisible()
