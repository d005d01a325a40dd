"""The icons: all there, sharp at every size, in the colours of the moment."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QIcon, QImage
from PyQt6.QtWidgets import QApplication

from bisenet_viewer.gui.common.app_icon import SIZES, app_icon
from bisenet_viewer.gui.common.icon_path import path_of
from bisenet_viewer.gui.common.icon_shapes import SHAPES
from bisenet_viewer.gui.common.icons import icon, pixmap
from bisenet_viewer.gui.common.theme import DARK, LIGHT, apply_theme

pytestmark = pytest.mark.usefixtures("qapp")


def inked(image: QImage) -> list[tuple[int, int]]:
    """The pixels that are painted at all."""
    return [(x, y) for y in range(image.height()) for x in range(image.width()) if image.pixelColor(x, y).alpha() > 40]


@pytest.mark.parametrize("name", sorted(SHAPES))
@pytest.mark.parametrize("size", [16, 40])
def test_every_icon_is_drawn_and_cut_off_nowhere(name: str, size: int) -> None:
    pixels = inked(pixmap(name, size).toImage())
    assert len(pixels) > size
    edge = [at for at in pixels if min(at) == 0 or max(at) == size - 1]
    assert edge == []


def test_no_two_icons_are_alike() -> None:
    pictures = {name: frozenset(inked(pixmap(name, 20).toImage())) for name in SHAPES}
    assert len(set(pictures.values())) == len(SHAPES)


def test_an_icon_has_the_colour_of_the_theme_that_is_on(qapp: QApplication) -> None:
    stop = icon("stop", "muted", on="accent")
    seen = []
    for theme in (DARK, LIGHT):
        apply_theme(qapp, theme)
        off, on, disabled = (
            stop.pixmap(QSize(24, 24), mode, state).toImage().pixelColor(12, 12)
            for mode, state in (
                (QIcon.Mode.Normal, QIcon.State.Off),
                (QIcon.Mode.Normal, QIcon.State.On),
                (QIcon.Mode.Disabled, QIcon.State.Off),
            )
        )
        assert (off, on, disabled) == (theme.muted, theme.accent, theme.faint)
        seen.append(off)
    apply_theme(qapp, DARK)
    assert seen[0] != seen[1]


def test_an_unknown_name_is_told_where_it_is_written() -> None:
    with pytest.raises(KeyError, match="no-such-icon"):
        icon("no-such-icon")


def test_a_dense_screen_gets_more_pixels() -> None:
    made = pixmap("eye", 20, ratio=1.5)
    assert (made.width(), made.deviceIndependentSize().width()) == (30, 20)


def test_the_program_icon_tells_its_sizes() -> None:
    made = app_icon()
    assert sorted(size.width() for size in made.availableSizes()) == sorted(SIZES)
    large = made.pixmap(256, 256).toImage()
    assert large.pixelColor(0, 0).alpha() == 0
    assert len({large.pixelColor(x, y).name() for x, y in ((128, 20), (40, 100), (128, 240), (14, 180))}) == 4


@pytest.mark.parametrize(
    ("text", "message"), [("M1 2 X3", "expected one of M L"), ("M1", "expected 2 numbers after M"), ("C1 2 3", "6")]
)
def test_a_path_with_a_mistake_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        path_of(text)


def test_a_path_goes_where_it_is_told() -> None:
    square = path_of("M2 2 H6 V6 L2 6 Z")
    assert square.boundingRect().getRect() == (2, 2, 4, 4)
    assert path_of("O12 12 8").boundingRect().getRect() == (4, 4, 16, 16)
    half = path_of("A0 0 10 10 90 -180").boundingRect()
    assert (round(half.left(), 3), round(half.right(), 3)) == (5, 10)
