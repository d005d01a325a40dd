"""A `Report` as JSON, written for programs and read again by `--compare`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bisenet_viewer.benchmark.machine import Machine
from bisenet_viewer.benchmark.plan import Sizes
from bisenet_viewer.benchmark.results import (
    COUNTED,
    ClipFigures,
    LeftOut,
    Measurement,
    Report,
    Settings,
    VideoTimes,
)
from bisenet_viewer.benchmark.summary import Summary
from bisenet_viewer.errors import SourceError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SCHEMA = "bisenet-viewer benchmark"
VERSION = 1
"""Raised when a field changes its meaning or goes; a new field does not raise it."""

_DECIMALS = 4


def to_json(report: Report) -> str:
    """The whole report; times rounded to 0.1 us."""
    content = {"schema": SCHEMA, "version": VERSION, "counted": COUNTED} | asdict(report)
    return json.dumps(_rounded(content), indent=1) + "\n"


def read_report(path: Path) -> Report:
    """Read what `to_json` gave. Raises SourceError with one line for anything else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}") from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise SourceError(f"{path} is not a result of this benchmark, or is damaged: it is no JSON") from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise SourceError(f"{path} is not a result of this benchmark; give a file that --json has written")
    if content.get("version") != VERSION:
        raise SourceError(
            f"{path} has version {content.get('version')} of the results, this program reads {VERSION}: measure again"
        )
    try:
        return _report(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(f"{path} is damaged: {type(error).__name__}: {error}") from error


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return value


def _report(content: Mapping[str, Any]) -> Report:
    return Report(
        when=content["when"],
        partial=content["partial"],
        machine=_machine(content["machine"]),
        settings=Settings(**_known(content["settings"], Settings)),
        busy_elsewhere=content["busy_elsewhere"],
        measurements=tuple(_measurement(each) for each in content["measurements"]),
        videos=tuple(
            VideoTimes(_size(each["picture"]), _summary(each["decode"]), _summary(each["encode"]))
            for each in content["videos"]
        ),
        left_out=tuple(LeftOut(**_known(each, LeftOut)) for each in content["left_out"]),
    )


def _machine(values: Mapping[str, Any]) -> Machine:
    known = _known(values, Machine)
    return Machine(**known | {"cpu_flags": tuple(known["cpu_flags"]), "versions": dict(known["versions"])})


def _measurement(values: Mapping[str, Any]) -> Measurement:
    known = _known(values, Measurement)
    return Measurement(
        **known
        | {
            "sizes": Sizes(_size(values["sizes"]["picture"]), _size(values["sizes"]["imgsz"])),
            "stages": {str(stage): _summary(each) for stage, each in values["stages"].items()},
            "frame": None if values["frame"] is None else _summary(values["frame"]),
            "notes": tuple(values["notes"]),
            "clip": None if values["clip"] is None else ClipFigures(**_known(values["clip"], ClipFigures)),
        }
    )


def _summary(values: Mapping[str, Any]) -> Summary:
    known = _known(values, Summary)
    if not all(isinstance(value, int | float) and value >= 0 for value in known.values()):
        raise ValueError(f"expected numbers from 0, got {dict(values)}")
    return Summary(**known)


def _size(values: Any) -> tuple[int, int]:
    width, height = values
    return int(width), int(height)


def _known(values: Mapping[str, Any], kind: type[DataclassInstance]) -> dict[str, Any]:
    """The fields that a dataclass has: those that a later version added are passed over."""
    return {field.name: values[field.name] for field in fields(kind)}
