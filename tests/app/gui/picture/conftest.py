"""A result whose pixels one can reckon with, and a view that shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bisenet.classes import ClassSet
from bisenet.engines import EngineInfo
from bisenet_viewer.frame import Compared, Frame, Result
from bisenet_viewer.gui.common.theme import apply_theme
from bisenet_viewer.gui.picture.shown import Shown, shown_of
from bisenet_viewer.gui.picture.video_view import VideoView
from bisenet_viewer.gui.state import Look
from bisenet_viewer.overlay import OverlayStyle

Rgb = tuple[int, int, int]

CLASSES = ClassSet("test", ("sky", "road", "car"), ((20, 120, 250), (250, 10, 60), (0, 240, 30)))
OTHERS = ClassSet("others", ("ground", "rest"), ((255, 255, 0), (0, 255, 255)))
ENGINE = EngineInfo("memory", "test-model", "cpu", "Test Processor", "f32")
RIVAL = EngineInfo("memory", "rival-model", "cpu", "Test Processor", "f32")
FRAME: Rgb = (100, 60, 20)
STYLE = OverlayStyle.of(CLASSES)
LOOK = Look(style=STYLE)
SKY, ROAD, CAR = range(3)
WIDTH, HEIGHT = 160, 90


def halves(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """Sky left, road right; an unknown id in the corner."""
    labels = np.full((height, width), SKY, np.uint8)
    labels[:, width // 2 :] = ROAD
    labels[-2:, -2:] = 255
    return labels


def make_result(labels: NDArray[np.uint8] | None = None, rgb: NDArray[np.uint8] | None = None) -> Result:
    labels = halves() if labels is None else labels
    if rgb is None:
        rgb = np.empty((*labels.shape, 3), np.uint8)
        rgb[:] = FRAME
    return Result(Frame(0, 0, Fraction(1, 30), 0.0, rgb), labels, {}, classes=CLASSES, info=ENGINE)


def make_shown(
    labels: NDArray[np.uint8] | None = None,
    rgb: NDArray[np.uint8] | None = None,
    *,
    confidence: NDArray[np.uint8] | None = None,
    compared: Compared | None = None,
) -> Shown:
    return shown_of(replace(make_result(labels, rgb), confidence=confidence, compared=compared))


def compared_with(classes: ClassSet, class_id: int, labels: NDArray[np.uint8] | None = None) -> Compared:
    """A second model that sees one class everywhere."""
    return Compared(np.full((HEIGHT, WIDTH), class_id, np.uint8) if labels is None else labels, classes, RIVAL, 4.0)


def blended(over: Rgb, opacity: float = 0.5, under: Rgb = FRAME) -> list[float]:
    """What is seen of a colour over the frame."""
    return [opacity * a + (1 - opacity) * b for a, b in zip(over, under, strict=True)]


def rgb_at(image: QImage, x: float, y: float) -> Rgb:
    red, green, blue, _ = image.pixelColor(int(x), int(y)).getRgb()
    assert red is not None
    assert green is not None
    assert blue is not None
    return red, green, blue


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    bits = plain.constBits()
    assert bits is not None
    rows = np.frombuffer(bits.asstring(plain.sizeInBytes()), np.uint8)
    return rows.reshape(plain.height(), -1, 4)[:, : plain.width(), 2::-1]


ShowView = Callable[..., VideoView]


@pytest.fixture
def show_view(qtbot: QtBot, qapp: QApplication) -> ShowView:
    """Open views of 640 x 360 that show the halves, four screen pixels to one of the picture."""
    apply_theme(qapp)

    def make(shown: Shown | None = None, look: Look = LOOK, size: tuple[int, int] = (640, 360)) -> VideoView:
        view = VideoView()
        qtbot.addWidget(view)
        view.resize(*size)
        with qtbot.waitExposed(view):
            view.show()
        view.set_look(look)
        view.show_result(make_shown() if shown is None else shown)
        return view

    return make


def seen(view: VideoView) -> QImage:
    """What the view has painted."""
    return view.grab().toImage()
