"""The card of statistics and the strip, as people use them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bisenet_viewer.gui.common.theme import DARK, LIGHT, apply_theme, colors
from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.numbers.snapshot import Snapshot
from bisenet_viewer.gui.numbers.stage_chart import paint_chart, scale_top, stage_color
from bisenet_viewer.gui.numbers.stage_times import Spread
from bisenet_viewer.gui.numbers.stats_panel import StatsPanel
from bisenet_viewer.gui.numbers.status_strip import Figures, StatusStrip

SLOW = Snapshot(
    stages={"network": Spread(84, 90), "post": Spread(5, 6)},
    columns=({"network": 84.0, "post": 5.0},) * 50,
    age=Spread(97, 120),
    capture_fps=30,
    inference_fps=11,
    display_fps=11,
    nominal_fps=30,
    stream="a very long name of a recording that nobody can read at this width.mp4",
    size=(1280, 720),
)


@pytest.fixture
def parent(qtbot: QtBot, qapp: QApplication) -> Iterator[QWidget]:
    apply_theme(qapp)
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(700, 520)
    with qtbot.waitExposed(widget):
        widget.show()
    yield widget
    apply_theme(qapp)


def test_the_card_shows_the_figures_and_says_what_helps(parent: QWidget) -> None:
    panel = StatsPanel(parent)
    panel.show()
    panel.show_snapshot(SLOW)
    assert panel.text_of("Network") == ("84", "90")
    assert panel.text_of("End to end") == ("97", "120")
    assert panel.text_of("Decode") == ("–", "–")
    assert panel.advice_text.startswith("The network takes 84 of 89 ms")
    assert panel.accessibleDescription() == panel.advice_text


def test_the_advice_can_be_followed_with_a_click(parent: QWidget, qtbot: QtBot) -> None:
    panel = StatsPanel(parent)
    panel.show()
    panel.show_snapshot(SLOW)
    with qtbot.waitSignal(panel.action_wanted) as asked:
        qtbot.mouseClick(panel.action_button, Qt.MouseButton.LeftButton)
    assert asked.args == [Action.MODEL]
    panel.show_snapshot(replace(SLOW, inference_fps=30, display_fps=30))
    assert not panel.action_button.isVisible()


def test_the_card_closes_with_its_button(parent: QWidget, qtbot: QtBot) -> None:
    panel = StatsPanel(parent)
    panel.show()
    with qtbot.waitSignal(panel.closed):
        qtbot.mouseClick(panel.close_button, Qt.MouseButton.LeftButton)
    assert not panel.isVisible()


@pytest.mark.parametrize(("width", "height"), [(320, 180), (648, 470), (1028, 600)])
def test_the_card_stays_inside_the_video(parent: QWidget, width: int, height: int) -> None:
    panel = StatsPanel(parent)
    panel.show()
    panel.show_snapshot(SLOW)
    parent.resize(width, height)
    assert parent.rect().contains(panel.geometry())
    assert panel.rect().contains(panel.close_button.geometry())


def test_the_video_beneath_shines_through_and_costs_no_new_drawing(
    parent: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = StatsPanel(parent)
    panel.show()
    panel.show_snapshot(SLOW)
    drawn: list[int] = []
    draw = StatsPanel._draw
    monkeypatch.setattr(StatsPanel, "_draw", lambda self, painter: (drawn.append(1), draw(self, painter)))
    first = parent.grab().toImage()
    second = parent.grab().toImage()
    assert len(drawn) <= 1
    assert first == second
    panel.show_snapshot(replace(SLOW, display_fps=10))
    assert parent.grab().toImage() != first


def test_the_card_follows_the_theme(parent: QWidget, qapp: QApplication) -> None:
    panel = StatsPanel(parent)
    panel.show()
    panel.show_snapshot(SLOW)
    spot = QPoint(40, 26)
    apply_theme(qapp, DARK)
    dark = panel.grab().toImage().pixelColor(spot).lightness()
    apply_theme(qapp, LIGHT)
    assert panel.grab().toImage().pixelColor(spot).lightness() > dark + 100


@pytest.mark.parametrize(
    ("ms", "top"), [(0, 1), (0.9, 1), (1.2, 1.5), (9, 10), (48, 60), (61, 80), (100, 100), (101, 150)]
)
def test_the_scale_ends_at_a_round_number(ms: float, top: float) -> None:
    assert scale_top(ms) == pytest.approx(top)


def test_columns_are_as_high_as_their_stages(qapp: QApplication) -> None:
    apply_theme(qapp)
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    image.fill(QColor(0, 0, 0))
    painter = QPainter(image)
    paint_chart(painter, QRectF(0, 20, 100, 80), [{}, {"network": 50.0, "post": 50.0}])
    painter.end()
    assert image.pixelColor(70, 90) == colors().accent
    assert image.pixelColor(70, 40).name() == stage_color("post").name()
    assert image.pixelColor(20, 90) == QColor(0, 0, 0)


def test_stages_can_be_told_apart_in_both_themes(qapp: QApplication) -> None:
    for theme in (DARK, LIGHT):
        apply_theme(qapp, theme)
        shades = [stage_color(stage) for stage in ("decode", "pre", "network", "post", "display", "other")]
        assert len({shade.name() for shade in shades}) == 6
        assert all(abs(shade.lightness() - colors().surface.lightness()) > 60 for shade in shades)
    apply_theme(qapp)


def strip_of(qtbot: QtBot, width: int) -> StatusStrip:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.set_input("a long dashcam recording of 2024.mp4 · 1920×1080 · 29.97 fps")
    strip.set_model("street-r18 · torch · cuda:0 (NVIDIA GeForce RTX 3060) · f16", "why it is this one")
    strip.set_figures(Figures(30, 22.4, 22.4, 0.12, {"inference busy": 1120, "display busy": 3, "capture busy": 20}))
    strip.resize(width, strip.sizeHint().height())
    with qtbot.waitExposed(strip):
        strip.show()
    return strip


def test_a_click_on_the_model_asks_for_another(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, 1280)
    with qtbot.waitSignal(strip.model_wanted):
        qtbot.mouseClick(strip.model_label, Qt.MouseButton.LeftButton)
    strip.model_label.setFocus()
    with qtbot.waitSignal(strip.model_wanted):
        qtbot.keyClick(strip.model_label, Qt.Key.Key_Space)
    assert "why it is this one" in strip.model_label.toolTip()
    assert "(M)" in strip.model_label.toolTip()
    assert strip.model_label.accessibleName().startswith("Model: street-r18")


@pytest.mark.parametrize("width", [900, 1280])
def test_the_strip_fits_and_no_figure_is_cut(qtbot: QtBot, width: int) -> None:
    strip = strip_of(qtbot, width)
    assert strip.width() == width
    for name in ("Capture", "Inference", "Display", "Latency"):
        value = strip._values[name]
        assert value.width() >= value.fontMetrics().horizontalAdvance(value.text()), name
    for part in (strip.input_label, strip.model_label, strip._values["Dropped"]):
        assert part.width() >= 60
        assert strip.rect().contains(part.geometry())


def test_the_tooltip_of_the_dropped_has_all_causes(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, 900)
    assert strip.text_of("Dropped") == "1120 inference busy, 3 display busy, 20 capture busy"
    assert strip._values["Dropped"].toolTip().startswith(strip.text_of("Dropped"))
