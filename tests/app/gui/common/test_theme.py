"""The colours can be read, and every part of the window follows the theme at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from itertools import product
from typing import cast

import pytest
from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QStyleHints
from PyQt6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bisenet_viewer.gui.common.contrast import Rgb, contrast, luminance, mixed, seen_on
from bisenet_viewer.gui.common.icon_label import IconLabel
from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.common.jump_slider import JumpSlider
from bisenet_viewer.gui.common.theme import DARK, LIGHT, Colors, apply_theme, colors
from bisenet_viewer.gui.common.theme_follower import ThemeChoice, ThemeFollower

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
GROUNDS = ("backdrop", "surface", "raised", "field")
INKS = ("text", "muted", "accent", "warning", "danger", "good")


@pytest.fixture(autouse=True)
def dark_again(qapp: QApplication) -> Iterator[None]:
    yield
    apply_theme(qapp, DARK)


def rgb(color: QColor) -> Rgb:
    return color.red(), color.green(), color.blue()


@THEMES
@pytest.mark.parametrize(("ground", "ink"), list(product(GROUNDS, INKS)))
def test_text_can_be_read(theme: Colors, ground: str, ink: str) -> None:
    assert contrast(rgb(getattr(theme, ground)), rgb(getattr(theme, ink))) >= 4.5


@THEMES
def test_what_stands_on_the_accent_can_be_read(theme: Colors) -> None:
    assert contrast(rgb(theme.accent), rgb(theme.on_accent)) >= 4.5


@THEMES
@pytest.mark.parametrize("ground", ["surface", "field"])
def test_controls_are_seen(theme: Colors, ground: str) -> None:
    for part in ("edge", "accent"):
        assert contrast(rgb(getattr(theme, ground)), rgb(getattr(theme, part))) >= 3
    assert contrast(rgb(getattr(theme, ground)), rgb(theme.faint)) >= 2.4


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((9, 9, 9), (9, 9, 9)) == 1
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    assert luminance((255, 0, 0)) == pytest.approx(0.2126)
    assert mixed((0, 100, 200), (200, 100, 0), 0.25) == (50, 100, 150)


@pytest.mark.parametrize("ground", [(23, 25, 30), (250, 251, 252)])
@pytest.mark.parametrize("color", [(64, 0, 128), (64, 64, 0), (192, 192, 128), (255, 255, 255), (0, 0, 0)])
def test_every_colour_is_made_to_be_seen(ground: Rgb, color: Rgb) -> None:
    assert contrast(ground, seen_on(ground, color)) >= 1.7
    if contrast(ground, color) >= 1.7:
        assert seen_on(ground, color) == color


def test_a_theme_changes_what_is_on_the_screen_at_once(qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp, DARK)
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    button = QToolButton()
    button.setIcon(icon("stop"))
    parts: list[QWidget] = [button, IconLabel("stop", 24, "text"), JumpSlider(), QLineEdit("x"), QPushButton("x")]
    parts += [QLabel("words"), QCheckBox("words"), QComboBox(), QSpinBox()]
    for part in parts:
        layout.addWidget(part)
    window.show()
    dark = [shades(part) for part in parts]
    assert all(max(shade) - min(shade) > 20 for shade in dark)
    apply_theme(qapp, LIGHT)
    light = [shades(part) for part in parts]
    for part, before, after in zip(parts, dark, light, strict=True):
        assert mean(after) > mean(before) + 40, part
    assert colors() is LIGHT


def shades(widget: QWidget) -> list[int]:
    """The brightness of the pixels of a widget with what lies behind it."""
    image: QImage = widget.window().grab(widget.geometry()).toImage()  # type: ignore[union-attr]
    places = product(range(image.width()), range(image.height()))
    return [image.pixelColor(x, y).lightness() for x, y in places]


def mean(shade: list[int]) -> float:
    return sum(shade) / len(shade)


class Hints(QObject):
    """A desktop that changes its mind."""

    colorSchemeChanged = pyqtSignal(Qt.ColorScheme)  # noqa: N815  Qt's own name

    def __init__(self) -> None:
        super().__init__()
        self.scheme = Qt.ColorScheme.Unknown

    def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802  Qt's own name
        return self.scheme

    def become(self, scheme: Qt.ColorScheme) -> None:
        self.scheme = scheme
        self.colorSchemeChanged.emit(scheme)


def test_the_system_is_followed_until_a_theme_is_chosen(qtbot: QtBot, qapp: QApplication) -> None:
    hints = Hints()
    follower = ThemeFollower(qapp, hints=cast(QStyleHints, hints))
    assert (colors(), follower.choice) == (DARK, ThemeChoice.SYSTEM)
    with qtbot.waitSignal(follower.changed):
        hints.become(Qt.ColorScheme.Light)
    assert colors() is LIGHT
    follower.choose(ThemeChoice.DARK)
    assert colors() is DARK
    with qtbot.assertNotEmitted(follower.changed):
        hints.become(Qt.ColorScheme.Dark)
        hints.become(Qt.ColorScheme.Light)
    assert colors() is DARK
    follower.choose(ThemeChoice.SYSTEM)
    assert colors() is LIGHT
    follower.deleteLater()


@pytest.mark.parametrize(("choice", "theme"), [("dark", DARK), ("light", LIGHT), ("system", DARK)])
def test_a_choice_from_the_settings_is_on_from_the_start(qapp: QApplication, choice: str, theme: Colors) -> None:
    follower = ThemeFollower(qapp, ThemeChoice(choice), hints=cast(QStyleHints, Hints()))
    assert colors() is theme
    follower.deleteLater()


def test_the_themes_have_all_colours() -> None:
    for field in fields(Colors):
        assert getattr(DARK, field.name) != getattr(LIGHT, field.name), field.name
