"""A `Report` as a picture: a bar per configuration, divided into its stages. Drawn with OpenCV alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet_viewer.benchmark.chain import FRAME_STAGES
from bisenet_viewer.benchmark.results import Measurement, Report

Colour = tuple[int, int, int]
"""RGB."""

# Okabe and Ito's colours, which people who confuse red and green can tell apart.
_COLOURS: dict[str, Colour] = {
    "pre": (86, 180, 233), "network": (0, 114, 178), "post": (230, 159, 0), "overlay": (0, 158, 115),
}  # fmt: skip
_INK: Colour = (34, 40, 49)
_FAINT: Colour = (112, 120, 130)
_FASTER: Colour = (0, 128, 92)
_RULE: Colour = (226, 229, 233)
_PAPER: Colour = (255, 255, 255)

_WIDTH = 1200
_MARGIN = 36
_LABELS = 232
"""Width of the bars' names."""
_FIGURES = 210
"""Kept free at the right for what is written behind the bars."""
_ROW = 34
_BAR = 20
_HEADER = 118
_GROUP = 48
_AXIS = 44
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_FINER = 3
"""Drawn so many times larger and then reduced: OpenCV's letters are thin lines."""


def chart_png(report: Report) -> bytes:
    """The file's content. Raises ValueError for a report without measurements."""
    if not report.measurements:
        raise ValueError("nothing was measured")
    groups = [(text, list(each)) for text, each in groupby(report.measurements, _heading)]
    rows = len(report.measurements)
    canvas = _Canvas(_WIDTH, _HEADER + len(groups) * _GROUP + rows * _ROW + _AXIS)
    _draw_header(canvas, report)
    longest_ms = max(_bar_ms(each) for each in report.measurements)
    scale = (_WIDTH - _MARGIN - _LABELS - _FIGURES) / longest_ms
    y = _HEADER
    for text, measurements in groups:
        canvas.text(text, (_MARGIN, y + 28), 0.52, _INK, bold=True)
        y += _GROUP
        _draw_grid(canvas, longest_ms, scale, y - 7, y + len(measurements) * _ROW - 7)
        for each in measurements:
            _draw_row(canvas, report, each, y, scale)
            y += _ROW
    _draw_axis(canvas, longest_ms, scale, y + 12)
    _, data = cv2.imencode(".png", cv2.cvtColor(canvas.reduced(), cv2.COLOR_RGB2BGR))
    return data.tobytes()


def _heading(measurement: Measurement) -> str:
    (width, height), (input_width, input_height) = measurement.sizes.picture, measurement.sizes.imgsz
    pictures = f"{measurement.model}, pictures of {width}x{height}"
    if measurement.sizes.picture == measurement.sizes.imgsz:
        return pictures
    return f"{pictures}, network at {input_width}x{input_height}"


def _draw_header(canvas: _Canvas, report: Report) -> None:
    only = all(each.network_only for each in report.measurements)
    canvas.text("The network alone" if only else "From a picture to its overlay", (_MARGIN, 44), 0.86, _INK, bold=True)
    machine = report.machine
    threads = "" if report.settings.threads is None else f", {report.settings.threads} threads"
    devices = ", ".join(dict.fromkeys(each.device_name for each in report.measurements))
    remarks = "  In green: times as fast as the baseline." if any(map(report.baseline, report.measurements)) else ""
    remarks += "  Interrupted: partial results." if report.partial else ""
    canvas.text(
        f"{devices}, {machine.usable_cores} cores{threads}. Median ms per frame, in turns; shorter is better.{remarks}",
        (_MARGIN, 70), 0.46, _FAINT,
    )  # fmt: skip
    x = _MARGIN
    for stage in FRAME_STAGES if not only else ("network",):
        canvas.box((x, 86), (x + 14, 100), _COLOURS[stage])
        canvas.text(stage, (x + 21, 98), 0.46, _INK)
        x += 21 + canvas.width_of(stage, 0.46) + 24


def _marks(longest_ms: float, scale: float) -> list[tuple[float, int]]:
    """Round milliseconds and where they stand, x."""
    step = _round_step(longest_ms / 6)
    marks = [number * step for number in range(int(longest_ms / step) + 1)]
    return [(ms, round(_MARGIN + _LABELS + ms * scale)) for ms in marks]


