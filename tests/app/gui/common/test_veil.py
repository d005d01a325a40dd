"""A card over the window, and the keys when it goes away."""

from __future__ import annotations

import pytest
from PyQt6 import sip
from PyQt6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from bisenet_viewer.gui.common.veil import Veil


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    shown = QWidget()
    qtbot.addWidget(shown)
    shown.resize(400, 300)
    return shown


@pytest.mark.parametrize("is_gone", [False, True])
def test_the_keys_go_back_to_what_had_them_unless_it_is_gone(window: QWidget, qtbot: QtBot, is_gone: bool) -> None:
    field, veil = QLineEdit(window), Veil(window, "a card")
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    field.setFocus()
    veil.come()
    assert window.focusWidget() is veil
    if is_gone:
        sip.delete(field)
    veil.leave()
    assert not veil.isVisible()
    assert is_gone or window.focusWidget() is field
