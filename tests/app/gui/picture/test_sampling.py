"""Pictures and labels at the size of the screen: each pixel where the geometry says it is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtGui import QImage
from tests.app.gui.picture.conftest import pixels_of

from bisenet_viewer.gui.picture.geometry import Cut
from bisenet_viewer.gui.picture.memory import Canvases, FrameImages
from bisenet_viewer.gui.picture.sampling import draw_smoothly, nearest
from bisenet_viewer.gui.picture.viewport import Viewport

RANDOM = np.random.default_rng(3)


def frame_images(rgb: NDArray[np.uint8]) -> FrameImages:
    images = FrameImages()
    images.put(rgb)
    return images


@pytest.mark.parametrize("size", [(160, 90), (1920, 1080), (333, 777)])
@pytest.mark.parametrize("zoom", [1.0, 1.3, 5.7, 16.0])
def test_labels_are_those_of_the_pixel_under_each_point(size: tuple[int, int], zoom: float) -> None:
    labels = RANDOM.integers(0, 256, (size[1], size[0]), np.uint8)
    placement = Viewport(size, (641, 363), zoom=zoom, center=(0.2, 0.7)).placement
    cut, (spot,) = placement.cut, placement.spots
    seen = nearest(labels, cut)
    assert seen.shape == (spot.height, spot.width)
    for x, y in RANDOM.integers(0, (spot.width, spot.height), (300, 2)):
        pixel = placement.to_picture(spot.left + x + 0.5, spot.top + y + 0.5)
        assert pixel is not None
        assert seen[y, x] == labels[pixel[1], pixel[0]]


def test_as_large_as_it_is_every_value_stays() -> None:
    labels = RANDOM.integers(0, 256, (9, 16), np.uint8)
    assert nearest(labels, Cut.whole(16, 9)) is labels


def test_a_frame_as_large_as_it_is_keeps_every_pixel() -> None:
    rgb = RANDOM.integers(0, 256, (37, 53, 3), np.uint8)
    image = QImage(53, 37, QImage.Format.Format_RGB32)
    draw_smoothly(frame_images(rgb), Cut.whole(53, 37), image)
    assert (pixels_of(image) == rgb).all()


def test_enlarged_a_frame_lies_where_its_labels_do() -> None:
    ramp = np.repeat(np.arange(0, 240, 3, np.uint8)[np.newaxis], 45, 0)
    placement = Viewport((80, 45), (640, 360), zoom=3.0, center=(0.8, 0.5)).placement
    part = placement.cut.part
    image = QImage(part.width, part.height, QImage.Format.Format_RGB32)
    draw_smoothly(frame_images(np.repeat(ramp[:, :, np.newaxis], 3, 2)), placement.cut, image)
    difference = pixels_of(image)[:, :, 0].astype(int) - nearest(ramp, placement.cut)
    assert np.abs(difference).max() <= 3


def test_much_smaller_it_is_a_mean_of_all_pixels() -> None:
    noise = RANDOM.integers(0, 2, (1080, 1920, 1), np.uint8) * 255
    image = QImage(240, 135, QImage.Format.Format_RGB32)
    images = frame_images(np.repeat(noise, 3, 2))
    draw_smoothly(images, Viewport((1920, 1080), (240, 135)).placement.cut, image)
    # 64 black or white pixels each: picked ones would be 0 or 255, and vary by 127.
    assert pixels_of(image)[:, :, 0].std() < 24


def test_memory_is_used_again_and_shows_the_newest_frame() -> None:
    images, canvases = FrameImages(), Canvases()
    for level, side in ((10, 64), (200, 64), (90, 33)):
        images.put(np.full((side, side, 3), level, np.uint8))
        for scale in (1.0, 0.5, 0.2):
            assert pixels_of(images.at(scale))[0, 0].tolist() == [level] * 3
        assert images.at(0.5).width() == side // 2
    assert canvases.canvas("a", 4, 5) is canvases.canvas("a", 4, 5)
    assert canvases.canvas("a", 4, 5) is not canvases.canvas("b", 4, 5)
    assert canvases.canvas("a", 6, 5).width() == 6
