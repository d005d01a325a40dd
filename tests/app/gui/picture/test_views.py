"""Each view, by the pixels that are painted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage
from tests.app.gui.picture.conftest import (
    CAR,
    CLASSES,
    FRAME,
    HEIGHT,
    LOOK,
    OTHERS,
    ROAD,
    SKY,
    STYLE,
    WIDTH,
    ShowView,
    blended,
    compared_with,
    make_result,
    make_shown,
    rgb_at,
    seen,
)

from bisenet_viewer.gui.common.theme import colors
from bisenet_viewer.gui.picture.layers.heat import heat_colors
from bisenet_viewer.gui.state import Fit, View

LEFT, RIGHT = (100, 100), (540, 100)
"""Points of the view: sky and road."""
SKY_RGB, ROAD_RGB, CAR_RGB = CLASSES.palette


def is_about(color: tuple[int, int, int], wanted: list[float] | tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 2 for a, b in zip(color, wanted, strict=True))


def test_overlay(show_view: ShowView) -> None:
    image = seen(show_view())
    assert is_about(rgb_at(image, *LEFT), blended(SKY_RGB))
    assert is_about(rgb_at(image, *RIGHT), blended(ROAD_RGB))
    assert rgb_at(image, 639, 359) == FRAME, "an id without a class has no colour"


def test_a_look_changes_the_picture_that_is_there(show_view: ShowView) -> None:
    view = show_view()
    seen(view)
    view.set_look(replace(LOOK, style=replace(STYLE, visible=frozenset({ROAD}), opacity=0.25)))
    image = seen(view)
    assert rgb_at(image, *LEFT) == FRAME
    assert is_about(rgb_at(image, *RIGHT), blended(ROAD_RGB, 0.25))


def test_solo_shows_one_class_whatever_is_visible(show_view: ShowView) -> None:
    style = replace(STYLE, visible=frozenset({ROAD, CAR}))
    view = show_view(look=replace(LOOK, style=style, solo=SKY))
    image = seen(view)
    assert is_about(rgb_at(image, *LEFT), blended(SKY_RGB))
    assert rgb_at(image, *RIGHT) == FRAME
    view.set_look(replace(LOOK, style=style))
    image = seen(view)
    assert rgb_at(image, *LEFT) == FRAME
    assert is_about(rgb_at(image, *RIGHT), blended(ROAD_RGB))


def test_mask_is_opaque_and_black_where_nothing_is_shown(show_view: ShowView) -> None:
    image = seen(show_view(look=replace(LOOK, view=View.MASK, style=replace(STYLE, visible=frozenset({ROAD})))))
    assert rgb_at(image, *RIGHT) == ROAD_RGB
    assert rgb_at(image, *LEFT) == (0, 0, 0)
    assert rgb_at(image, 639, 359) == (0, 0, 0)


def test_side_by_side_has_the_whole_picture_twice(show_view: ShowView) -> None:
    view = show_view(look=replace(LOOK, view=View.SIDE_BY_SIDE), size=(802, 360))
    image = seen(view)
    assert view.picture_rect() == QRectF(0, 67, 802, 225)
    for x in (100, 300):
        assert rgb_at(image, x, 150) == FRAME
    assert is_about(rgb_at(image, 502, 150), blended(SKY_RGB))
    assert is_about(rgb_at(image, 702, 150), blended(ROAD_RGB))
    assert QColor(*rgb_at(image, 400, 150)) == QColor(*rgb_at(image, 401, 150)) == colors().backdrop


def test_boundaries_are_thin_lines_in_the_colours_of_both_sides(show_view: ShowView) -> None:
    image = seen(show_view(look=replace(LOOK, view=View.BOUNDARIES)))
    row = [rgb_at(image, x, 100) for x in range(640)]
    assert row[318:322] == [SKY_RGB, SKY_RGB, ROAD_RGB, ROAD_RGB]
    assert set(row[:318]) == set(row[322:]) == {FRAME}


def test_a_boundary_is_that_of_visible_classes_alone(show_view: ShowView) -> None:
    style = replace(STYLE, visible=frozenset({ROAD}))
    image = seen(show_view(look=replace(LOOK, view=View.BOUNDARIES, style=style)))
    row = [rgb_at(image, x, 100) for x in range(640)]
    assert row[318:322] == [FRAME, FRAME, ROAD_RGB, ROAD_RGB]
    assert set(row[:318]) == set(row[322:]) == {FRAME}


def test_wipe_has_the_original_left_and_the_classes_right(show_view: ShowView) -> None:
    labels = np.full((HEIGHT, WIDTH), ROAD, np.uint8)
    view = show_view(make_shown(labels), replace(LOOK, view=View.WIPE, wipe=0.25))
    image = seen(view)
    assert rgb_at(image, 150, 20) == FRAME
    assert is_about(rgb_at(image, 170, 20), blended(ROAD_RGB))
    assert rgb_at(image, 160, 20) == (255, 255, 255)
    view.set_look(replace(LOOK, view=View.WIPE, wipe=0.75))
    image = seen(view)
    assert rgb_at(image, 470, 20) == FRAME
    assert is_about(rgb_at(image, 490, 20), blended(ROAD_RGB))


@pytest.mark.parametrize("wipe", [0.0, 1.0])
def test_a_wipe_can_go_to_the_edge(show_view: ShowView, wipe: float) -> None:
    image = seen(show_view(look=replace(LOOK, view=View.WIPE, wipe=wipe)))
    assert is_about(rgb_at(image, *LEFT), blended(SKY_RGB)) == (wipe == 0.0)
    assert (rgb_at(image, *RIGHT) == FRAME) == (wipe == 1.0)


def test_wipe_compares_where_there_is_a_second_model(show_view: ShowView) -> None:
    shown = make_shown(compared=compared_with(CLASSES, CAR))
    look = replace(LOOK, view=View.WIPE)
    view = show_view(shown, look)
    assert is_about(rgb_at(seen(view), *LEFT), blended(CAR_RGB)), "as many classes: the same style"
    view.set_look(look, replace(STYLE, visible=frozenset()))
    image = seen(view)
    assert rgb_at(image, *LEFT) == FRAME
    assert is_about(rgb_at(image, *RIGHT), blended(ROAD_RGB))
    view.set_look(replace(look, style=replace(STYLE, visible=frozenset({ROAD}))))
    assert rgb_at(seen(view), *LEFT) == FRAME


def test_another_models_own_classes_have_their_own_colours(show_view: ShowView) -> None:
    view = show_view(make_shown(compared=compared_with(OTHERS, 1)), replace(LOOK, view=View.WIPE))
    assert is_about(rgb_at(seen(view), *LEFT), blended(OTHERS.palette[1]))


def test_confidence_is_a_scale_of_colours(show_view: ShowView) -> None:
    confidence = np.full((HEIGHT, WIDTH), 255, np.uint8)
    confidence[:, : WIDTH // 2] = 60
    view = show_view(make_shown(confidence=confidence), replace(LOOK, view=View.CONFIDENCE))
    image = seen(view)
    assert rgb_at(image, *LEFT) == QColor.fromRgba(heat_colors()[60]).getRgb()[:3]
    assert rgb_at(image, *RIGHT) == QColor.fromRgba(heat_colors()[255]).getRgb()[:3]
    assert heat_colors()[0] != heat_colors()[255]
    assert len({rgb_at(image, x, 336) for x in range(450, 620)}) > 20, "a bar tells what the colours mean"


def test_before_a_confidence_comes_the_frame_is_there_and_says_so(show_view: ShowView) -> None:
    look = replace(LOOK, view=View.CONFIDENCE)
    view = show_view(look=look)
    image = seen(view)
    assert rgb_at(image, *LEFT) == FRAME
    assert any(rgb_at(image, x, 22) != FRAME for x in range(220, 420))
    view.show_result(make_shown(confidence=np.full((HEIGHT, WIDTH), 9, np.uint8)))
    assert {rgb_at(seen(view), x, 22) for x in range(220, 420)} == {QColor.fromRgba(heat_colors()[9]).getRgb()[:3]}


def test_original_is_the_frame_alone(show_view: ShowView) -> None:
    image = seen(show_view(look=replace(LOOK, view=View.ORIGINAL, legend=True, hatched=True)))
    assert {rgb_at(image, x, y) for x in range(0, 640, 7) for y in range(0, 360, 7)} == {FRAME}


@pytest.mark.parametrize("size", [(640, 360), (100, 56)])
def test_smooth_edges_go_over_into_each_other(show_view: ShowView, size: tuple[int, int]) -> None:
    labels = np.full((92, 164), SKY, np.uint8)
    labels[:, 83:] = ROAD
    view = show_view(make_shown(labels))
    view.setMinimumSize(1, 1)
    view.resize(*size)
    at = range(size[0] // 2 - 10, size[0] // 2 + 10)
    exact = {rgb_at(seen(view), x, 20) for x in at}
    view.set_look(replace(LOOK, smooth_edges=True))
    soft = {rgb_at(seen(view), x, 20) for x in at}
    assert len(exact) == 2
    assert len(soft) > 2
    assert is_about(rgb_at(seen(view), 5, 20), blended(SKY_RGB))
    assert is_about(rgb_at(seen(view), size[0] - 15, 20), blended(ROAD_RGB))


def test_patterns_tell_classes_apart_in_one_colour(show_view: ShowView) -> None:
    style = replace(STYLE, colors=((90, 90, 90),) * 3)
    view = show_view(look=replace(LOOK, style=style))
    plain = seen(view)
    assert rgb_at(plain, *LEFT) == rgb_at(plain, *RIGHT)
    view.set_look(replace(LOOK, style=style, hatched=True))
    hatched = seen(view)
    left = [rgb_at(hatched, x, y) for y in range(96, 144) for x in range(96, 144)]
    right = [rgb_at(hatched, x, y) for y in range(96, 144) for x in range(480, 528)]
    assert len(set(left)) > 1
    assert sum(a != b for a, b in zip(left, right, strict=True)) > 0.2 * len(left)
    view.set_look(replace(LOOK, style=replace(style, visible=frozenset({ROAD})), hatched=True))
    hidden = seen(view)
    assert {rgb_at(hidden, x, y) for y in range(96, 144) for x in range(96, 144)} == {FRAME}


@pytest.mark.parametrize("picture", [(160, 90), (90, 160), (1921, 1079), (3840, 2160)])
def test_the_picture_reaches_its_edges_and_not_further(show_view: ShowView, picture: tuple[int, int]) -> None:
    view = show_view(make_shown(np.full(picture[::-1], SKY, np.uint8)), size=(641, 480))
    rect, image = view.picture_rect().toRect(), seen(view)
    for x, y in ((rect.left(), rect.top()), (rect.right(), rect.bottom())):
        assert is_about(rgb_at(image, x, y), blended(SKY_RGB))
    for x, y in ((rect.left() - 1, 240), (320, rect.top() - 1), (rect.right() + 1, 240), (320, rect.bottom() + 1)):
        if image.rect().contains(x, y):
            assert image.pixelColor(x, y) == colors().backdrop


def test_pixel_for_pixel(show_view: ShowView) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    view = show_view(make_shown(rgb=rgb), replace(LOOK, view=View.ORIGINAL, fit=Fit.ACTUAL))
    corner, image = view.picture_rect().topLeft(), seen(view)
    for x, y in ((0, 0), (159, 89), (17, 60)):
        assert rgb_at(image, corner.x() + x, corner.y() + y) == tuple(rgb[y, x])


def test_the_newest_frame_under_an_older_mask(show_view: ShowView) -> None:
    view = show_view()
    seen(view)
    newer = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    view.show_frame(newer)
    view.set_mask_age(0.084)
    image = seen(view)
    assert is_about(rgb_at(image, *LEFT), blended(SKY_RGB, under=(0, 0, 0)))
    badge = [rgb_at(image, x, 22) for x in range(14, 100)]
    assert len(set(badge)) > 3
    view.set_mask_age(None)
    assert len({rgb_at(seen(view), x, 22) for x in range(14, 100)}) == 1
    with pytest.raises(ValueError, match="expected a frame of"):
        view.show_frame(np.zeros((9, 16, 3), np.uint8))


def test_painted_is_told_once_per_picture(show_view: ShowView) -> None:
    view = show_view()
    told: list[int] = []
    seen(view)
    view.painted.connect(lambda: told.append(1))
    view.show_result(make_shown())
    assert view.is_busy
    seen(view)
    seen(view)
    assert len(told) == 1
    assert not view.is_busy
    view.set_look(replace(LOOK, legend=True))
    seen(view)
    assert len(told) == 1
    view.show_frame(make_shown().rgb)
    seen(view)
    assert len(told) == 2


def test_cleared_it_shows_nothing(show_view: ShowView) -> None:
    view = show_view(look=replace(LOOK, view=View.WIPE))
    assert view.has_picture
    assert view.wipe_handle.isVisible()
    view.clear()
    assert not view.has_picture
    assert view.picture_rect() == QRectF()
    assert not view.wipe_handle.isVisible()
    image = seen(view)
    assert {rgb_at(image, x, 100) for x in range(0, 640, 9)} == {colors().backdrop.getRgb()[:3]}


def test_a_result_without_its_classes_is_refused() -> None:
    from bisenet_viewer.gui.picture.shown import shown_of

    with pytest.raises(ValueError, match="what its ids stand for"):
        shown_of(replace(make_result(), classes=None))


def test_pictures_are_opaque(show_view: ShowView) -> None:
    for view in View:
        image = seen(show_view(look=replace(LOOK, view=view)))
        assert image.convertToFormat(QImage.Format.Format_ARGB32).pixelColor(320, 180).alpha() == 255
