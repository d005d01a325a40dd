"""The divider of a wipe is moved with the pointer and with keys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QShortcut, QWheelEvent
from PyQt6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from tests.app.gui.picture.conftest import (
    CAR,
    CLASSES,
    ENGINE,
    FRAME,
    LOOK,
    ShowView,
    compared_with,
    make_shown,
    rgb_at,
    seen,
)

from bisenet_viewer.gui.picture.layers.divider import side_names
from bisenet_viewer.gui.picture.video_view import VideoView
from bisenet_viewer.gui.state import View

WIPE = replace(LOOK, view=View.WIPE)
LEFT_BUTTON = Qt.MouseButton.LeftButton


def wiping(show_view: ShowView) -> tuple[VideoView, list[float]]:
    """A view whose divider goes where it is wanted, and where that was."""
    view = show_view(look=WIPE)
    told: list[float] = []

    def follow(wipe: float) -> None:
        told.append(wipe)
        view.set_look(replace(WIPE, wipe=wipe))

    view.wipe_moved.connect(follow)
    return view, told


def test_it_is_there_in_a_wipe_alone(show_view: ShowView) -> None:
    view = show_view()
    assert not view.wipe_handle.isVisible()
    view.set_look(WIPE)
    assert view.wipe_handle.isVisible()
    assert view.wipe_handle.geometry().center().x() == pytest.approx(320, abs=1)


def test_it_follows_the_pointer(qtbot: QtBot, show_view: ShowView) -> None:
    view, told = wiping(show_view)
    handle = view.wipe_handle
    start = handle.mapFromParent(QPoint(322, 150))
    qtbot.mousePress(handle, LEFT_BUTTON, pos=start)
    for x in (300, 200, 162):
        qtbot.mouseMove(handle, handle.mapFromParent(QPoint(x, 150)))
    qtbot.mouseRelease(handle, LEFT_BUTTON)
    assert told[-1] == pytest.approx(0.25)
    assert handle.geometry().center().x() == pytest.approx(160, abs=1)
    image = seen(view)
    assert rgb_at(image, 150, 20) == FRAME
    assert rgb_at(image, 170, 20) != FRAME
    qtbot.mouseMove(handle, QPoint(100, 100))
    assert told[-1] == pytest.approx(0.25), "the button is up"


def test_it_ends_at_the_edges(qtbot: QtBot, show_view: ShowView) -> None:
    view, told = wiping(show_view)
    handle = view.wipe_handle
    qtbot.mousePress(handle, LEFT_BUTTON, pos=handle.rect().center())
    qtbot.mouseMove(handle, handle.mapFromParent(QPoint(-300, 150)))
    assert told[-1] == 0.0
    qtbot.mouseMove(handle, handle.mapFromParent(QPoint(3000, 150)))
    assert told[-1] == 1.0
    qtbot.mouseRelease(handle, LEFT_BUTTON)


def test_it_follows_keys(qtbot: QtBot, show_view: ShowView) -> None:
    view, told = wiping(show_view)
    for key, wipe in (
        (Qt.Key.Key_Right, 0.51),
        (Qt.Key.Key_Left, 0.5),
        (Qt.Key.Key_PageUp, 0.6),
        (Qt.Key.Key_Home, 0.0),
        (Qt.Key.Key_End, 1.0),
    ):
        qtbot.keyClick(view.wipe_handle, key)
        assert told[-1] == pytest.approx(wipe)
    assert view.wipe_handle.accessibleName() == "Divider"
    assert view.wipe_handle.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_with_the_focus_the_arrows_are_its_own(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    view = VideoView()
    QVBoxLayout(window).addWidget(view)
    stolen: list[int] = []
    QShortcut(Qt.Key.Key_Right, window).activated.connect(lambda: stolen.append(1))
    told: list[float] = []
    view.wipe_moved.connect(told.append)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    view.set_look(WIPE)
    view.show_result(make_shown())
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert (len(stolen), len(told)) == (1, 0)
    view.wipe_handle.setFocus()
    qtbot.keyClick(view.wipe_handle, Qt.Key.Key_Right)
    assert (len(stolen), len(told)) == (1, 1)


def test_setting_the_look_asks_for_nothing(show_view: ShowView) -> None:
    view, told = wiping(show_view)
    view.set_look(replace(WIPE, wipe=0.123))
    assert told == []
    assert view.wipe_handle.value() == 123


def test_the_wheel_over_it_is_left_to_the_picture(show_view: ShowView) -> None:
    view, told = wiping(show_view)
    handle = view.wipe_handle
    at = QPointF(handle.rect().center())
    turn = QWheelEvent(
        at, handle.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(handle, turn)
    assert not turn.isAccepted(), "Qt offers it to the parent"
    assert told == []


def test_both_sides_have_names(show_view: ShowView) -> None:
    plain = make_shown()
    assert side_names(plain) == ("Original", "Classes")
    rival = compared_with(CLASSES, CAR)
    assert side_names(make_shown(compared=rival)) == ("rival-model", "test-model")
    same = replace(rival, info=replace(ENGINE, precision="int8"))
    assert side_names(make_shown(compared=same)) == ("test-model · memory int8", "test-model · memory f32")
    image = seen(show_view(make_shown(labels=np.full((90, 160), 255, np.uint8)), WIPE))
    for side in (range(230, 300), range(340, 410)):
        assert len({rgb_at(image, x, 338) for x in side}) > 3
