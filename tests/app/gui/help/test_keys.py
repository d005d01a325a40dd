"""Every key does what the table says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from tests.app.gui.conftest import MemorySource, OpenStage, Stage

from bisenet_viewer.gui.help.keys import BINDINGS, Action
from bisenet_viewer.gui.player import Phase

Key, Mod = Qt.Key, Qt.KeyboardModifier


def visible(stage: Stage) -> set[int]:
    assert stage.viewer.look.style is not None
    return set(stage.viewer.look.style.visible)


def opacity(stage: Stage) -> float:
    assert stage.viewer.look.style is not None
    return stage.viewer.look.style.opacity


PRESSES: list[tuple[str, list[tuple[Key, Mod]], Callable[[Stage], bool]]] = [
    ("space pauses", [(Key.Key_Space, Mod.NoModifier)], lambda s: s.player.phase is Phase.PAUSED),
    ("space twice plays", [(Key.Key_Space, Mod.NoModifier)] * 2, lambda s: s.player.phase is Phase.PLAYING),
    ("right goes 5 s on", [(Key.Key_Right, Mod.NoModifier)], lambda s: 15 <= s.player.position_s < 17),
    ("right adds up", [(Key.Key_Right, Mod.NoModifier)] * 3, lambda s: 25 <= s.player.position_s < 27),
    ("left goes 5 s back", [(Key.Key_Left, Mod.NoModifier)], lambda s: 5 <= s.player.position_s < 7),
    ("left stops at the start", [(Key.Key_Left, Mod.NoModifier)] * 5, lambda s: s.player.position_s < 2),
    ("up goes a minute on", [(Key.Key_Up, Mod.NoModifier)], lambda s: 70 <= s.player.position_s < 72),
    ("up stops at the end", [(Key.Key_Up, Mod.NoModifier)] * 3, lambda s: s.player.position_s >= 120 - 0.1),
    ("down goes a minute back", [(Key.Key_Down, Mod.NoModifier)], lambda s: s.player.position_s < 2),
    ("1 hides the first class", [(Key.Key_1, Mod.NoModifier)], lambda s: visible(s) == {1, 2}),
    ("3 twice changes nothing", [(Key.Key_3, Mod.NoModifier)] * 2, lambda s: visible(s) == {0, 1, 2}),
    ("9 is no class here", [(Key.Key_9, Mod.NoModifier)], lambda s: visible(s) == {0, 1, 2}),
    ("T hides all", [(Key.Key_T, Mod.ShiftModifier)], lambda s: visible(s) == set()),
    (
        "T shows all again",
        [(Key.Key_2, Mod.NoModifier), (Key.Key_T, Mod.NoModifier)],
        lambda s: visible(s) == {0, 1, 2},
    ),
    ("- is fainter", [(Key.Key_Minus, Mod.NoModifier)], lambda s: opacity(s) == 0.45),
    ("- stops at 0", [(Key.Key_Minus, Mod.NoModifier)] * 12, lambda s: opacity(s) == 0.0),
    ("= is stronger", [(Key.Key_Equal, Mod.NoModifier)], lambda s: opacity(s) == 0.55),
    ("= stops at 1", [(Key.Key_Equal, Mod.NoModifier)] * 12, lambda s: opacity(s) == 1.0),
    ("f fills the screen", [(Key.Key_F, Mod.NoModifier)], lambda s: s.window.isFullScreen()),
    (
        "f leaves the video alone",
        [(Key.Key_F, Mod.NoModifier)],
        lambda s: not (s.window.panel.isVisible() or s.window.transport.isVisible() or s.window.strip.isVisible()),
    ),
    (
        "Esc leaves full screen",
        [(Key.Key_F, Mod.NoModifier), (Key.Key_Escape, Mod.NoModifier)],
        lambda s: not s.window.isFullScreen() and s.window.panel.isVisible(),
    ),
    ("Esc alone does nothing", [(Key.Key_Escape, Mod.NoModifier)], lambda s: s.window.isVisible()),
    ("? shows the keys", [(Key.Key_Question, Mod.ShiftModifier)], lambda s: s.viewer.steering.pages.keys.isVisible()),
    (
        "Esc hides the keys",
        [(Key.Key_Question, Mod.ShiftModifier), (Key.Key_Escape, Mod.NoModifier)],
        lambda s: not s.viewer.steering.pages.keys.isVisible(),
    ),
    (
        "Ctrl+O asks for a file",
        [(Key.Key_O, Mod.ControlModifier)],
        lambda s: any(dialog.isVisible() for dialog in s.window.findChildren(QFileDialog)),
    ),
    ("q quits", [(Key.Key_Q, Mod.NoModifier)], lambda s: not s.window.isVisible()),
]


@pytest.mark.parametrize(("presses", "is_done"), [row[1:] for row in PRESSES], ids=[row[0] for row in PRESSES])
def test_key(
    open_stage: OpenStage, qtbot: QtBot, presses: list[tuple[Key, Mod]], is_done: Callable[[Stage], bool]
) -> None:
    stage = open_stage(lambda _: MemorySource(count=6000))
    stage.player.seek(10.0)
    for key, modifier in presses:
        qtbot.keyClick(stage.window.view, key, modifier)
    assert is_done(stage)


def test_every_action_has_a_key_and_no_key_has_two() -> None:
    assert {binding.action for binding in BINDINGS} == set(Action)
    keys = [key for binding in BINDINGS for key in binding.keys]
    assert len(keys) == len(set(keys))


def test_a_row_reached_with_tab_takes_space(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage()
    row = stage.window.panel.rows[1]
    row.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(row, Qt.Key.Key_Space)
    assert visible(stage) == {0, 2}
    assert stage.player.phase is Phase.PLAYING


def test_a_clicked_row_leaves_space_to_playing(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage()
    qtbot.mouseClick(stage.window.panel.rows[1], Qt.MouseButton.LeftButton)
    focus = stage.window.focusWidget()
    assert focus is stage.window.view
    qtbot.keyClick(focus, Qt.Key.Key_Space)
    assert stage.player.phase is Phase.PAUSED


def test_arrows_move_the_opacity_slider_that_has_the_focus(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage()
    slider = stage.window.transport.opacity_slider
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert opacity(stage) == 0.55
    assert stage.player.position_s < 2


def test_double_click_fills_the_screen(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage()
    qtbot.mouseDClick(stage.window.view, Qt.MouseButton.LeftButton)
    assert stage.window.isFullScreen()
