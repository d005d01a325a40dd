"""The banner: what is shown, what waits, what goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from tests.app.gui.opening.conftest import Show

from bisenet_viewer.gui.banner import Banner
from bisenet_viewer.gui.common.theme import colors
from bisenet_viewer.gui.opening.faults import Severity

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def stage(show: Show) -> Iterator[QWidget]:
    """A window of 800 units with a hidden banner at its top."""
    window = QWidget()
    layout = QVBoxLayout(window)
    layout.addWidget(Banner())
    layout.addStretch(1)
    window.resize(800, 300)
    show(window)
    yield window
    window.close()


@pytest.fixture
def banner(stage: QWidget) -> Banner:
    banner = stage.findChild(Banner)
    assert isinstance(banner, Banner)
    assert banner.isHidden()
    return banner


def test_several_faults_wait_for_each_other(banner: Banner, qtbot: QtBot) -> None:
    for text in ("one", "two", "three", "four"):
        banner.tell(text, [(f"Out of {text}", lambda: None)])
    assert banner.text.text() == "four"
    assert banner.more_button.text() == "2 more"
    qtbot.mouseClick(banner.more_button, LEFT)
    assert banner.text.text() == "three"
    assert [button.text() for button in banner.buttons] == ["Out of three"]
    seen = []
    for _ in range(3):
        seen.append(banner.text.text())
        qtbot.mouseClick(banner.close_button, LEFT)
    assert seen == ["three", "two", "four"]
    assert banner.isHidden()
    assert not banner.more_button.isVisible()


def test_hiding_forgets_all(banner: Banner) -> None:
    banner.tell("one", [])
    banner.tell("two", [])
    banner.hide()
    banner.tell("three", [])
    assert not banner.more_button.isVisible()


def test_a_topic_is_told_once_and_withdrawn(banner: Banner) -> None:
    banner.tell("other", [])
    for attempt in range(4):
        banner.tell(f"reconnecting (attempt {attempt})", [], topic="stream")
    assert banner.more_button.text() == "1 more"
    banner.withdraw("stream")
    assert banner.text.text() == "other"
    assert banner.isVisible()
    banner.withdraw("stream")
    banner.dismiss()
    assert banner.isHidden()


def test_a_way_out_is_taken_once(banner: Banner, qtbot: QtBot) -> None:
    done: list[str] = []

    def fails_again() -> None:
        done.append(banner.text.text())
        banner.tell("again", [])

    banner.tell("before", [])
    banner.tell("fault", [("Try again", fails_again)])
    qtbot.mouseClick(banner.buttons[0], LEFT)
    assert done == ["before"]
    assert banner.text.text() == "again"
    assert banner.more_button.text() == "1 more"


@pytest.mark.parametrize(
    ("severity", "role", "said"),
    [
        (Severity.INFO, "accent", "Note: x"),
        (Severity.WARNING, "warning", "Warning: x"),
        (Severity.ERROR, "danger", "Fault: x"),
    ],
)
def test_severity_is_seen_and_said(banner: Banner, severity: Severity, role: str, said: str) -> None:
    banner.tell("x", [], severity=severity)
    assert banner.grab().toImage().pixelColor(2, banner.height() // 2) == getattr(colors(), role)
    assert banner.accessibleName() == said


def test_the_buttons_go_below_where_there_is_little_room(banner: Banner, qtbot: QtBot, stage: QWidget) -> None:
    banner.tell("No such file: gone.mp4", [("Try again", lambda: None), ("Open file…", lambda: None)])
    qtbot.waitUntil(lambda: banner.buttons[0].mapTo(banner, banner.rect().topLeft()).x() > 300)
    stage.resize(380, 300)
    qtbot.waitUntil(lambda: banner.buttons[0].mapTo(banner, banner.rect().topLeft()).x() < 100)
    assert banner.buttons[0].mapTo(banner, banner.rect().topLeft()).y() > banner.text.geometry().bottom()
    assert banner.rect().contains(banner.buttons[1].mapTo(banner, banner.buttons[1].rect().bottomRight()))


def test_copying_by_the_menu(banner: Banner) -> None:
    banner.tell("No such file: gone.mp4", [])
    banner.copy_action.trigger()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text() == "No such file: gone.mp4"
    assert banner.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu


def test_what_can_be_operated_has_a_name_and_a_tooltip(banner: Banner) -> None:
    banner.tell("one", [("Try again", lambda: None)])
    banner.tell("two", [("Try again", lambda: None)])
    controls = [button for button in banner.findChildren(QAbstractButton) if button.isVisible()]
    assert len(controls) == 3
    assert all(control.accessibleName() and control.toolTip() for control in controls)
