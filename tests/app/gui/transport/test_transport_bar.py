"""The bar as people use it, and what is seen of it in narrow windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtGui import QAction, QColor
from PyQt6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from bisenet_viewer.gui.common.theme import apply_theme
from bisenet_viewer.gui.state import View
from bisenet_viewer.gui.transport.buttons import MenuButton
from bisenet_viewer.gui.transport.transport_bar import TransportBar

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication) -> Iterator[TransportBar]:
    """As wide as in a large window, over a recording of 100 s that plays."""
    apply_theme(qapp)
    made = TransportBar()
    qtbot.addWidget(made)
    made.resize(1028, made.sizeHint().height())
    made.set_stream(live=False, duration_s=100.0, seekable=True)
    made.set_playing(True, ended=False, enabled=True)
    made.set_speed(1.0, enabled=True)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def pick(qtbot: QtBot, button: MenuButton, wanted: Callable[[QAction], bool]) -> None:
    """Open a button's menu and click on an entry, as people do."""
    qtbot.mouseClick(button, LEFT)
    menu = button.opened_menu
    assert menu is not None
    qtbot.waitUntil(menu.isVisible)
    action = next(action for action in menu.actions() if wanted(action))
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    assert not menu.isVisible()


def shown(bar: TransportBar) -> dict[str, QRect]:
    """Where the controls are that are seen, within the bar."""
    names = [name for name in vars(bar) if name.endswith(("button", "label", "glyph", "slider"))]
    parts: dict[str, QWidget] = {name: getattr(bar, name) for name in names}
    return {name: QRect(part.mapTo(bar, QPoint(0, 0)), part.size()) for name, part in parts.items() if part.isVisible()}


def test_files_before_and_after_have_buttons_when_there_are_any(bar: TransportBar, qtbot: QtBot) -> None:
    assert not {"previous_button", "next_button"} & set(shown(bar))
    bar.set_playlist(has_previous=True, has_next=False)
    assert {"previous_button", "next_button"} <= set(shown(bar))
    assert not bar.next_button.isEnabled()
    with qtbot.waitSignal(bar.previous_wanted):
        qtbot.mouseClick(bar.previous_button, LEFT)
    bar.set_playlist(has_previous=True, has_next=True)
    with qtbot.waitSignal(bar.next_wanted):
        qtbot.mouseClick(bar.next_button, LEFT)
    assert "PgDn" in bar.next_button.toolTip()


def test_the_speed_is_chosen_from_a_menu_and_shown_once_it_is_so(bar: TransportBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.speed_wanted) as told:
        pick(qtbot, bar.speed_button, lambda action: action.text() == "1.5×")
    assert told.args == [1.5]
    assert bar.speed_button.text() == "1×"
    bar.set_speed(1.5, enabled=True)
    assert (bar.speed_button.text(), bar.speed_button.lit) == ("1.5×", True)
    ticked = [factor for factor, action in bar.speed_button.actions_by_speed.items() if action.isChecked()]
    assert ticked == [1.5]
    bar.set_speed(1.1, enabled=True)
    assert not any(action.isChecked() for action in bar.speed_button.actions_by_speed.values())
    bar.set_speed(1.0, enabled=False)
    assert not bar.speed_button.isEnabled()


def test_choosing_the_speed_that_is_on_leaves_its_tick(bar: TransportBar, qtbot: QtBot) -> None:
    pick(qtbot, bar.speed_button, lambda action: action.text().startswith("1×"))
    assert bar.speed_button.actions_by_speed[1.0].isChecked()


def test_the_whole_file_is_looped_from_the_menu(bar: TransportBar, qtbot: QtBot) -> None:
    for is_on in (False, True):
        bar.set_loop_file(is_on)
        with qtbot.waitSignal(bar.loop_file_wanted) as told:
            pick(qtbot, bar.loop_button, lambda action: action is bar.loop_button.file_action)
        assert told.args == [not is_on]
        assert bar.loop_button.file_action.isChecked() == is_on


