"""The start page as a person uses it: with the pointer, with Tab, with arrows."""

from __future__ import annotations

import threading
from itertools import combinations
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from tests.app.gui.opening.conftest import Show, threads_left

from bisenet_viewer.gui.common.theme import DARK, LIGHT, apply_theme
from bisenet_viewer.gui.opening import start_page
from bisenet_viewer.gui.opening.cameras import Camera, cameras_of
from bisenet_viewer.gui.opening.page_button import PageButton
from bisenet_viewer.gui.opening.start_page import StartPage
from bisenet_viewer.sources.devices.device import Device

LEFT = Qt.MouseButton.LeftButton
BRIO, FACETIME = Camera("Logitech BRIO", "camera://Logitech BRIO"), Camera("FaceTime HD", "camera://FaceTime HD")


class Cameras:
    """What is connected; changes while the page looks."""

    def __init__(self, *found: Camera) -> None:
        self.found = found
        self.looks = 0

    def __call__(self) -> tuple[Camera, ...]:
        self.looks += 1
        return self.found


def test_each_button_says_what_is_wanted(qtbot: QtBot, show: Show) -> None:
    page = StartPage(find=Cameras())
    show(page)
    parts = page.parts
    for button, signal in (
        (parts.open_file, page.file_wanted),
        (parts.open_folder, page.folder_wanted),
        (parts.paste_address, page.address_wanted),
    ):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, LEFT)
    for button, source in ((parts.screen, "screen"), (parts.demo, "demo://")):
        with qtbot.waitSignal(page.source_chosen) as told:
            qtbot.mouseClick(button, LEFT)
        assert told.args == [source]


def test_cameras_come_and_go_and_a_click_opens_one_by_its_name(
    qtbot: QtBot, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_page, "LOOK_AGAIN_MS", 20)
    cameras = Cameras()
    page = StartPage(find=cameras)
    show(page)
    shown = page.parts.cameras
    qtbot.waitUntil(lambda: "No camera" in shown.empty_text)
    cameras.found = (BRIO, FACETIME)
    qtbot.waitUntil(lambda: [row.text() for row in shown.rows] == ["Logitech BRIO", "FaceTime HD"])
    with qtbot.waitSignal(page.source_chosen) as told:
        qtbot.mouseClick(shown.rows[1], LEFT)
    assert told.args == ["camera://FaceTime HD"]
    kept = shown.rows[1]
    kept.setFocus()
    cameras.found = (FACETIME,)
    qtbot.waitUntil(lambda: len(shown.rows) == 1)
    assert shown.rows == [kept]
    assert kept.hasFocus()


def test_nothing_is_looked_for_while_the_page_is_hidden(
    qtbot: QtBot, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_page, "LOOK_AGAIN_MS", 5)
    cameras = Cameras(BRIO)
    page = StartPage(find=cameras)
    show(page)
    qtbot.waitUntil(lambda: cameras.looks > 1)
    page.hide()
    qtbot.waitUntil(lambda: threads_left() == [])
    looks = cameras.looks
    qtbot.wait(30)
    assert cameras.looks == looks


def test_a_driver_that_hangs_is_asked_once_and_holds_nothing_up(
    qtbot: QtBot, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_page, "LOOK_AGAIN_MS", 5)
    gate, looks = threading.Event(), []

    def find() -> tuple[Camera, ...]:
        looks.append(1)
        gate.wait(5)
        return ()

    page = StartPage(find=find)
    show(page)
    qtbot.wait(30)
    assert looks == [1]
    assert not page.close_threads(0.01)
    gate.set()
    qtbot.waitUntil(lambda: page.close_threads(0.0))


def test_recent_sources_have_names_without_secrets_and_missing_files_are_grey(
    qtbot: QtBot, show: Show, tmp_path: Path
) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"x")
    gone = tmp_path / "gone.mp4"
    page = StartPage(find=Cameras())
    page.set_recent([str(clip), str(gone), "rtsp://anna:s3cret@host/live", str(tmp_path), *map(str, range(9))])
    show(page)
    rows = page.parts.recent.rows
    assert len(rows) == 8
    assert [row.text() for row in rows[:3]] == ["clip.mp4", "gone.mp4", "rtsp://host/live"]
    qtbot.waitUntil(lambda: not rows[1].isEnabled())
    assert rows[1].accessibleDescription() == "Not there any more"
    assert [row.accessibleName() for row in rows[2:5]] == [
        "Stream: rtsp://host/live",
        f"Folder: {tmp_path.name}",
        "Camera 0",
    ]
    assert not any("s3cret" in row.toolTip() + row.accessibleDescription() for row in rows)
    with qtbot.waitSignal(page.source_chosen) as told:
        qtbot.mouseClick(rows[0], LEFT)
    assert told.args == [str(clip)]
    with qtbot.assertNotEmitted(page.source_chosen):
        qtbot.mouseClick(rows[1], LEFT)
    gone.write_bytes(b"x")
    page.set_recent([str(gone), str(clip)])
    qtbot.waitUntil(lambda: page.parts.recent.rows[0].isEnabled())


