"""What is saved is what is seen, at the frame's own size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication
from tests.app.gui.picture.conftest import (
    CAR,
    CLASSES,
    LOOK,
    ROAD,
    SKY,
    STYLE,
    ShowView,
    compared_with,
    make_shown,
    pixels_of,
    seen,
)

from bisenet_viewer.gui.picture.rendering import rendered
from bisenet_viewer.gui.picture.shown import Shown
from bisenet_viewer.gui.state import Fit, View
from bisenet_viewer.overlay import render

RANDOM = np.random.default_rng(5)


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    """Words need fonts, and fonts an application."""


def noisy_shown(width: int = 160, height: int = 90, **more: object) -> Shown:
    labels = np.repeat(np.repeat(RANDOM.integers(0, 4, (-(-height // 10), -(-width // 10)), np.uint8), 10, 0), 10, 1)
    labels[labels == 3] = 255
    rgb = RANDOM.integers(0, 256, (height, width, 3), np.uint8)
    return make_shown(np.ascontiguousarray(labels[:height, :width]), rgb, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(160, 90), (161, 91), (1920, 1080)])
@pytest.mark.parametrize("opacity", [0.0, 0.3, 0.5, 1.0])
def test_the_overlay_is_that_of_the_other_renderer(size: tuple[int, int], opacity: float) -> None:
    shown, style = noisy_shown(*size), replace(STYLE, visible=frozenset({SKY, CAR}), opacity=opacity)
    picture = pixels_of(rendered(shown, replace(LOOK, style=style)))
    wanted = render(shown.rgb, shown.labels, style)
    assert picture.shape == wanted.shape
    assert np.abs(picture.astype(int) - wanted).max() <= 2


def test_the_mask_is_that_of_the_other_renderer() -> None:
    shown = noisy_shown()
    style = replace(STYLE, visible=frozenset({ROAD}))
    picture = pixels_of(rendered(shown, replace(LOOK, view=View.MASK, style=style)))
    assert (picture == render(np.zeros_like(shown.rgb), shown.labels, replace(style, opacity=1.0))).all()


def test_side_by_side_is_twice_as_wide() -> None:
    shown = noisy_shown()
    picture = pixels_of(rendered(shown, replace(LOOK, view=View.SIDE_BY_SIDE)))
    assert picture.shape == (90, 320, 3)
    assert (picture[:, :160] == shown.rgb).all()
    assert (picture[:, 160:] == pixels_of(rendered(shown, LOOK))).all()


def test_a_wipe_has_both_sides() -> None:
    shown = noisy_shown(640, 360, compared=None)
    picture = pixels_of(rendered(shown, replace(LOOK, view=View.WIPE, wipe=0.25)))
    assert (picture[:300, :155] == shown.rgb[:300, :155]).all()
    assert (picture[:300, 165:] == pixels_of(rendered(shown, LOOK))[:300, 165:]).all()
    assert (picture[:, 160] == 255).all()
    compared = compared_with(CLASSES, CAR)
    picture = pixels_of(rendered(make_shown(compared=compared), replace(LOOK, view=View.WIPE), STYLE))
    solid = pixels_of(rendered(make_shown(compared.labels), LOOK))
    assert (picture[:40, :70] == solid[:40, :70]).all()


def test_original_and_an_absent_style_are_the_frame() -> None:
    shown = noisy_shown()
    assert (pixels_of(rendered(shown, replace(LOOK, view=View.ORIGINAL))) == shown.rgb).all()
    assert (pixels_of(rendered(shown, replace(LOOK, style=None))) == shown.rgb).all()
    assert (pixels_of(rendered(shown, replace(LOOK, view=View.CONFIDENCE))) == shown.rgb).all()


@pytest.mark.parametrize("view", list(View))
def test_it_is_what_the_view_shows_pixel_for_pixel(show_view: ShowView, view: View) -> None:
    shown = noisy_shown(640, 360, confidence=RANDOM.integers(0, 256, (360, 640), np.uint8))
    look = replace(LOOK, view=view, fit=Fit.ACTUAL, hatched=True, legend=True)
    widget = show_view(shown, look, (1282, 360) if view is View.SIDE_BY_SIDE else (640, 360))
    widget.wipe_handle.hide()
    on_screen, saved = pixels_of(seen(widget)), pixels_of(rendered(shown, look))
    if view is View.SIDE_BY_SIDE:
        on_screen = np.delete(on_screen, [640, 641], axis=1)
    assert (on_screen == saved).all()


def test_an_older_result_can_still_be_saved(show_view: ShowView) -> None:
    older, newer = noisy_shown(), noisy_shown()
    view = show_view(older, LOOK)
    seen(view)
    first = pixels_of(rendered(older, LOOK)).copy()
    view.show_result(newer)
    seen(view)
    assert (pixels_of(rendered(older, LOOK)) == first).all()
