"""A `Report` as text for a terminal and as Markdown for documents."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

from bisenet.grid import Column, Grid
from bisenet_viewer.benchmark.advice import advice
from bisenet_viewer.benchmark.compare import BUSY_CORES
from bisenet_viewer.benchmark.results import (
    COUNTED,
    COUNTED_CLIP,
    COUNTED_VIDEO,
    UNTRAINED,
    LeftOut,
    Measurement,
    Report,
)
from bisenet_viewer.benchmark.verdict import clip_cells, clip_verdicts

_WIDTH = 120
_WHERE = ("torch", "openvino", "onnxruntime", "onnxruntime-gpu", "tensorrt", "opencv-python", "av")


def report_text(report: Report) -> str:
    """For the terminal."""
    return _joined(report, lambda grid: grid.text(), _wrapped)


def report_markdown(report: Report) -> str:
    """For documents, with a heading."""
    return _joined(report, lambda grid: grid.markdown(), lambda text: text, heading="# Benchmark\n\n") + "\n"


def machine_line(report: Report) -> str:
    """On what it was measured, in one line."""
    machine, settings = report.machine, report.settings
    devices = dict.fromkeys(
        each.device if each.device == "cpu" else f"{each.device} {each.device_name}" for each in report.measurements
    )
    quota = "" if machine.core_quota is None else f", of which {machine.core_quota:g} may be used"
    threads = "the engine's choice of threads" if settings.threads is None else f"{settings.threads} threads"
    versions = ", ".join(f"{name} {machine.versions[name]}" for name in _WHERE if name in machine.versions)
    commit = f", commit {machine.commit}" if machine.commit else ""
    return (
        f"{machine.cpu}, {machine.usable_cores} of {machine.cores} cores{quota}; {', '.join(devices)}, {threads}; "
        f"{machine.system}, Python {machine.python}, {versions}{commit}; pictures of {settings.source}."
    )


def _joined(report: Report, draw: Callable[[Grid], str], wrap: Callable[[str], str], *, heading: str = "") -> str:
    parts = [heading + wrap(machine_line(report))]
    if report.partial:
        parts.append(wrap("Interrupted: partial results."))
    if report.measurements:
        parts += [draw(_grid(report)), wrap(_counted(report))]
    if report.videos:
        parts += [draw(_video_grid(report)), wrap(COUNTED_VIDEO)]
    if any(each.clip for each in report.measurements):
        parts += [draw(_clip_grid(report)), wrap(COUNTED_CLIP), *map(wrap, clip_verdicts(report))]
    parts += [wrap(f"Left out: {', '.join(names)}: {why}") for why, names in _by_reason(report.left_out).items()]
    parts += [wrap(text) for text in _remarks(report)]
    return "\n\n".join(parts)


def _by_reason(left_out: Sequence[LeftOut]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for each in left_out:
        names.setdefault(each.why, []).append(each.what)
    return names


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_on_hyphens=False, break_long_words=False)


def _counted(report: Report) -> str:
    counts = [each.stages["network"].count for each in report.measurements]
    frames = f"{min(counts)}" if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
    return f"{COUNTED} {frames} frames each, in turns." + (
        f" {UNTRAINED}" if any(each.untrained for each in report.measurements) else ""
    )


def _remarks(report: Report) -> list[str]:
    remarks = list(dict.fromkeys(note for each in report.measurements for note in each.notes))
    if report.busy_elsewhere is not None and report.busy_elsewhere >= BUSY_CORES:
        remarks.append(
            f"Other programs kept {report.busy_elsewhere:.1f} of {report.machine.cores} cores busy meanwhile: the "
            "times are longer than on an idle machine; ratios suffer less, since all had their turns alike."
        )
    sentence = advice(report)
    return remarks if sentence is None else [*remarks, sentence]


def _grid(report: Report) -> Grid:
    columns: list[tuple[str, Callable[[Measurement], str]]] = [
        ("model", lambda each: each.model),
        ("picture", lambda each: _size(each.sizes.picture)),
        ("input", lambda each: _size(each.sizes.imgsz)),
        ("runs on", lambda each: each.runs_on),
        *((stage, lambda each, stage=stage: _stage(each, stage)) for stage in ("pre", "network", "post", "overlay")),
        ("frame", lambda each: "-" if each.frame is None else f"{each.frame.median:.1f}"),
        ("p95", lambda each: "-" if each.frame is None else f"{each.frame.p95:.1f}"),
        ("p99", lambda each: "-" if each.frame is None else f"{each.frame.p99:.1f}"),
        ("fps", lambda each: "-" if each.frame is None else f"{1000 / each.frame.median:.1f}"),
        ("x baseline", lambda each: _ratio(each, report)),
        ("first, s", lambda each: f"{each.open_s + each.first_ms / 1000:.1f}"),
        ("MiB", lambda each: "-" if each.memory_mib is None else f"{each.memory_mib:.0f}"),
        ("W", lambda each: "-" if each.watts is None else f"{each.watts:.0f}"),
        ("MHz", lambda each: "-" if each.mhz is None else f"{each.mhz:.0f}"),
    ]
    return _without_empty(columns, report.measurements)


def _without_empty(
    columns: Sequence[tuple[str, Callable[[Measurement], str]]], measurements: Sequence[Measurement]
) -> Grid:
    """What nobody knows has no column."""
    cells = [[cell(each) for each in measurements] for _, cell in columns]
    kept = [place for place, column in enumerate(cells) if any(text != "-" for text in column)]
    rows = zip(*(cells[place] for place in kept), strict=True)
    return Grid(tuple(Column(columns[place][0]) for place in kept), tuple(rows))


def _stage(measurement: Measurement, stage: str) -> str:
    summary = measurement.stages.get(stage)
    return "-" if summary is None else f"{summary.median:.1f}"


def _ratio(measurement: Measurement, report: Report) -> str:
    baseline = report.baseline(measurement)
    if baseline is None:
        return "-"
    return f"{baseline.whole.median / measurement.whole.median:.1f}"


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _video_grid(report: Report) -> Grid:
    names = ("video", "decode", "p95", "fps", "encode", "fps")
    rows = tuple(
        (
            _size(times.picture),
            f"{times.decode.median:.1f}",
            f"{times.decode.p95:.1f}",
            f"{1000 / times.decode.mean:.0f}",
            f"{times.encode.median:.1f}",
            f"{1000 / times.encode.median:.0f}",
        )
        for times in report.videos
    )
    return Grid(tuple(Column(name) for name in names), rows)


def _clip_grid(report: Report) -> Grid:
    names = (
        "model",
        "size",
        "runs on",
        "frames",
        "wall, s",
        "fps",
        "sum, s",
        "slowest, s",
        "wall / slowest",
        "x baseline",
        "opening, s",
        "cores",
    )
    rows = tuple(clip_cells(each, report) for each in report.measurements if each.clip is not None)
    return Grid(tuple(Column(name) for name in names), rows)