def test_arrows_enter_and_tab(qtbot: QtBot, show: Show) -> None:
    page = StartPage(find=Cameras(BRIO))
    page.resize(1000, 640)
    page.set_recent(["0", "1"])
    show(page)
    stolen: list[str] = []
    for key in ("Right", "Down", "Return", "Space"):
        QShortcut(QKeySequence(key), page).activated.connect(lambda key=key: stolen.append(key))
    qtbot.waitUntil(lambda: bool(page.parts.cameras.rows))
    page.focus_first()

    def press(*keys: Qt.Key) -> PageButton:
        for key in keys:
            qtbot.keyClick(page.focusWidget(), key)
        focus = page.focusWidget()
        assert isinstance(focus, PageButton)
        return focus

    assert press(Qt.Key.Key_Right) is page.parts.open_folder
    assert press(Qt.Key.Key_Left, Qt.Key.Key_Left) is page.parts.open_file
    assert press(Qt.Key.Key_Down) is page.parts.recent.rows[0]
    assert press(Qt.Key.Key_Down) is page.parts.recent.rows[1]
    assert press(Qt.Key.Key_Right) is page.parts.cameras.rows[0]
    with qtbot.waitSignal(page.source_chosen) as told:
        press(Qt.Key.Key_Return)
    assert told.args == ["camera://Logitech BRIO"]
    with qtbot.waitSignal(page.source_chosen):
        press(Qt.Key.Key_Space)
    assert stolen == []
    page.focus_first()
    seen = [page.focusWidget(), *[press(Qt.Key.Key_Tab) for _ in range(7)]]
    assert press(Qt.Key.Key_Tab) is seen[0]
    assert seen == [*page.parts.tiles, *page.parts.recent.rows, *page.parts.cameras.rows]


def places_in(content: QWidget) -> list[QRect]:
    """Where the page's buttons lie."""
    buttons = content.findChildren(PageButton)
    return [QRect(button.mapTo(content, QPoint(0, 0)), button.size()) for button in buttons]


def all_apart(places: list[QRect], room: QRect) -> bool:
    """Whether all lie in the room and none over another."""
    return all(room.contains(place) for place in places) and not any(
        a.intersects(b) for a, b in combinations(places, 2)
    )


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("size", [(400, 240), (640, 360), (1000, 640), (3840, 2160)])
def test_everything_fits_beside_and_below_each_other(
    qtbot: QtBot, qapp: QApplication, size: tuple[int, int], theme: object
) -> None:
    apply_theme(qapp, theme)
    page = StartPage(find=Cameras(BRIO))
    qtbot.addWidget(page)
    page.set_recent([f"rtsp://host/{number}" for number in range(8)])
    page.resize(*size)
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(lambda: bool(page.parts.cameras.rows))
    assert page.size() == QSize(*size)
    content = page.parts.open_file.parentWidget()
    assert content is not None
    # The layout follows what has come with the next event.
    qtbot.waitUntil(lambda: all_apart(places_in(content), content.rect()))
    assert len(places_in(content)) == 14
    assert content.width() <= size[0]
    # What has to be scrolled to is scrolled to.
    last = page.parts.cameras.rows[0]
    page.focus_first()
    for _ in range(13):
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
    assert page.focusWidget() is last
    corner = last.mapTo(page, last.rect().bottomRight())
    assert page.rect().contains(corner)


def test_what_can_be_operated_has_a_name_and_a_tooltip(qtbot: QtBot) -> None:
    page = StartPage(find=Cameras())
    qtbot.addWidget(page)
    page.set_recent(["0"])
    for button in page.findChildren(PageButton):
        assert button.accessibleName()
        assert button.toolTip()
        assert button.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_two_cameras_of_one_name_are_opened_by_number() -> None:
    devices = [Device(name, number, "v4l2", "") for number, name in enumerate(["Brio", "Brio", "Other"])]
    assert cameras_of(devices) == (
        Camera("Brio (0)", "0"),
        Camera("Brio (1)", "1"),
        Camera("Other", "camera://Other"),
    )
