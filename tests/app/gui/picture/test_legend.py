"""The names of the classes: where they are, that they stay there, and that they can be read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtGui import QImage, QPainter
from tests.app.gui.picture.conftest import (
    CAR,
    CLASSES,
    LOOK,
    ROAD,
    SKY,
    STYLE,
    ShowView,
    make_shown,
    pixels_of,
    rgb_at,
    seen,
)

from bisenet_viewer.gui.picture.geometry import Box, Cut
from bisenet_viewer.gui.picture.layers.legend import paint_names
from bisenet_viewer.gui.picture.layers.legend_places import LegendPlaces, Place
from bisenet_viewer.gui.picture.layers.plate import Plate
from bisenet_viewer.gui.picture.viewport import Viewport

WHOLE = Cut.whole(640, 360)
EVERY = frozenset(range(3))


def street(shift: int = 0) -> NDArray[np.uint8]:
    """(360, 640): sky above road, a large car and a small one."""
    labels = np.full((360, 640), SKY, np.uint8)
    labels[200:] = ROAD
    labels[150:280, 100 + shift : 300 + shift] = CAR
    labels[190:230, 500:540] = CAR
    return labels


def test_names_are_well_inside_the_largest_region_of_their_class() -> None:
    places = {place.class_id: place for place in LegendPlaces().of(street(), WHOLE, EVERY)}
    assert set(places) == {SKY, ROAD, CAR}
    for place in places.values():
        around = street()[int(place.y) - 30 : int(place.y) + 30, int(place.x) - 30 : int(place.x) + 30]
        assert around.shape == (60, 60)
        assert (around == place.class_id).all()
    assert 100 < places[CAR].x < 300


def test_a_ring_is_named_on_the_ring() -> None:
    y, x = np.mgrid[:360, :640]
    ring = np.where(np.abs(np.hypot(y - 180, x - 320) - 130) < 30, CAR, SKY).astype(np.uint8)
    place = next(place for place in LegendPlaces().of(ring, WHOLE, {CAR}))
    assert ring[int(place.y), int(place.x)] == CAR


def test_the_largest_comes_first_and_hidden_and_tiny_ones_do_not() -> None:
    assert [place.class_id for place in LegendPlaces().of(street(), WHOLE, EVERY)] == [SKY, ROAD, CAR]
    assert [place.class_id for place in LegendPlaces().of(street(), WHOLE, {ROAD})] == [ROAD]
    speck = np.full((360, 640), SKY, np.uint8)
    speck[100:110, 100:110] = CAR
    speck[:, 300] = ROAD
    assert [place.class_id for place in LegendPlaces().of(speck, WHOLE, EVERY)] == [SKY]


def test_a_name_stays_while_its_region_moves_a_little() -> None:
    places = LegendPlaces()
    first = {place.class_id: place for place in places.of(street(), WHOLE, EVERY)}
    for shift in (4, 8, 12, 16):
        later = {place.class_id: place for place in places.of(street(shift), WHOLE, EVERY)}
        for class_id, place in later.items():
            assert abs(place.x - first[class_id].x) < 0.01
            assert abs(place.y - first[class_id].y) < 0.01
    far = {place.class_id: place for place in places.of(street(150), WHOLE, EVERY)}
    assert far[CAR].x > first[CAR].x + 50
    places.forget()
    assert {p.class_id: p for p in places.of(street(), WHOLE, EVERY)} == first


def test_zoomed_in_the_names_go_where_their_class_is_seen() -> None:
    placement = Viewport((640, 360), (640, 360), zoom=4.0, center=(0.3, 0.6)).placement
    left, top = placement.cut.part.left // 4, placement.cut.part.top // 4
    part = np.repeat(np.repeat(street()[top : top + 90, left : left + 160], 4, 0), 4, 1)
    for place in LegendPlaces().of(part, placement.cut, EVERY):
        assert part[int(place.y), int(place.x)] == place.class_id


def plates(places: list[Place]) -> NDArray[np.bool_]:
    """(200, 300): where something is painted over white."""
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    paint_names(painter, Box(0, 0, 300, 200), places, CLASSES, STYLE, 1.0)
    painter.end()
    painted: NDArray[np.bool_] = pixels_of(image).min(axis=2) < 250
    return painted


@pytest.mark.usefixtures("qapp")
def test_names_do_not_cover_each_other_and_stay_in_the_picture() -> None:
    alone = [plates([Place(class_id, 150, 100)]).sum() for class_id in range(3)]
    all_there = plates([Place(class_id, 150, 100 + class_id) for class_id in range(3)])
    assert all_there.sum() == sum(alone)
    corner = plates([Place(SKY, 1, 1)])
    assert corner.sum() == alone[SKY]
    width, height = Plate("sky", 1.0, (1, 2, 3)).size.width(), Plate("sky", 1.0, (1, 2, 3)).size.height()
    assert corner[: int(height) + 3, : int(width) + 3].sum() == alone[SKY]
    # What finds no room beside the others stays away.
    crowd = plates([Place(class_id % 3, 150, 100) for class_id in range(12)])
    assert crowd.sum() == plates([Place(class_id, 150, 100) for class_id in range(3)]).sum()


def test_the_view_writes_names_of_visible_classes(show_view: ShowView) -> None:
    shown = make_shown(street())
    view = show_view(shown, replace(LOOK, legend=True))
    names = {place.class_id: place for place in LegendPlaces().of(street(), WHOLE, EVERY)}

    def has_plate(class_id: int) -> bool:
        image, place = seen(view), names[class_id]
        return len({rgb_at(image, place.x + x, place.y) for x in range(-12, 12)}) > 3

    assert all(has_plate(class_id) for class_id in names)
    view.set_look(replace(LOOK, legend=True, solo=CAR))
    assert [class_id for class_id in names if has_plate(class_id)] == [CAR]
    view.set_look(LOOK)
    assert not any(has_plate(class_id) for class_id in names)
