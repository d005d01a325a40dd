"""The overlay: exact to a grey level, and nothing touched where nothing is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bisenet.classes import ClassSet, load_classes
from bisenet_viewer.overlay import OverlayStyle, blend_table, class_shares, color_table, render

CLASSES = ClassSet("four", ("a", "b", "c", "d"), ((255, 0, 10), (0, 255, 200), (1, 2, 3), (90, 120, 250)))
STYLE = OverlayStyle.of(CLASSES)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def blended(rgb, labels, style):
    """The formula, in floats, pixel by pixel."""
    expected = rgb.astype(np.float64)
    for class_id in style.visible:
        where = labels == class_id
        expected[where] = (1 - style.opacity) * expected[where] + style.opacity * np.array(style.colors[class_id])
    return expected


@pytest.mark.parametrize("opacity", [0.0, 0.01, 0.3, 0.5, 0.77, 1.0])
@pytest.mark.parametrize("visible", [frozenset(range(4)), frozenset({1, 3}), frozenset()])
@pytest.mark.parametrize("size", [(1, 1), (37, 53), (64, 48)])
def test_every_pixel_is_within_a_grey_level_of_the_formula(rng, opacity, visible, size):
    rgb = rng.integers(0, 256, (*size, 3), np.uint8)
    labels = rng.choice(np.array([0, 1, 2, 3, 4, 200, 255], np.uint8), size)
    style = OverlayStyle(CLASSES.palette, visible, opacity)
    drawn = render(rgb, labels, style)
    assert drawn.dtype == np.uint8
    assert drawn.shape == rgb.shape
    assert np.abs(drawn - blended(rgb, labels, style)).max() <= 0.5 + 1e-4
    hidden = ~np.isin(labels, list(visible))
    assert np.array_equal(drawn[hidden], rgb[hidden])


def test_every_grey_level_under_every_opacity_of_the_slider():
    rgb = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(1, 256, 3)
    labels = np.full((1, 256), 1, np.uint8)
    for percent in range(101):
        style = replace(STYLE, opacity=percent / 100)
        assert np.abs(render(rgb, labels, style) - blended(rgb, labels, style)).max() <= 0.5 + 1e-4


@pytest.mark.parametrize("opacity", [0.0, 0.003, 0.1, 0.37, 0.5, 0.77, 0.998, 1.0])
def test_the_table_for_engines_draws_the_same_to_within_a_level(rng, opacity):
    rgb = rng.integers(0, 256, (64, 96, 3), np.uint8)
    labels = rng.choice(np.array([0, 1, 2, 3, 4, 200, 255], np.uint8), (64, 96))
    style = OverlayStyle(CLASSES.palette, frozenset({0, 1, 3}), opacity)
    rgba = np.frombuffer(blend_table(style).rgba, np.uint8).reshape(256, 4)[labels].astype(np.float64)
    alpha = rgba[..., 3:] / 255
    drawn = np.rint(rgb * (1 - alpha) + rgba[..., :3] * alpha)
    assert np.abs(drawn - render(rgb, labels, style)).max() <= 1
    hidden = ~np.isin(labels, [0, 1, 3])
    assert np.array_equal(drawn[hidden], rgb[hidden])


def test_the_table_tells_styles_apart():
    assert blend_table(STYLE) == blend_table(replace(STYLE))
    assert blend_table(STYLE) != blend_table(replace(STYLE, opacity=0.2))
    assert blend_table(STYLE) != blend_table(replace(STYLE, visible=frozenset({1})))


def test_colours_are_rgb():
    red = OverlayStyle(((255, 0, 0),), frozenset({0}), 1.0)
    drawn = render(np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.uint8), red)
    assert drawn.tolist() == [[[255, 0, 0]] * 2] * 2


def test_the_inputs_stay_and_the_output_is_new(rng):
    rgb = rng.integers(0, 256, (8, 8, 3), np.uint8)
    labels = np.full((8, 8), 255, np.uint8)
    before = rgb.copy(), labels.copy()
    drawn = render(rgb, labels, STYLE)
    drawn[:] = 0
    assert np.array_equal(rgb, before[0])
    assert np.array_equal(labels, before[1])


def test_arrays_may_be_read_only_and_strided(rng):
    rgb = rng.integers(0, 256, (20, 30, 3), np.uint8)
    labels = rng.integers(0, 5, (20, 30), np.uint8)
    expected = render(np.ascontiguousarray(rgb[::2, ::3]), np.ascontiguousarray(labels[::2, ::3]), STYLE)
    rgb.flags.writeable = labels.flags.writeable = False
    assert np.array_equal(render(rgb[::2, ::3], labels[::2, ::3], STYLE), expected)


@pytest.mark.parametrize("opacity", [1e-6, 0.123456, 0.5, 0.87654321, 1 - 1e-6])
def test_objects_and_their_borders_are_drawn_alike(rng, opacity):
    """Within an object pixels are drawn many at a time, at borders one by one."""
    rgb = rng.integers(0, 256, (45, 333, 3), np.uint8)
    labels = np.repeat(rng.integers(0, 5, (45, 9), np.uint8), 37, axis=1)
    style = OverlayStyle(CLASSES.palette, frozenset({0, 1, 3}), opacity)
    drawn = render(rgb, labels, style)
    assert np.abs(drawn - blended(rgb, labels, style)).max() <= 0.504
    assert np.array_equal(drawn[labels == 2], rgb[labels == 2])
    for y in range(0, 45, 7):
        for x in range(0, 333, 5):
            assert np.array_equal(
                render(rgb[y : y + 1, x : x + 1], labels[y : y + 1, x : x + 1], style)[0, 0], drawn[y, x]
            )


def test_a_given_array_is_drawn_into(rng):
    rgb = rng.integers(0, 256, (20, 30, 3), np.uint8)
    labels = rng.integers(0, 5, (20, 30), np.uint8)
    expected = render(rgb, labels, STYLE)
    out = np.zeros_like(rgb)
    assert render(rgb, labels, STYLE, out=out) is out
    assert np.array_equal(out, expected)
    assert render(rgb, labels, STYLE, out=rgb) is rgb
    assert np.array_equal(rgb, expected)


def test_a_given_array_of_another_kind_is_refused():
    rgb = np.zeros((4, 6, 3), np.uint8)
    labels = np.zeros((4, 6), np.uint8)
    frozen = np.zeros((4, 6, 3), np.uint8)
    frozen.flags.writeable = False
    for out in (np.zeros((6, 4, 3), np.uint8), np.zeros((4, 6, 3)), np.zeros((4, 12, 3), np.uint8)[:, ::2], frozen):
        with pytest.raises(ValueError, match=r"expected out \(4, 6, 3\) uint8, contiguous and writeable, got"):
            render(rgb, labels, STYLE, out=out)


def test_a_new_style_is_drawn_at_once(rng):
    rgb = rng.integers(0, 256, (8, 40, 3), np.uint8)
    labels = np.full((8, 40), 1, np.uint8)
    for visible in (frozenset({1}), frozenset(), frozenset({0, 1})):
        style = replace(STYLE, visible=visible)
        assert np.abs(render(rgb, labels, style) - blended(rgb, labels, style)).max() <= 0.5 + 1e-4


def test_labels_of_another_size_or_type_are_refused():
    rgb = np.zeros((4, 6, 3), np.uint8)
    for labels in (np.zeros((6, 4), np.uint8), np.zeros((4, 6), np.int64), np.zeros((4, 6, 1), np.uint8)):
        with pytest.raises(ValueError, match=r"expected \(4, 6\) uint8, got"):
            render(rgb, labels, STYLE)
    with pytest.raises(ValueError, match=r"expected \(height, width, 3\) uint8"):
        render(rgb[..., :2], np.zeros((4, 6), np.uint8), STYLE)


def test_the_colour_table_is_clear_for_what_is_not_shown():
    table = color_table(replace(STYLE, visible=frozenset({1, 2}), opacity=0.4))
    assert table.dtype == np.uint8
    assert table.shape == (256, 4)
    assert table[1].tolist() == [0, 255, 200, 102]
    assert table[2].tolist() == [1, 2, 3, 102]
    assert np.flatnonzero(table.any(axis=1)).tolist() == [1, 2]


def test_the_default_style_shows_all_classes():
    classes = load_classes("camvid11")
    style = OverlayStyle.of(classes)
    assert style.visible == frozenset(range(len(classes)))
    assert style.colors == classes.palette
    assert style.opacity == 0.5


def test_equal_styles_are_one():
    assert hash(OverlayStyle.of(CLASSES)) == hash(STYLE)
    assert replace(STYLE, visible=STYLE.visible ^ {2}) != STYLE


@pytest.mark.parametrize(
    "change",
    [
        {"opacity": -0.1}, {"opacity": 1.1}, {"opacity": float("nan")},
        {"visible": frozenset({4})}, {"visible": frozenset({-1})}, {"visible": (True, False, True, True)},
        {"colors": ()}, {"colors": ((0, 0, 0),) * 257}, {"colors": ((0, 0, 256),) * 4}, {"colors": ((0, 0),) * 4},
    ],
)  # fmt: skip
def test_nonsense_is_refused(change):
    with pytest.raises(ValueError, match=r"expected|visible|colours"):
        replace(STYLE, **change)


def test_shares_are_parts_of_the_whole_picture():
    labels = np.array([[0, 0, 1, 255], [0, 3, 1, 255]], np.uint8)
    assert class_shares(labels, 4).tolist() == [3 / 8, 2 / 8, 0.0, 1 / 8]


def test_shares_agree_with_counting(rng):
    labels = rng.integers(0, 256, (120, 161), np.uint8)
    expected = np.bincount(labels[::3].ravel(), minlength=256) / labels[::3].size
    assert np.array_equal(class_shares(labels[::3], 256), expected)


@pytest.mark.parametrize("labels", [np.zeros((4, 4), np.int32), np.zeros(4, np.uint8), np.zeros((0, 4), np.uint8)])
def test_shares_of_something_else_are_refused(labels):
    with pytest.raises(ValueError, match="expected"):
        class_shares(labels, 3)
