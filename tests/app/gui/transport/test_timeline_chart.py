"""The pixels: right where they are drawn at once, and the same where they came bit by bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet_viewer.gui.transport.timeline_chart import ROLLING_S, ChartStyle, TimelineChart
from bisenet_viewer.gui.transport.timeline_paint import scale_for

RED, GREEN, BLUE, GREY = (200, 0, 0), (0, 200, 0), (0, 0, 200), (40, 40, 40)
STYLE = ChartStyle(colors=(RED, GREEN, BLUE), visible=(0, 1, 2), rest=GREY)
HEIGHT, WIDTH = 20, 100
NOTHING = (0, 0, 0, 0)


def chart_of(duration_s: float | None = 10.0, width: int = WIDTH) -> tuple[TimelineChart, NDArray[np.uint8]]:
    chart, pixels = TimelineChart(3), np.zeros((HEIGHT, width, 4), np.uint8)
    chart.set_span(0.0, duration_s)
    chart.draw_into(pixels)
    return chart, pixels


def rgba(pixels: NDArray[np.uint8], x: int, y: int) -> tuple[int, ...]:
    blue, green, red, alpha = pixels[y, x].tolist()
    return red, green, blue, alpha


def test_classes_are_stacked_from_the_bottom() -> None:
    chart, pixels = chart_of()
    chart.add(5.0, (0.5, 0.25, 0.1))
    chart.render(STYLE)
    column = [rgba(pixels, 50, y) for y in range(HEIGHT)]
    assert column == [(*GREY, 255)] * 3 + [(*BLUE, 255)] * 2 + [(*GREEN, 255)] * 5 + [(*RED, 255)] * 10
    assert rgba(pixels, 49, 10) == rgba(pixels, 51, 10) == NOTHING


def test_a_border_within_a_pixel_has_both_colours() -> None:
    chart, pixels = chart_of()
    chart.add(5.0, (0.525, 0.475, 0.0))
    chart.render(STYLE)
    assert rgba(pixels, 50, 9) == (100, 100, 0, 255)


def test_hidden_classes_leave_room() -> None:
    chart, pixels = chart_of()
    chart.add(5.0, (0.5, 0.25, 0.25))
    chart.render(replace(STYLE, visible=(1,)))
    assert [rgba(pixels, 50, y) for y in (14, 15)] == [(*GREY, 255), (*GREEN, 255)]
    chart.render(replace(STYLE, visible=()))
    assert rgba(pixels, 50, 19) == (*GREY, 255)


def test_a_chosen_class_is_a_curve_that_is_faint_below_its_line() -> None:
    chart, pixels = chart_of()
    chart.add(2.0, (0.1, 0.0, 0.0))
    chart.add(6.0, (0.4, 0.0, 0.0))
    chart.render(replace(STYLE, chosen=0, threshold=0.2, scale=0.5))
    assert [rgba(pixels, 60, y) for y in (3, 4)] == [(*GREY, 255), (*RED, 255)]
    red, green, _, alpha = rgba(pixels, 20, 17)
    assert (green < 40, 40 < red < 200, alpha) == (True, True, 255)
    assert rgba(pixels, 20, 15) == (*GREY, 255)


@pytest.mark.parametrize("style", [STYLE, replace(STYLE, chosen=1, threshold=0.3)], ids=["stack", "curve"])
@pytest.mark.parametrize("duration_s", [10.0, None], ids=["recording", "rolling"])
def test_what_came_bit_by_bit_is_as_if_drawn_at_once(style: ChartStyle, duration_s: float | None) -> None:
    random = np.random.default_rng(5)
    chart, pixels = chart_of(duration_s)
    times = random.uniform(0, 10, 400) if duration_s else np.cumsum(random.uniform(0, 1.2, 400))
    seen = []
    for count, time_s in enumerate(times.tolist()):
        seen.append((time_s, tuple(random.dirichlet((1, 2, 3)).tolist())))
        chart.add(*seen[-1])
        if count % 7 == 0 or count == 399:
            chart.render(style)
    whole, expected = chart_of(duration_s)
    for time_s, shares in seen:
        whole.add(time_s, shares)
    whole.render(style)
    assert (expected[..., 3] == 255).mean() > 0.5
    np.testing.assert_array_equal(pixels, expected)


def test_a_rolling_chart_ends_with_what_came_last() -> None:
    chart, pixels = chart_of(None, width=60)
    for second in range(200):
        chart.add(float(second), (1.0, 0.0, 0.0) if second < 190 else (0.0, 1.0, 0.0))
        chart.render(STYLE)
    assert rgba(pixels, 59, 10) == rgba(pixels, 50, 10) == (*GREEN, 255)
    assert rgba(pixels, 49, 10) == rgba(pixels, 0, 10) == (*RED, 255)
    assert chart.time_at(1.0) == 200.0
    assert chart.time_at(0.0) == 200.0 - ROLLING_S
    assert chart.shares_at(0.99) == (0.0, 1.0, 0.0)


def test_a_stream_without_an_end_takes_no_more_and_more_memory() -> None:
    chart, _ = chart_of(None)
    for count in range(20_000):
        chart.add(count / 60, (0.2, 0.3, 0.5))
    assert len(chart.timeline) < 9000


def test_the_clock_of_a_rolling_chart_may_go_back() -> None:
    chart, pixels = chart_of(None, width=60)
    for time_s in (100.0, 101.0, 20.0):
        chart.add(time_s, (1.0, 0.0, 0.0))
        chart.render(STYLE)
    assert rgba(pixels, 59, 10) == (*RED, 255)
    assert rgba(pixels, 30, 10) == NOTHING


def test_the_shares_under_a_place_are_those_drawn_there() -> None:
    chart, _ = chart_of()
    chart.add(5.0, (0.5, 0.25, 0.25))
    chart.render(STYLE)
    assert chart.shares_at(0.505) == (0.5, 0.25, 0.25)
    assert chart.shares_at(0.3) is None


def test_the_peak_grows_with_what_comes() -> None:
    chart, _ = chart_of()
    chart.add(1.0, (0.1, 0.2, 0.0))
    assert chart.peak(1) == pytest.approx(0.2)
    chart.add(2.0, (0.1, 0.7, 0.0))
    assert chart.peak(1) == pytest.approx(0.7)
    assert chart.peak(0) == pytest.approx(0.1)


@pytest.mark.parametrize(("share", "scale"), [(0.0, 0.01), (0.01, 0.01), (0.011, 0.02), (0.3, 0.5), (0.51, 1.0)])
def test_a_scale_has_room_for_the_share(share: float, scale: float) -> None:
    assert scale_for(share) == scale