def test_a_span_is_looped_step_by_step_and_seen_on_the_slider(bar: TransportBar, qtbot: QtBot) -> None:
    steps: list[tuple[float | None, float | None, str, str]] = [
        (None, None, "Loop from here", ""),
        (20.0, None, "Loop to here", "↻ 0:20 – …"),
        (20.0, 40.0, "Loop no more", "↻ 0:20 – 0:40"),
    ]
    plain = bar.seek_slider.grab().toImage()
    for start_s, end_s, offered, told in steps:
        bar.set_loop(start_s, end_s)
        assert bar.loop_button.span_action.text().split("\t")[0] == offered
        assert (bar.loop_label.text() if bar.loop_label.isVisible() else "") == told
        with qtbot.waitSignal(bar.loop_span_wanted):
            pick(qtbot, bar.loop_button, lambda action: action is bar.loop_button.span_action)
    marked = bar.seek_slider.grab().toImage()
    y = bar.seek_slider.height() // 2 - 5
    for second, is_marked in ((10, False), (20, True), (30, True), (40, True), (60, False)):
        x = round(bar.seek_slider.place_of(second * 1000).x())
        assert (marked.pixelColor(x, y) != plain.pixelColor(x, y)) == is_marked


def test_the_view_is_chosen_from_a_menu(bar: TransportBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.view_wanted) as told:
        pick(qtbot, bar.view_button, lambda action: action.text().startswith("Wipe"))
    assert told.args == [View.WIPE]
    assert bar.view_button.actions_by_view[View.OVERLAY].isChecked()
    for view in View:
        bar.set_view(view)
        assert [v for v, action in bar.view_button.actions_by_view.items() if action.isChecked()] == [view]
        assert bar.view_button.accessibleDescription() in bar.view_button.text()


