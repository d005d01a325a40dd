"""On a screen of 150 %: whole pixels of the screen, the same pixel under the pointer, larger words and lines."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtGui import QImage, QPainter
from tests.app.gui.picture.conftest import FRAME, LOOK, make_shown, pixels_of, rgb_at

from bisenet_viewer.gui.picture.screen import Screen
from bisenet_viewer.gui.state import Fit, View

ROOT = Path(__file__).resolve().parents[4]
_CHECK = """
import numpy as np
from dataclasses import replace
from PyQt6.QtWidgets import QApplication
from bisenet_viewer.gui.picture.video_view import VideoView
from bisenet_viewer.gui.state import Fit, View
from tests.app.gui.picture.conftest import LOOK, make_shown, pixels_of

app = QApplication([])
rgb = np.random.default_rng(0).integers(0, 256, (90, 160, 3), np.uint8)
view = VideoView()
view.resize(401, 301)
view.show()
view.set_look(replace(LOOK, view=View.ORIGINAL, fit=Fit.ACTUAL))
view.show_result(make_shown(rgb=rgb))
image = view.grab().toImage()
rect = view.picture_rect()
left, top = round(rect.left() * 1.5), round(rect.top() * 1.5)
print(view.devicePixelRatioF(), image.width(), image.height(), rect.width() * 1.5, rect.height() * 1.5)
print((pixels_of(image)[top:top + 90, left:left + 160] == rgb).all())
print(all(view.pixel_at(view.point_of(x, y)) == (x, y) for x in range(160) for y in range(90)))
"""


def test_each_pixel_of_the_picture_is_one_of_the_screen() -> None:
    run = subprocess.run(
        [sys.executable, "-c", _CHECK],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "1.5"},
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert run.stdout.splitlines() == ["1.5 602 452 160.0 90.0", "True", "True"], run.stderr


def painted(screen: Screen, size: tuple[int, int]) -> QImage:
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    screen.paint(painter)
    painter.end()
    return image


@pytest.mark.parametrize(("density", "width"), [(1.0, 4), (1.5, 6), (2.0, 8)])
@pytest.mark.usefixtures("qapp")
def test_lines_are_as_wide_as_they_look(density: float, width: int) -> None:
    screen = Screen()
    size = (round(640 * density), round(360 * density))
    screen.set_room(size, density)
    screen.set_look(replace(LOOK, view=View.BOUNDARIES), None)
    screen.show(make_shown())
    row = pixels_of(painted(screen, size))[100]
    assert (row != FRAME).any(axis=1).sum() == width


@pytest.mark.usefixtures("qapp")
def test_words_are_as_large_as_they_look() -> None:
    heights = []
    for density in (1.0, 2.0):
        screen = Screen()
        size = (round(640 * density), round(360 * density))
        screen.set_room(size, density)
        screen.set_look(LOOK, None)
        screen.show(make_shown(np.full((90, 160), 255, np.uint8)))
        screen.mask_age_s = 0.084
        rows = (pixels_of(painted(screen, size)) != FRAME).any(axis=(1, 2))
        heights.append(int(rows.sum()))
    assert heights[1] == pytest.approx(2 * heights[0], abs=3)


@pytest.mark.usefixtures("qapp")
def test_fitted_at_another_density_the_picture_keeps_its_place() -> None:
    screen = Screen()
    screen.set_room((960, 720), 1.5)
    screen.set_look(replace(LOOK, view=View.ORIGINAL, fit=Fit.FIT), None)
    screen.show(make_shown())
    image = painted(screen, (960, 720))
    assert rgb_at(image, 500, 89) == (0, 0, 0)
    assert rgb_at(image, 500, 90) == rgb_at(image, 500, 629) == FRAME
    assert rgb_at(image, 500, 630) == (0, 0, 0)
