"""What is shown above the seek slider while the pointer is over it or drags it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QEnterEvent
from PyQt6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from tests.app.conftest import MakeClip

from bisenet_viewer.gui.common.theme import apply_theme
from bisenet_viewer.gui.transport.thumbnails import Thumbnails
from bisenet_viewer.gui.transport.transport_bar import TransportBar

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication) -> Iterator[TransportBar]:
    """At the bottom of a window, over a clip of 2 s that begins at 0."""
    apply_theme(qapp)
    window, made = QWidget(), TransportBar()
    layout = QVBoxLayout(window)
    layout.addStretch(1)
    layout.addWidget(made)
    made.set_stream(live=False, duration_s=2.0, seekable=True)
    window.resize(800, 400)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    yield made
    window.close()


@pytest.fixture
def thumbnails(bar: TransportBar, make_clip: MakeClip) -> Iterator[Thumbnails]:
    made = Thumbnails()
    made.open(Path(make_clip(count=50, width=320, height=180, gop=5)))
    bar.use_thumbnails(made)
    yield made
    made.close()


def place(bar: TransportBar, time_s: float) -> QPoint:
    return bar.seek_slider.place_of(round(time_s * 1000)).toPoint()


def test_hovering_shows_the_time_and_then_the_picture(bar: TransportBar, thumbnails: Thumbnails, qtbot: QtBot) -> None:
    card = bar.preview.card
    qtbot.mouseMove(bar.seek_slider, place(bar, 1.2))
    assert card.isVisible()
    assert card.told.time == "0:01"
    assert card.told.picture is None
    narrow = card.size()
    qtbot.waitUntil(lambda: card.told.picture is not None)
    assert card.height() > narrow.height() + 80
    window = bar.window()
    assert window is not None
    middle = place(bar, 1.2).x() + bar.seek_slider.mapTo(window, QPoint(0, 0)).x()
    assert abs(card.geometry().center().x() - middle) <= 1
    shown = card.grab().toImage().pixelColor(card.width() // 2, 50)
    assert abs(shown.red() - (16 + 4 * 30)) < 16
    assert thumbnails.newest() is not None


@pytest.mark.parametrize("time_s", [0.0, 2.0])
def test_it_stays_within_the_window(bar: TransportBar, thumbnails: Thumbnails, qtbot: QtBot, time_s: float) -> None:
    qtbot.mouseMove(bar.seek_slider, place(bar, time_s))
    qtbot.waitUntil(lambda: bar.preview.card.told.picture is not None)
    window = bar.window()
    assert window is not None
    assert window.rect().contains(bar.preview.card.geometry())
    assert thumbnails.nearest(time_s) is not None


def test_it_stays_while_dragging_beyond_the_edge_and_goes_after(bar: TransportBar, qtbot: QtBot) -> None:
    slider, card = bar.seek_slider, bar.preview.card
    told: list[float] = []
    bar.seek_wanted.connect(told.append)
    qtbot.mousePress(slider, LEFT, pos=place(bar, 0.5))
    assert card.isVisible()
    outside = QPoint(slider.width() + 60, -30)
    qtbot.mouseMove(slider, outside)
    QApplication.sendEvent(slider, QEvent(QEvent.Type.Leave))
    assert card.isVisible()
    assert card.told.time == "0:02"
    qtbot.mouseRelease(slider, LEFT, pos=outside)
    assert not card.isVisible()
    assert told == pytest.approx([0.5, 2.0], abs=0.01)


def test_it_takes_no_focus_and_lets_clicks_through(bar: TransportBar) -> None:
    slider, card = bar.seek_slider, bar.preview.card
    focus = QApplication.focusWidget()
    at = QPointF(place(bar, 1.0))
    QApplication.sendEvent(slider, QEnterEvent(at, at, at))
    assert card.isVisible()
    assert card.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert QApplication.focusWidget() is focus
    window = bar.window()
    assert window is not None
    assert window.childAt(card.geometry().center()) is not card
    QApplication.sendEvent(slider, QEvent(QEvent.Type.Leave))
    assert not card.isVisible()


def test_without_pictures_the_time_is_told(bar: TransportBar, qtbot: QtBot) -> None:
    bar.set_stream(live=False, duration_s=100.0, seekable=True, start_s=50.0)
    qtbot.mouseMove(bar.seek_slider, place(bar, 80.0))
    assert bar.preview.card.told.time in ("0:29", "0:30")
    assert bar.preview.card.told.picture is None


def test_it_goes_with_the_slider(bar: TransportBar, qtbot: QtBot) -> None:
    qtbot.mouseMove(bar.seek_slider, place(bar, 1.0))
    assert bar.preview.card.isVisible()
    bar.set_stream(live=True, duration_s=None, seekable=False)
    assert not bar.preview.card.isVisible()


def test_a_window_may_take_it_before_the_slider(bar: TransportBar, qtbot: QtBot) -> None:
    qtbot.mouseMove(bar.seek_slider, place(bar, 1.0))
    card = bar.preview.card
    with qtbot.waitSignal(card.destroyed):
        card.deleteLater()
    bar.seek_slider.hide()
    assert not bar.seek_slider.isVisible()
