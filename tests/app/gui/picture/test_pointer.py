"""What the pointer and the wheel do over the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.app.gui.picture.conftest import LOOK, ShowView, make_shown

from bisenet_viewer.gui.picture.video_view import VideoView
from bisenet_viewer.gui.state import Fit, View

LEFT_BUTTON = Qt.MouseButton.LeftButton


def turn(
    view: VideoView,
    at: tuple[int, int],
    *,
    angle: tuple[int, int] = (0, 0),
    pixels: tuple[int, int] = (0, 0),
    control: bool = False,
) -> QWheelEvent:
    """Turn the wheel, or move two fingers."""
    event = QWheelEvent(
        QPointF(*at),
        view.mapToGlobal(QPointF(*at)),
        QPoint(*pixels),
        QPoint(*angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)
    return event


def drag(qtbot: QtBot, view: VideoView, start: tuple[int, int], end: tuple[int, int]) -> None:
    qtbot.mousePress(view, LEFT_BUTTON, pos=QPoint(*start))
    for part in (0.3, 0.7, 1.0):
        x, y = (round(a + part * (b - a)) for a, b in zip(start, end, strict=True))
        qtbot.mouseMove(view, QPoint(x, y))
    qtbot.mouseRelease(view, LEFT_BUTTON, pos=QPoint(*end))


def collect(signal: object) -> list[object]:
    told: list[object] = []
    signal.connect(lambda *values: told.append(values[0] if len(values) == 1 else values))  # type: ignore[attr-defined]
    return told


def test_hovering_tells_each_pixel_once(qtbot: QtBot, show_view: ShowView) -> None:
    view = show_view(size=(640, 480))
    told = collect(view.hovered)
    for x, y in ((9, 61), (11, 63), (12, 63), (639, 419), (639, 421)):
        qtbot.mouseMove(view, QPoint(x, y))
    assert told == [(2, 0), (3, 0), (159, 89), None]


def test_hovering_side_by_side_means_the_same_pixel(qtbot: QtBot, show_view: ShowView) -> None:
    view = show_view(look=replace(LOOK, view=View.SIDE_BY_SIDE), size=(802, 360))
    told = collect(view.hovered)
    qtbot.mouseMove(view, QPoint(103, 150))
    qtbot.mouseMove(view, QPoint(400, 150))
    qtbot.mouseMove(view, QPoint(505, 150))
    assert told[0] == told[2] == view.pixel_at(QPointF(103, 150))
    assert told[1] is None


def test_what_is_under_a_resting_pointer_changes_with_the_picture(qtbot: QtBot, show_view: ShowView) -> None:
    view = show_view()
    told = collect(view.hovered)
    qtbot.mouseMove(view, QPoint(400, 200))
    view.zoom_in()
    assert told == [(100, 50), view.pixel_at(QPointF(400, 200))]
    view.clear()
    assert told[-1] is None


def test_a_click_picks_a_pixel(qtbot: QtBot, show_view: ShowView) -> None:
    view = show_view()
    with qtbot.waitSignal(view.picked) as told:
        qtbot.mouseClick(view, LEFT_BUTTON, pos=QPoint(401, 203))
    assert told.args == [100, 50]


def test_a_click_beside_the_picture_picks_nothing(qtbot: QtBot, show_view: ShowView) -> None:
    view = show_view(size=(640, 480))
    picked = collect(view.picked)
    qtbot.mouseClick(view, LEFT_BUTTON, pos=QPoint(400, 20))
    with qtbot.waitSignal(view.picked):
        qtbot.mouseClick(view, LEFT_BUTTON, pos=QPoint(401, 203))
    assert len(picked) == 1


def test_a_double_click_picks_nothing(qtbot: QtBot, show_view: ShowView) -> None:
    view = show_view()
    picked, doubled = collect(view.picked), []
    view.double_clicked.connect(lambda: doubled.append(1))
    qtbot.mouseClick(view, LEFT_BUTTON, pos=QPoint(100, 100))
    qtbot.mouseDClick(view, LEFT_BUTTON, pos=QPoint(100, 100))
    qtbot.mouseRelease(view, LEFT_BUTTON, pos=QPoint(100, 100))
    with qtbot.waitSignal(view.picked):
        qtbot.mouseClick(view, LEFT_BUTTON, pos=QPoint(400, 200))
    assert (picked, doubled) == ([(100, 50)], [1])


def test_a_drag_moves_a_picture_that_is_larger_and_picks_nothing(qtbot: QtBot, show_view: ShowView) -> None:
    view = show_view()
    picked = collect(view.picked)
    view.zoom_in()
    before = view.point_of(80, 45)
    drag(qtbot, view, (300, 200), (350, 170))
    assert view.point_of(80, 45) - before == QPointF(50, -30)
    drag(qtbot, view, (300, 200), (600, 350))
    assert view.pixel_at(QPointF(0, 0)) == (0, 0), "not beyond the corner"
    with qtbot.waitSignal(view.picked):
        qtbot.mouseClick(view, LEFT_BUTTON, pos=QPoint(2, 3))
    assert picked == [(0, 0)]


def test_a_drag_leaves_a_picture_that_fits(qtbot: QtBot, show_view: ShowView) -> None:
    view = show_view(size=(640, 480))
    before = view.picture_rect()
    drag(qtbot, view, (300, 200), (350, 170))
    assert view.picture_rect() == before


def test_control_and_wheel_zoom_about_the_pointer(show_view: ShowView) -> None:
    view = show_view(make_shown(np.zeros((1080, 1920), np.uint8)))
    zooms = collect(view.zoomed)
    before = view.pixel_at(QPointF(500, 80))
    turn(view, (500, 80), angle=(0, 240), control=True)
    after = view.pixel_at(QPointF(500, 80))
    assert before is not None
    assert after is not None
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) <= 2
    assert zooms == [pytest.approx(1.25**2)]
    turn(view, (500, 80), angle=(0, -2400), control=True)
    assert zooms[-1] == 1.0


def test_zooming_by_command(show_view: ShowView) -> None:
    view = show_view()
    zooms = collect(view.zoomed)
    view.zoom_in()
    view.zoom_out()
    for _ in range(20):
        view.zoom_in()
    assert view.zoom == 16.0
    view.zoom_in()
    view.zoom_reset()
    assert zooms[0] == 1.25
    assert zooms[1] == pytest.approx(1.0)
    assert zooms[-2:] == [16.0, 1.0]
    assert view.pixel_at(QPointF(639, 359)) == (159, 89)


def test_two_fingers_move_what_is_larger(show_view: ShowView) -> None:
    view = show_view(look=replace(LOOK, fit=Fit.FILL), size=(640, 480))
    before = view.point_of(80, 45)
    assert turn(view, (100, 100), pixels=(30, 12)).isAccepted()
    assert view.point_of(80, 45) - before == QPointF(30, 0)
    turn(view, (100, 100), angle=(-20, 0))
    assert view.point_of(80, 45) - before == QPointF(10, 0)


def test_the_wheel_over_a_picture_that_fits_is_somebody_elses(show_view: ShowView) -> None:
    view = show_view()
    assert not turn(view, (100, 100), angle=(0, 120)).isAccepted()


def test_another_fit_and_another_video_begin_without_zoom(show_view: ShowView) -> None:
    view = show_view()
    view.zoom_in()
    view.set_look(replace(LOOK, legend=True))
    assert view.zoom == 1.25
    view.set_look(replace(LOOK, fit=Fit.FILL))
    assert view.zoom == 1.0
    view.zoom_in()
    view.clear()
    assert view.zoom == 1.0


def test_the_cursor_says_what_can_be_moved(qtbot: QtBot, show_view: ShowView) -> None:
    view = show_view()
    assert view.cursor().shape() == Qt.CursorShape.ArrowCursor
    view.zoom_in()
    assert view.cursor().shape() == Qt.CursorShape.OpenHandCursor
    qtbot.mousePress(view, LEFT_BUTTON, pos=QPoint(300, 200))
    qtbot.mouseMove(view, QPoint(330, 200))
    assert view.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    qtbot.mouseRelease(view, LEFT_BUTTON, pos=QPoint(330, 200))
    assert view.cursor().shape() == Qt.CursorShape.OpenHandCursor
