"""The chart's bars are as long as what they stand for."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.app.benchmark.fakes import measurement, report

from bisenet_viewer.benchmark.chart import chart_png
from bisenet_viewer.benchmark.plan import Sizes

NETWORK, POST, FASTER = (0, 114, 178), (230, 159, 0), (0, 128, 92)


def _decoded(data: bytes) -> NDArray[np.uint8]:
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert bgr is not None
    return np.asarray(bgr[..., ::-1], np.uint8)


def _bars(rgb: NDArray[np.uint8], colour: tuple[int, int, int]) -> list[int]:
    """The widths of the bars' parts of a colour, from above; the legend's square is not one."""
    widths = (rgb == colour).all(axis=2).sum(axis=1)
    begins = np.flatnonzero((widths > 0) & (np.roll(widths, 1) == 0))
    return [int(widths[row + 2]) for row in begins if widths[row + 2] > 14]


def test_a_bar_is_divided_by_its_stages():
    rgb = _decoded(chart_png(report(measurement(40.0), measurement(80.0, chain="baseline", others_ms=(4, 80, 20)))))
    first, second = _bars(rgb, NETWORK)
    assert second == pytest.approx(2 * first, abs=2)
    assert _bars(rgb, POST)[-1] == pytest.approx(second, abs=2)
    assert (rgb == FASTER).all(axis=2).any()


def test_it_grows_with_what_was_measured():
    one, two = (
        _decoded(chart_png(report(*some)))
        for some in ([measurement()], [measurement(), measurement(sizes=Sizes.parse("640x360"))])
    )
    assert one.shape[1] == two.shape[1] == 1200
    assert two.shape[0] > one.shape[0]
    assert not (one == FASTER).all(axis=2).any()


def test_a_long_name_stays_beside_the_bars():
    long = dataclasses.replace(measurement(), file="a-model-with-a-very-long-name-indeed-int8.xml")
    plain, named = (_decoded(chart_png(report(each))) for each in (measurement(), long))
    assert np.array_equal(plain[:, 268:], named[:, 268:])
    assert (named[:, :36] == 255).all()


def test_networks_alone_and_any_text_are_drawn():
    rgb = _decoded(chart_png(report(measurement(0.05, network_only=True, model="nétz"), partial=True)))
    assert len(_bars(rgb, NETWORK)) == 1
    with pytest.raises(ValueError, match="nothing was measured"):
        chart_png(report(measurements=()))
