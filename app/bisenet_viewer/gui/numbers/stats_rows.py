"""What the statistics say, line by line. Pure; no Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bisenet_viewer.gui.numbers import figures
from bisenet_viewer.gui.numbers.snapshot import Snapshot, SystemFigures
from bisenet_viewer.gui.numbers.stage_times import STAGES, Spread
from bisenet_viewer.gui.texts import numbers as texts


@dataclass(frozen=True, slots=True)
class Row:
    """A name at the left, figures at the right."""

    name: str
    values: tuple[str, ...]
    """Two are p50 and p95, each in its column; one may be long and is shortened where there is no room."""
    stage: str | None = None
    """Whose colour stands before the name."""
    tip: str = ""


def stage_rows(now: Snapshot) -> list[Row]:
    """Times by stage, always those that are known, and from end to end."""
    others = [stage for stage in now.stages if stage not in STAGES]
    rows = [
        Row(texts.STAGES.get(stage, stage), _spread(now.stages.get(stage)), stage, texts.STAGE_TIPS.get(stage, ""))
        for stage in (*STAGES, *others)
    ]
    return [*rows, Row(texts.AGE, _spread(now.age), tip=texts.AGE_TIP)]


def frame_rows(now: Snapshot) -> list[Row]:
    """Frames per second along the way, and those that were left out."""
    rates = " · ".join(figures.fps(rate) for rate in (now.capture_fps, now.inference_fps, now.display_fps))
    told = [f"{count} {cause}" for cause, count in now.drops.items() if count]
    first, *more = told or ["0"]
    return [
        Row(texts.FRAMES, (rates,), tip=texts.FRAMES_TIP),
        Row(texts.DROPPED, (first,), tip=texts.FIGURES["Dropped"]),
        *(Row("", (line,), tip=texts.FIGURES["Dropped"]) for line in more),
    ]


def machine_rows(now: Snapshot) -> list[Row]:
    """The stream and what the machine does for it; what cannot be read has no row."""
    name, mode = _name_and_mode(now)
    rows = [Row(texts.STREAM, (name,), tip=now.stream), Row("", (mode,), tip=texts.MODE_TIP)]
    if now.system is None:
        return [*rows, Row(texts.OWN_CPU, (texts.READING,), tip=texts.CPU_TIP)]
    return rows + _system_rows(now.system)


def _system_rows(system: SystemFigures) -> list[Row]:
    rows = [
        Row(texts.OWN_CPU, (figures.percent(system.own_cpu),), tip=texts.CPU_TIP),
        Row(texts.ALL_CPU, (figures.percent(system.all_cpu),), tip=texts.CPU_TIP),
    ]
    if system.resident_mib is not None:
        rows.append(Row(texts.MEMORY, (figures.memory(system.resident_mib),), tip=texts.MEMORY_TIP))
    if system.watts is not None:
        rows.append(Row(texts.POWER, (figures.watts(system.watts),), tip=texts.POWER_TIP))
    if system.gpu is not None:
        told = [
            write(value)
            for write, value in (
                (figures.percent, system.gpu.load),
                (figures.memory, system.gpu.memory_mib),
                (figures.watts, system.gpu.watts),
            )
            if value is not None
        ]
        rows.append(Row(texts.GPU, (" · ".join(told) or figures.NONE,), tip=system.gpu.name))
    return rows


def _name_and_mode(now: Snapshot) -> tuple[str, str]:
    """A live stream's name ends with what was agreed on with it; of others, the size and the rate are told."""
    agreed = re.fullmatch(r"(.+) \(([^()]+)\)", now.stream)
    if now.is_live and agreed is not None:
        return agreed[1], agreed[2]
    told = [] if now.size is None else [figures.picture_size(*now.size)]
    if now.nominal_fps is not None:
        told.append(texts.FPS.format(rate=f"{now.nominal_fps:.4g}"))
    return now.stream or figures.NONE, " · ".join(told) or figures.NONE


def _spread(spread: Spread | None) -> tuple[str, str]:
    if spread is None:
        return figures.NONE, figures.NONE
    return figures.milliseconds(spread.p50), figures.milliseconds(spread.p95)