def test_recording_is_told_with_its_time(bar: TransportBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.record_wanted):
        qtbot.mouseClick(bar.record_button, LEFT)
    idle = bar.record_button.grab().toImage()
    bar.set_recording(72.4)
    qtbot.waitUntil(lambda: bar.record_button.width() > idle.width())
    assert bar.record_button.text() == "1:12"
    assert bar.record_button.toolTip() == "Stop recording  (R)"
    image = bar.record_button.grab().toImage()
    reds = [image.pixelColor(x, image.height() // 2) for x in range(image.width())]
    assert any(color.red() > color.green() + 80 for color in reds)
    bar.set_recording(None)
    qtbot.waitUntil(lambda: bar.record_button.width() == idle.width())
    assert bar.record_button.toolTip() == "Record  (R)"


@pytest.mark.parametrize(
    ("button", "signal"),
    [("snapshot_button", "snapshot_wanted"), ("full_screen_button", "full_screen_wanted")],
)
@pytest.mark.parametrize("by_key", [False, True], ids=["click", "space"])
def test_plain_buttons(bar: TransportBar, qtbot: QtBot, button: str, signal: str, by_key: bool) -> None:
    widget: QWidget = getattr(bar, button)
    with qtbot.waitSignal(getattr(bar, signal)):
        if by_key:
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            qtbot.keyClick(widget, Qt.Key.Key_Space)
        else:
            qtbot.mouseClick(widget, LEFT)


def test_the_timeline_lies_exactly_under_the_slider(bar: TransportBar) -> None:
    slider, canvas = bar.seek_slider, bar.timeline.canvas
    for width in (1028, 648):
        bar.resize(width, bar.height())
        for second in (0, 37, 100):
            on_slider = slider.mapTo(bar, slider.place_of(second * 1000).toPoint()).x()
            on_canvas = canvas.mapTo(bar, QPoint(round(canvas.x_of(second)), 0)).x()
            assert abs(on_slider - on_canvas) <= 1


def test_the_timeline_seeks_and_follows(bar: TransportBar, qtbot: QtBot) -> None:
    bar.timeline.set_classes(("a",), (QColor("red"),))
    with qtbot.waitSignal(bar.seek_wanted) as told:
        qtbot.mouseClick(bar.timeline.canvas, LEFT, pos=QPoint(round(bar.timeline.canvas.x_of(40.0)), 12))
    assert told.args == [pytest.approx(40.0, abs=0.2)]
    bar.timeline.choose(0)
    bar.timeline.add(60.0, (0.9,))
    bar.set_position(50.0)
    assert bar.timeline.next_time() == 60.0
    bar.set_position(61.0)
    assert bar.timeline.next_time() is None


@pytest.mark.parametrize(
    ("live", "duration_s", "seekable", "seen"),
    [
        (False, 100.0, True, {"time_label", "seek_slider", "timeline", "speed_button", "loop_button"}),
        (True, None, False, {"live_label", "timeline"}),
        (False, None, True, {"lone_time_label", "timeline", "speed_button", "loop_button"}),
        (False, 100.0, False, {"lone_time_label", "speed_button"}),
        (False, None, False, {"lone_time_label", "speed_button"}),
    ],
    ids=["recording", "live", "endless", "not seekable", "nothing known"],
)
def test_only_what_makes_sense_is_shown(
    bar: TransportBar, live: bool, duration_s: float | None, seekable: bool, seen: set[str]
) -> None:
    bar.set_stream(live=live, duration_s=duration_s, seekable=seekable)
    asked = {"time_label", "lone_time_label", "live_label", "seek_slider", "timeline", "speed_button", "loop_button"}
    assert {name for name in asked if getattr(bar, name).isVisible()} == seen


@pytest.mark.parametrize("width", [1400, 1028, 800, 648, 560, 448, 380, 300, 240])
def test_nothing_is_cut_off_or_overlaps(bar: TransportBar, qtbot: QtBot, width: int) -> None:
    bar.set_playlist(has_previous=True, has_next=True)
    bar.set_recording(3600.0)
    bar.set_loop(20.0, 40.0)
    bar.set_view(View.SIDE_BY_SIDE)
    bar.resize(width, bar.height())
    qtbot.waitUntil(lambda: bar.controls.width() == width - 20)
    places = shown(bar)
    for name, rect in places.items():
        assert bar.rect().contains(rect), name
        widget: QWidget = getattr(bar, name)
        assert rect.width() >= min(widget.sizeHint().width(), widget.maximumWidth()) or "slider" in name, name
    for (first, at), (second, other) in combinations(places.items(), 2):
        assert not at.intersects(other), (first, second)
    assert "play_button" in places


def test_the_least_important_goes_first(bar: TransportBar) -> None:
    bar.set_playlist(has_previous=True, has_next=True)
    bar.set_loop(20.0, 40.0)
    gone: list[str] = []
    before = set(shown(bar))
    for width in range(1028, bar.minimumSizeHint().width(), -4):
        bar.resize(width, bar.height())
        now = set(shown(bar))
        assert now <= before
        gone += sorted(before - now)
        before = now
    assert gone == [
        "opacity_label", "opacity_glyph", "loop_label", "opacity_slider", "snapshot_button", "loop_button",
        "next_button", "previous_button", "speed_button",
    ]  # fmt: skip


def test_a_window_of_900_pixels_has_every_control(bar: TransportBar) -> None:
    """648 are left beside the list of classes."""
    bar.set_playlist(has_previous=True, has_next=True)
    bar.resize(648, bar.height())
    for name in shown_controls():
        assert getattr(bar, name).isVisible(), name


def shown_controls() -> list[str]:
    """What does something; labels may go."""
    names = ("previous", "play", "next", "speed", "loop", "view", "snapshot", "record", "menu", "full_screen")
    return [*(f"{name}_button" for name in names), "opacity_slider", "seek_slider"]


def test_everything_can_be_reached_with_tab_and_says_what_it_is(bar: TransportBar, qtbot: QtBot) -> None:
    bar.set_playlist(has_previous=True, has_next=True)
    bar.timeline.set_classes(("a",), (QColor("red"),))
    bar.timeline.choose(0)
    order = bar.tab_order()
    for widget in order:
        assert widget.focusPolicy() == Qt.FocusPolicy.TabFocus, widget
        assert widget.accessibleName(), widget
    order[0].setFocus(Qt.FocusReason.TabFocusReason)
    for expected in order[1:]:
        focus = QApplication.focusWidget()
        assert focus is not None
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is expected


def test_a_second_click_closes_the_menu(bar: TransportBar, qtbot: QtBot) -> None:
    qtbot.mouseClick(bar.view_button, LEFT)
    menu = bar.view_button.opened_menu
    assert menu is not None
    qtbot.waitUntil(menu.isVisible)
    assert menu.testAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    assert not menu.isVisible()


def test_the_menu_button_opens_what_it_is_given(bar: TransportBar, qtbot: QtBot) -> None:
    qtbot.mouseClick(bar.menu_button, LEFT)
    menu = QMenu(bar)
    action = menu.addAction("Open…")
    assert action is not None
    bar.menu_button.set_menu(menu)
    with qtbot.waitSignal(action.triggered):
        pick(qtbot, bar.menu_button, lambda one: one is action)
