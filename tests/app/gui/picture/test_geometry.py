"""Where the picture lies, and which pixel is under a point, in every fit, zoom and number of panes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bisenet_viewer.gui.picture.geometry import Box, Cut
from bisenet_viewer.gui.picture.viewport import MOST_ZOOM, ZOOM_STEP, Viewport
from bisenet_viewer.gui.state import Fit

PICTURES = [(160, 90), (1920, 1080), (3840, 2160), (91, 157)]
ROOMS = [(640, 360), (641, 361), (960, 541), (1536, 864)]


@pytest.mark.parametrize(
    ("picture", "room", "box"),
    [
        ((160, 90), (640, 360), (0, 0, 640, 360)),
        ((160, 90), (640, 480), (0, 60, 640, 360)),
        ((160, 90), (800, 360), (80, 0, 640, 360)),
        ((90, 160), (640, 320), (230, 0, 180, 320)),
        ((3840, 2160), (641, 361), (0, 0, 641, 361)),
    ],
)
def test_fitted_it_keeps_its_aspect(
    picture: tuple[int, int], room: tuple[int, int], box: tuple[int, int, int, int]
) -> None:
    assert Viewport(picture, room).placement.spots == (Box(*box),)


def test_filled_it_leaves_no_room() -> None:
    placement = Viewport((160, 90), (640, 480), fit=Fit.FILL).placement
    assert placement.spots == (Box(0, 0, 640, 480),)
    assert placement.drawn == Box(-106, 0, 853, 480)
    assert placement.is_movable


def test_actual_is_pixel_for_pixel() -> None:
    small = Viewport((160, 90), (640, 480), fit=Fit.ACTUAL).placement
    assert small.spots == (Box(240, 195, 160, 90),)
    assert not small.is_movable
    large = Viewport((1920, 1080), (640, 480), fit=Fit.ACTUAL).placement
    assert (large.drawn.width, large.drawn.height) == (1920, 1080)
    assert large.cut == Cut((1920, 1080), (1920, 1080), Box(640, 300, 640, 480))


def test_side_by_side_each_has_its_whole_aspect() -> None:
    placement = Viewport((160, 90), (1000, 600), panes=2, gap=4).placement
    left, right = placement.spots
    assert (left.width, left.height) == (right.width, right.height) == (498, 280)
    assert (left.left, right.left, right.left + right.width) == (0, 502, 1000)


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("fit", list(Fit))
@pytest.mark.parametrize("zoom", [1.0, 1.7, 16.0])
@pytest.mark.parametrize("panes", [1, 2])
def test_points_and_pixels_agree_both_ways(
    picture: tuple[int, int], room: tuple[int, int], fit: Fit, zoom: float, panes: int
) -> None:
    viewport = Viewport(picture, room, panes, 3, fit, zoom, (0.3, 0.8))
    placement = viewport.placement
    for pane, spot in enumerate(placement.spots):
        for across in (0, 0.31, 0.5, 0.999):
            x, y = int(spot.left + across * spot.width), int(spot.top + across * spot.height)
            pixel = placement.to_picture(x + 0.5, y + 0.5)
            assert pixel is not None
            back = placement.to_screen(*pixel, pane)
            reach = max(1.0, placement.drawn.width / picture[0], placement.drawn.height / picture[1])
            assert abs(back[0] - x - 0.5) <= reach
            assert abs(back[1] - y - 0.5) <= reach
            if spot.holds(*back) and placement.drawn.width >= picture[0] and placement.drawn.height >= picture[1]:
                assert placement.to_picture(*back) == pixel


def test_beside_the_picture_there_is_no_pixel() -> None:
    placement = Viewport((160, 90), (640, 480)).placement
    assert placement.to_picture(10, 59.9) is None
    assert placement.to_picture(10, 60) == (2, 0)
    assert placement.to_picture(639.9, 419.9) == (159, 89)
    assert placement.to_picture(640, 100) is None


def test_zooming_keeps_what_is_under_the_pointer() -> None:
    viewport = Viewport((1920, 1080), (960, 540))
    for _ in range(9):
        before = viewport.placement.to_picture(700.5, 100.5)
        viewport = viewport.zoomed(ZOOM_STEP, 700.5, 100.5)
        after = viewport.placement.to_picture(700.5, 100.5)
        assert before is not None
        assert after is not None
        assert max(abs(a - b) for a, b in zip(before, after, strict=True)) <= 2
    assert viewport.zoom == pytest.approx(ZOOM_STEP**9)


def test_zoom_has_bounds() -> None:
    viewport = Viewport((1920, 1080), (960, 540))
    assert viewport.zoomed(0.1, 5, 5) == viewport
    assert viewport.zoomed(1000, 5, 5).zoom == MOST_ZOOM
    assert viewport.zoomed(3, 5, 5).reset() == viewport


def test_side_by_side_zooming_holds_the_pixel_in_either_pane() -> None:
    viewport = Viewport((1920, 1080), (1202, 540), panes=2, gap=2)
    for x in (150, 750):
        nearer = viewport.zoomed(4, x, 300)
        before, after = viewport.placement.to_picture(x, 300), nearer.placement.to_picture(x, 300)
        assert before is not None
        assert after is not None
        assert max(abs(a - b) for a, b in zip(before, after, strict=True)) <= 4


def test_moving_ends_where_the_picture_does() -> None:
    viewport = Viewport((160, 90), (640, 360), zoom=2.0)
    assert viewport.moved(-100, 40).placement.cut.part == Box(420, 140, 640, 360)
    far = viewport.moved(10_000, 10_000)
    assert far.placement.cut.part == Box(0, 0, 640, 360)
    # What was asked for beyond the edge is not made up for on the way back.
    assert far.moved(-50, -50).placement.cut.part == Box(50, 50, 640, 360)
    still = Viewport((160, 90), (640, 360))
    assert still.moved(30, 30).placement == still.placement


def test_small_moves_add_up() -> None:
    viewport = Viewport((160, 90), (640, 360), zoom=2.0)
    moved = viewport
    for _ in range(40):
        moved = moved.moved(-0.25, 0)
    assert moved.placement.cut == viewport.moved(-10, 0).placement.cut


def test_another_picture_keeps_the_zoom() -> None:
    viewport = replace(Viewport((160, 90), (640, 360)).zoomed(2, 0, 0), picture=(1920, 1080))
    assert viewport.placement.cut.part == Box(0, 0, 640, 360)
