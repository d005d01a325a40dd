"""The palettes: told apart by everybody."""

from __future__ import annotations

import pytest
from tests.app.gui.classes.vision import DEUTERANOPIA, NORMAL, PROTANOPIA, Matrix, ciede2000, lab, least_difference

from bisenet.classes import load_classes
from bisenet_viewer.gui.classes.palettes import NAMES, OWN, SAFE, colors_of, name_of, palette

VISIONS = {"normal": NORMAL, "no red cones": PROTANOPIA, "no green cones": DEUTERANOPIA}
STREET = load_classes("camvid11")
CAMVID = STREET.palette


@pytest.mark.parametrize("vision", VISIONS.values(), ids=VISIONS.keys())
def test_the_classes_of_a_street_are_told_apart(vision: Matrix) -> None:
    assert least_difference(palette(SAFE, STREET), vision) > 17


@pytest.mark.parametrize("vision", VISIONS.values(), ids=VISIONS.keys())
def test_twenty_classes_are_still_told_apart(vision: Matrix) -> None:
    assert least_difference(palette(SAFE, load_classes("cityscapes19")), vision) > 9


def test_the_own_colours_are_not_which_is_why_there_is_another_palette() -> None:
    assert min(least_difference(CAMVID, vision) for vision in VISIONS.values()) < 9


def test_every_class_of_a_large_set_has_a_colour_of_its_own() -> None:
    colors = palette(SAFE, load_classes("cocostuff171"))
    assert len(set(colors)) == len(colors) == 171
    assert len(set(colors_of(SAFE, [(0, 0, 0)] * 256))) == 256
    assert least_difference(colors[:40]) > 2


def test_a_palette_is_known_again() -> None:
    for name in NAMES:
        assert name_of(palette(name, STREET), CAMVID) == name
    assert palette(OWN, STREET) == CAMVID
    assert name_of(((1, 2, 3), *CAMVID[1:]), CAMVID) is None


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of own, colour-blind-safe"):
        palette("rainbow", STREET)


@pytest.mark.parametrize(
    ("first", "second", "difference"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_differences_are_those_of_the_published_table(
    first: tuple[float, float, float], second: tuple[float, float, float], difference: float
) -> None:
    assert ciede2000(first, second) == pytest.approx(difference, abs=1e-4)
    assert lab((255, 255, 255)) == pytest.approx((100, 0, 0), abs=0.02)
