"""Notes over the video: seen, readable, gone by themselves, and held by the pointer."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PyQt6.QtGui import QEnterEvent
from PyQt6.QtWidgets import QApplication, QWidget

from bisenet_viewer.gui.common import theme
from bisenet_viewer.gui.work import toast as toast_module
from bisenet_viewer.gui.work.mask_export import Progress
from bisenet_viewer.gui.work.progress_note import ProgressNote
from bisenet_viewer.gui.work.toast import Toast
from bisenet_viewer.gui.work.toasts import Toasts


@pytest.fixture
def video(qtbot) -> QWidget:
    widget = QWidget()
    widget.resize(640, 360)
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.fixture
def quick(monkeypatch) -> None:
    monkeypatch.setattr(toast_module, "SHOWN_MS", 60)
    monkeypatch.setattr(toast_module, "_LETTER_MS", 0)
    monkeypatch.setattr(toast_module, "_FADE_MS", 30)


def enter(toast: Toast) -> None:
    """The pointer comes over it."""
    middle = QPointF(toast.rect().center())
    QApplication.sendEvent(toast, QEnterEvent(middle, middle, QPointF(toast.mapToGlobal(QPoint(5, 5)))))


@pytest.mark.usefixtures("quick")
def test_a_note_stands_at_the_lower_left_and_goes_by_itself(qtbot, video):
    toasts = Toasts(video)
    toasts.tell("Saved clip_000123.450.png")
    (toast,) = toasts.shown
    assert toast.isVisible()
    assert (toast.x(), toast.geometry().bottom()) == (12, 360 - 12 - 1)
    assert toast.label.text() == toast.accessibleName() == "Saved clip_000123.450.png"
    qtbot.waitUntil(lambda: toasts.shown == ())
    assert video.findChildren(Toast) == [] or not video.findChildren(Toast)[0].isVisible()


def test_the_link_does_what_it_says_once_and_the_note_goes(qtbot, video):
    toasts, shown = Toasts(video), []
    toasts.tell("Saved", ("Show in folder", lambda: shown.append("folder")))
    (toast,) = toasts.shown
    assert toast.link is not None
    qtbot.mouseClick(toast.link, Qt.MouseButton.LeftButton)
    assert (shown, toasts.shown) == (["folder"], ())


def test_the_link_and_the_cross_work_with_the_keyboard(qtbot, video):
    toasts, shown = Toasts(video), []
    toasts.tell("Saved", ("Show in folder", lambda: shown.append("folder")))
    (toast,) = toasts.shown
    assert toast.link is not None
    assert toast.link.focusPolicy() == toast.close_button.focusPolicy() == Qt.FocusPolicy.TabFocus
    assert toast.link.accessibleName() == "Show in folder"
    toast.link.setFocus()
    qtbot.keyClick(toast.link, Qt.Key.Key_Space)
    assert shown == ["folder"]
    toasts.tell("Saved")
    (toast,) = toasts.shown
    assert toast.link is None
    assert toast.close_button.accessibleName() == "Dismiss"
    qtbot.mouseClick(toast.close_button, Qt.MouseButton.LeftButton)
    assert toasts.shown == ()


@pytest.mark.usefixtures("quick")
def test_under_the_pointer_it_stays_and_comes_back_from_fading(qtbot, video):
    toasts = Toasts(video)
    toasts.tell("Saved")
    (toast,) = toasts.shown
    effect = toast.graphicsEffect()
    assert effect is not None
    qtbot.waitUntil(effect.isEnabled)
    enter(toast)
    assert not toast.is_leaving
    assert not effect.isEnabled()
    assert toast.isVisible()
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    assert toast.is_leaving
    qtbot.waitUntil(lambda: toasts.shown == ())


@pytest.mark.usefixtures("quick")
def test_who_came_with_tab_gets_the_time_to_press_it(qtbot, video):
    toasts = Toasts(video)
    toasts.tell("Saved", ("Show in folder", lambda: None))
    (toast,) = toasts.shown
    assert toast.link is not None
    toast.link.setFocus()
    times: list[int] = []
    toast._timer.timeout.connect(lambda: times.append(1))
    qtbot.waitUntil(lambda: len(times) >= 3)
    assert toasts.shown == (toast,)
    video.setFocus()
    qtbot.waitUntil(lambda: toasts.shown == ())


def test_a_click_on_it_is_none_on_the_video(qtbot, video):
    clicks: list[QEvent.Type] = []

    class Seen(QObject):
        def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802  Qt's name
            if event is not None and event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
                clicks.append(event.type())
            return False

    seen = Seen()
    video.installEventFilter(seen)
    toasts = Toasts(video)
    toasts.tell("Saved")
    (toast,) = toasts.shown
    qtbot.mouseClick(toast, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    qtbot.mouseDClick(toast.label, Qt.MouseButton.LeftButton)
    assert clicks == []
    qtbot.mouseClick(video, Qt.MouseButton.LeftButton, pos=QPoint(600, 20))
    assert clicks == [QEvent.Type.MouseButtonPress]


def test_two_are_stacked_and_a_third_pushes_the_oldest_out(video):
    toasts = Toasts(video)
    for text in ("one", "two", "three"):
        toasts.tell(text)
    upper, lower = toasts.shown
    assert [upper.label.text(), lower.label.text()] == ["two", "three"]
    assert upper.geometry().bottom() < lower.geometry().top()
    assert lower.geometry().bottom() == 360 - 13
    lower.dismiss()
    assert upper.geometry().bottom() == 360 - 13


def test_the_same_again_is_one_note(video):
    toasts = Toasts(video)
    for _ in range(3):
        toasts.tell("This frame is flagged already")
    assert len(toasts.shown) == 1
    toasts.clear()
    assert toasts.shown == ()


def test_it_follows_the_corner_and_wraps_where_there_is_no_room(video):
    toasts = Toasts(video)
    toasts.tell("The recording ended: cannot write /a/long/way/to/the/folder/clip.mp4: No space left on device")
    (toast,) = toasts.shown
    assert toast.width() <= 460
    before = toast.height()
    video.resize(300, 240)
    assert toast.geometry().bottom() == 240 - 13
    assert toast.geometry().right() <= 300 - 12
    assert toast.height() > before
    assert toast.label.height() >= toast.label.heightForWidth(toast.label.width())


def test_a_long_line_stays_longer(video):
    toasts = Toasts(video)
    toasts.tell("Saved")
    toasts.tell("x" * 120)
    short, long = toasts.shown
    assert short._timer.interval() == 4000
    assert long._timer.interval() == 120 * 65


def test_it_is_painted_in_the_colours_of_the_theme_that_is_on(qapp, video):
    toasts = Toasts(video)
    toasts.tell("Saved")
    (toast,) = toasts.shown
    try:
        for colors in (theme.DARK, theme.LIGHT):
            theme.apply_theme(qapp, colors)
            assert toast.grab().toImage().pixelColor(8, toast.height() // 2) == colors.raised
    finally:
        theme.apply_theme(qapp)


def test_progress_stands_below_the_notes_and_can_be_cancelled(qtbot, video):
    toasts, note = Toasts(video), ProgressNote(video)
    toasts.pin(note)
    toasts.tell("Saved")
    assert not note.isVisible()
    assert toasts.shown[0].geometry().bottom() == 360 - 13
    note.set_progress(Progress(0, 125))
    toasts.place()
    assert note.label.text() == "Exporting masks: loading the model"
    assert not note.bar.isVisible()
    assert note.geometry().bottom() == 360 - 13
    assert toasts.shown[0].geometry().bottom() < note.geometry().top()
    note.set_progress(Progress(50, 125))
    assert (note.label.text(), note.bar.value() / note.bar.maximum()) == ("Exporting masks: 50 of 125", 0.4)
    toasts.place()
    bar = note.bar.grab().toImage()
    row = bar.height() // 2
    assert bar.pixelColor(bar.width() * 3 // 10, row) == theme.colors().accent
    assert bar.pixelColor(bar.width() // 2, row) == theme.colors().line
    note.set_progress(Progress(50, None))
    assert (note.label.text(), note.bar.isVisible()) == ("Exporting masks: 50", False)
    with qtbot.waitSignal(note.cancel_wanted):
        qtbot.mouseClick(note.cancel_button, Qt.MouseButton.LeftButton)
    note.set_progress(None)
    toasts.place()
    assert not note.isVisible()
    assert toasts.shown[0].geometry().bottom() == 360 - 13
