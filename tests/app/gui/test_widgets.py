"""The widgets by themselves: where the picture lies, what the sliders and rows do."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtWidgets import QAbstractButton, QAbstractSlider
from pytestqt.qtbot import QtBot

from bisenet_viewer.gui.classes.class_panel import ClassPanel
from bisenet_viewer.gui.common.jump_slider import JumpSlider
from bisenet_viewer.gui.picture.video_view import VideoView
from bisenet_viewer.gui.transport.transport_bar import TransportBar
from bisenet_viewer.gui.window import Window


def images(width: int, height: int) -> tuple[QImage, QImage]:
    frame = QImage(width, height, QImage.Format.Format_RGB32)
    frame.fill(QColor(10, 200, 30))
    labels = QImage(width, height, QImage.Format.Format_Indexed8)
    labels.setColorTable([0] * 256)
    labels.fill(0)
    return frame, labels


@pytest.mark.parametrize(
    ("picture", "widget", "rect"),
    [
        ((160, 90), (640, 360), (0, 0, 640, 360)),
        ((160, 90), (640, 480), (0, 60, 640, 360)),
        ((160, 90), (800, 360), (80, 0, 640, 360)),
        ((90, 160), (640, 320), (230, 0, 180, 320)),
        ((3840, 2160), (641, 361), (0, 0, 641, 361)),
    ],
)
def test_the_picture_keeps_its_aspect(
    qtbot: QtBot, picture: tuple[int, int], widget: tuple[int, int], rect: tuple[int, int, int, int]
) -> None:
    view = VideoView()
    qtbot.addWidget(view)
    view.resize(*widget)
    view.show_picture(*images(*picture))
    assert view.picture_rect() == QRectF(*rect)
    painted = view.grab().toImage()
    left, top, width, height = rect
    for x, y in ((left, top), (left + width - 1, top + height - 1)):
        assert painted.pixelColor(x, y).getRgb()[:3] == (10, 200, 30)
    if top > 0:
        assert painted.pixelColor(left, top - 1) != QColor(10, 200, 30)


def test_labels_of_another_size_are_refused(qtbot: QtBot) -> None:
    view = VideoView()
    qtbot.addWidget(view)
    with pytest.raises(ValueError, match="expected indexed labels"):
        view.show_picture(images(16, 9)[0], images(9, 16)[1])


def test_painted_is_told_once_per_picture(qtbot: QtBot) -> None:
    view = VideoView()
    qtbot.addWidget(view)
    told: list[int] = []
    view.painted.connect(lambda: told.append(1))
    view.show_picture(*images(16, 9))
    view.grab()
    view.grab()
    assert len(told) == 1


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
