"""The widgets by themselves: what the sliders and rows do."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QAbstractButton, QAbstractSlider
from pytestqt.qtbot import QtBot

from bisenet_viewer.gui.classes.class_panel import ClassPanel
from bisenet_viewer.gui.common.jump_slider import JumpSlider
from bisenet_viewer.gui.transport.transport_bar import TransportBar
from bisenet_viewer.gui.window import Window


def test_the_slider_goes_where_one_clicks_and_tells_it_once(qtbot: QtBot) -> None:
    slider = JumpSlider()
    qtbot.addWidget(slider)
    slider.resize(212, 20)
    slider.setRange(0, 100)
    told: list[int] = []
    slider.chosen.connect(told.append)
    slider.setValue(10)
    assert told == []
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(106, 10))
    assert (slider.value(), told) == (50, [50])
    slider.triggerAction(QAbstractSlider.SliderAction.SliderSingleStepAdd)
    assert (slider.value(), told) == (51, [50, 51])


def test_a_slider_under_the_pointer_does_not_run_away(qtbot: QtBot) -> None:
    bar = TransportBar()
    qtbot.addWidget(bar)
    bar.set_stream(live=False, duration_s=100.0, seekable=True, start_s=8.0)
    assert (bar.seek_slider.minimum(), bar.seek_slider.maximum()) == (8_000, 108_000)
    bar.set_position(13.0)
    assert bar.time_label.text() == "0:05 / 1:40"
    bar.set_stream(live=False, duration_s=100.0, seekable=True)
    slider = bar.seek_slider
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=slider.place_of(50_000).toPoint())
    held = slider.value()
    bar.set_position(3.0)
    assert slider.value() == held
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)
    bar.set_position(3.0)
    assert slider.value() == 3000
    assert bar.time_label.text() == "0:03 / 1:40"


@pytest.mark.parametrize(
    ("live", "duration_s", "seekable", "has_slider"),
    [(False, 10.0, True, True), (False, None, True, False), (False, 10.0, False, False), (True, None, False, False)],
)
def test_only_what_can_be_sought_has_a_slider(
    qtbot: QtBot, live: bool, duration_s: float | None, seekable: bool, has_slider: bool
) -> None:
    bar = TransportBar()
    qtbot.addWidget(bar)
    bar.set_stream(live=live, duration_s=duration_s, seekable=seekable)
    assert bar.seek_slider.isVisibleTo(bar) == has_slider
    assert bar.live_label.isVisibleTo(bar) == live


def test_rows_tell_their_class(qtbot: QtBot) -> None:
    panel = ClassPanel()
    qtbot.addWidget(panel)
    panel.set_classes(["a", "b"], [QColor("red"), QColor("blue")])
    panel.set_classes([f"class {k}" for k in range(12)], [QColor(20 * k, 0, 0) for k in range(12)])
    with qtbot.waitSignal(panel.toggled) as told:
        qtbot.mouseClick(panel.rows[10], Qt.MouseButton.LeftButton)
    assert told.args == [10]
    panel.set_shares([0.0, 0.5, *[0.05] * 10])
    assert [row.share_text for row in panel.rows[:3]] == ["–", "50.0 %", "5.0 %"]
    assert panel.rows[1].accessibleDescription() == "50.0 % of the picture"


def test_what_can_be_operated_has_a_name_and_a_tooltip(qtbot: QtBot) -> None:
    window = Window()
    qtbot.addWidget(window)
    own = [window.panel, window.transport, window.banner]
    controls = [
        child for part in own for child in [*part.findChildren(QAbstractButton), *part.findChildren(JumpSlider)]
    ]
    assert len(controls) >= 6
    for control in controls:
        assert control.accessibleName(), control
        assert control.toolTip() or control is window.transport.seek_slider, control


def test_tab_goes_from_left_to_right(qtbot: QtBot) -> None:
    window = Window()
    qtbot.addWidget(window)
    transport, panel = window.transport, window.panel
    order = [window.view, transport.play_button, transport.seek_slider, transport.opacity_slider]
    order += [transport.full_screen_button, panel.all_button, panel.none_button]
    following = window.view
    seen = [following]
    while (following := following.nextInFocusChain()) is not window.view:
        seen.append(following)
    assert [widget for widget in seen if widget in order] == order


def test_the_window_fits_its_smallest_size(qtbot: QtBot) -> None:
    window = Window()
    qtbot.addWidget(window)
    assert window.minimumSizeHint().width() <= 1024
    assert window.minimumSizeHint().height() <= QSize(1024, 600).height()