def _draw_grid(canvas: _Canvas, longest_ms: float, scale: float, top: int, bottom: int) -> None:
    for _, x in _marks(longest_ms, scale):
        canvas.line((x, top), (x, bottom), _RULE)


def _draw_axis(canvas: _Canvas, longest_ms: float, scale: float, y: int) -> None:
    for ms, x in _marks(longest_ms, scale):
        label = f"{ms:g} ms" if ms else "0"
        canvas.text(label, (x - canvas.width_of(f"{ms:g}", 0.42) // 2, y), 0.42, _FAINT)


def _draw_row(canvas: _Canvas, report: Report, measurement: Measurement, y: int, scale: float) -> None:
    label = canvas.shortened(measurement.runs_on, 0.48, _LABELS - 12)
    canvas.text(label, (_MARGIN + _LABELS - 12 - canvas.width_of(label, 0.48), y + 15), 0.48, _INK)
    x = float(_MARGIN + _LABELS)
    for stage, summary in measurement.stages.items():
        end = x + summary.median * scale
        canvas.box((round(x), y), (round(end), y + _BAR), _COLOURS[stage])
        x = end
    ms = measurement.whole.median
    figures = f"{ms:.1f} ms   {1000 / ms:.1f} fps"
    canvas.text(figures, (round(x) + 10, y + 15), 0.46, _INK)
    baseline = report.baseline(measurement)
    if baseline is not None:
        place = (round(x) + 24 + canvas.width_of(figures, 0.46), y + 15)
        canvas.text(f"{baseline.whole.median / ms:.1f}x", place, 0.46, _FASTER, bold=True)


def _bar_ms(measurement: Measurement) -> float:
    """The sum of the stages' medians: close to the frame's median, and what a divided bar has to be long."""
    return sum(summary.median for summary in measurement.stages.values())


def _round_step(least: float) -> float:
    """1, 2 or 5 times a power of ten, not below `least`."""
    power = 10.0 ** np.floor(np.log10(max(least, 1e-3)))
    return next(float(factor * power) for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))


@dataclass(slots=True)
class _Canvas:
    """A white picture that is drawn larger than it is. Places are (x, y) in pixels of the final picture."""

    width: int
    height: int
    _rgb: NDArray[np.uint8]

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._rgb = np.full((height * _FINER, width * _FINER, 3), _PAPER, np.uint8)

    def reduced(self) -> NDArray[np.uint8]:
        """(height, width, 3) uint8 RGB."""
        return np.asarray(cv2.resize(self._rgb, (self.width, self.height), interpolation=cv2.INTER_AREA), np.uint8)

    def box(self, corner: tuple[int, int], opposite: tuple[int, int], colour: Colour) -> None:
        (left, top), (right, bottom) = corner, opposite
        if right > left:
            self._rgb[top * _FINER : bottom * _FINER, left * _FINER : right * _FINER] = colour

    def line(self, begin: tuple[int, int], end: tuple[int, int], colour: Colour) -> None:
        cv2.line(self._rgb, _finer(begin), _finer(end), colour, _FINER)

    def text(self, text: str, place: tuple[int, int], size: float, colour: Colour, *, bold: bool = False) -> None:
        """place: of the base line's begin. size: 0.5 is about 11 pixels high."""
        thickness = 2 * _FINER if bold else _FINER
        ascii_only = text.encode("ascii", "replace").decode()  # OpenCV has no other letters
        cv2.putText(
            self._rgb,
            ascii_only,
            _finer(place),
            _FONT,
            size * _FINER,
            colour,
            thickness,
            cv2.LINE_AA,
        )

    def shortened(self, text: str, size: float, width: int) -> str:
        """The text, or as much of its beginning as fits."""
        if self.width_of(text, size) <= width:
            return text
        kept = next(count for count in range(len(text), 0, -1) if self.width_of(f"{text[:count]}...", size) <= width)
        return f"{text[:kept]}..."

    def width_of(self, text: str, size: float) -> int:
        (width, _), _ = cv2.getTextSize(text, _FONT, size * _FINER, _FINER)
        return int(np.ceil(width / _FINER))


def _finer(place: Sequence[int]) -> tuple[int, int]:
    return place[0] * _FINER, place[1] * _FINER
