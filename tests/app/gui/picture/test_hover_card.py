"""What the card says, and where it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.app.gui.picture.conftest import CLASSES, HEIGHT, OTHERS, WIDTH, ShowView, compared_with, make_shown

from bisenet.engines.scores import Scores
from bisenet_viewer.gui.picture.hover_card import HoverCard
from bisenet_viewer.gui.picture.hover_lines import hover_lines
from bisenet_viewer.gui.texts.picture import probability


def scores(*logits: float) -> Scores:
    """The same everywhere."""
    field = np.empty((len(logits), 12, 20), np.float32)
    field[:] = np.array(logits, np.float32)[:, np.newaxis, np.newaxis]
    return Scores(field, (HEIGHT, WIDTH), "bilinear")


def test_the_class_and_its_runner_up() -> None:
    shown = replace(make_shown(), scores=scores(np.log(0.7), np.log(0.25), np.log(0.05)))
    assert hover_lines(shown, 3, 4) == ("sky\t70 %", "road\t25 %")
    # What is painted is told first, whatever the scores say.
    assert hover_lines(shown, WIDTH - 30, 4) == ("road\t25 %", "sky\t70 %")


def test_without_scores_the_class_alone() -> None:
    assert hover_lines(make_shown(), 3, 4) == ("sky",)
    assert hover_lines(make_shown(), WIDTH - 1, HEIGHT - 1) == ("No class",)


def test_the_other_model_is_told_too() -> None:
    assert hover_lines(make_shown(compared=compared_with(OTHERS, 1)), 3, 4) == ("sky", "Other model: rest")
    assert hover_lines(make_shown(compared=compared_with(CLASSES, 9)), 3, 4) == ("sky", "Other model: No class")


@pytest.mark.parametrize(
    ("part", "text"),
    [(0.0, "0 %"), (0.002, "<1 %"), (0.126, "13 %"), (0.994, "99 %"), (0.998, ">99 %"), (1.0, "100 %")],
)
def test_probabilities(part: float, text: str) -> None:
    assert probability(part) == text


@pytest.mark.parametrize("room", [(640, 360), (320, 180)])
def test_it_stays_inside_and_off_the_pointer(qtbot: QtBot, room: tuple[int, int]) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(*room)
    card = HoverCard(parent)
    for x in range(0, room[0], 13):
        for y in range(0, room[1], 11):
            card.tell(("pedestrian\t92 %", "bicyclist\t5 %", "Other model: fence"), QPoint(x, y))
            assert parent.rect().contains(card.geometry()), (x, y)
            assert not card.geometry().contains(QPoint(x, y)), (x, y)
    assert card.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def test_a_name_too_long_for_the_view_is_shortened(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(200, 100)
    card = HoverCard(parent)
    card.tell(("a" * 200 + "\t92 %",), QPoint(20, 20))
    assert parent.rect().contains(card.geometry())


def test_it_comes_when_the_pointer_rests_and_goes_with_it(qtbot: QtBot, show_view: ShowView) -> None:
    view = show_view()
    card = view.hover_card
    qtbot.mouseMove(view, QPoint(100, 100))
    assert not card.isVisible()
    qtbot.waitUntil(card.isVisible)
    assert card.lines == ("sky",)
    qtbot.mouseMove(view, QPoint(500, 100))
    assert card.lines == ("road",)
    view.show_result(make_shown(np.full((HEIGHT, WIDTH), 2, np.uint8)))
    assert card.lines == ("car",), "another frame under a pointer that rests"
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(500, 100))
    assert not card.isVisible()
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(500, 100))
    qtbot.mouseMove(view, QPoint(510, 100))
    qtbot.waitUntil(card.isVisible)
    view.clear()
    assert not card.isVisible()


def test_its_figures_are_at_the_right_and_its_swatch_at_the_left(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(640, 360)
    card = HoverCard(parent)
    card.tell(("sky",), QPoint(10, 10))
    narrow = card.width()
    card.tell(("sky\t92 %",), QPoint(10, 10))
    assert card.width() > narrow
    assert card.geometry() == QRect(card.pos(), card.sizeHint())
