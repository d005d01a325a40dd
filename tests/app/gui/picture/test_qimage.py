"""Arrays become images with the right pixels, whatever their width, and do not need the array afterwards."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QImage

from bisenet_viewer.gui.picture.qimage import argb_image, argb_pixels, colored_image, frame_image, qt_colors

RANDOM = np.random.default_rng(7)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 2), (5, 7), (8, 4), (101, 3)])
def test_every_pixel_of_a_frame(width: int, height: int) -> None:
    rgb = RANDOM.integers(0, 256, (height, width, 3), np.uint8)
    rgb.setflags(write=False)
    image = frame_image(rgb)
    assert image.format() == QImage.Format.Format_RGB32
    for y in range(height):
        for x in range(width):
            assert QColor(image.pixel(x, y)).getRgb()[:3] == tuple(rgb[y, x])


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 2), (5, 7), (101, 3)])
def test_every_pixel_of_the_labels_has_its_colour(width: int, height: int) -> None:
    labels = RANDOM.integers(0, 256, (height, width), np.uint8)
    colors = [0xFF000000 | 7 * class_id for class_id in range(255)] + [0x80FFFFFF]
    image = colored_image(labels, colors)
    assert image.format() == QImage.Format.Format_ARGB32_Premultiplied
    premultiplied = [*colors[:255], 0x80808080]
    assert argb_pixels(image).tolist() == [[premultiplied[class_id] for class_id in row] for row in labels]
    assert argb_pixels(argb_image(argb_pixels(image).copy())).tolist() == argb_pixels(image).tolist()


def test_the_images_own_their_pixels() -> None:
    rgb, labels = np.full((4, 5, 3), 9, np.uint8), np.full((4, 5), 9, np.uint8)
    frame, colored = frame_image(rgb), colored_image(labels, [0xFF000000 + level for level in range(256)])
    rgb[:], labels[:] = 200, 200
    assert QColor(frame.pixel(2, 2)).red() == 9
    assert QColor(colored.pixel(2, 2)).blue() == 9


def test_an_array_with_gaps_is_refused() -> None:
    with pytest.raises(ValueError, match="C-contiguous"):
        frame_image(np.zeros((4, 8, 3), np.uint8)[:, ::2])
    with pytest.raises(ValueError, match="C-contiguous"):
        colored_image(np.zeros((4, 8), np.uint8)[:, ::2], [0] * 256)


def test_colours_as_qt_wants_them() -> None:
    table = np.zeros((256, 4), np.uint8)
    table[3] = (0x12, 0x34, 0x56, 0x80)
    colors = qt_colors(table)
    assert len(colors) == 256
    assert (colors[0], colors[3]) == (0, 0x80123456)
