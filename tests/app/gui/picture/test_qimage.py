"""Arrays become images with the right pixels, whatever their width, and do not need the array afterwards."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QImage

from bisenet_viewer.gui.picture.qimage import frame_image, label_image, qt_colors

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
def test_every_pixel_of_the_labels(width: int, height: int) -> None:
    labels = RANDOM.integers(0, 256, (height, width), np.uint8)
    image = label_image(labels, list(range(256)))
    assert image.format() == QImage.Format.Format_Indexed8
    assert [[image.pixelIndex(x, y) for x in range(width)] for y in range(height)] == labels.tolist()


def test_the_images_own_their_pixels() -> None:
    rgb, labels = np.full((4, 5, 3), 9, np.uint8), np.full((4, 5), 9, np.uint8)
    frame, indexed = frame_image(rgb), label_image(labels, [0] * 256)
    rgb[:], labels[:] = 200, 200
    assert QColor(frame.pixel(2, 2)).red() == 9
    assert indexed.pixelIndex(2, 2) == 9


def test_an_array_with_gaps_is_refused() -> None:
    with pytest.raises(ValueError, match="C-contiguous"):
        frame_image(np.zeros((4, 8, 3), np.uint8)[:, ::2])
    with pytest.raises(ValueError, match="C-contiguous"):
        label_image(np.zeros((4, 8), np.uint8)[:, ::2], [0] * 256)


def test_colours_as_qt_wants_them() -> None:
    table = np.zeros((256, 4), np.uint8)
    table[3] = (0x12, 0x34, 0x56, 0x80)
    colors = qt_colors(table)
    assert len(colors) == 256
    assert (colors[0], colors[3]) == (0, 0x80123456)
