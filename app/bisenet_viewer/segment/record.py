"""What outputs were made of and with: a small file per input, by which `--resume` tells what is whole."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from bisenet_viewer.errors import SinkError
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.segment.tally import Outcome
from bisenet_viewer.sinks.numbered import write_whole
from bisenet_viewer.sinks.target import reason

FOLDER = ".bisenet-viewer"
_VERSION = 1

State = Literal["new", "whole", "again", "foreign"]
"""Nothing is there; all of it is, as wanted; not all or made otherwise; something that no record tells of."""


def record_path(options: SegmentOptions) -> Path:
    """Beside the first output, in a folder that names its file after it."""
    first = options.outputs[0]
    return first.parent / FOLDER / f"{first.name}.json"


def state_of(options: SegmentOptions) -> State:
    """What is there of the outputs."""
    record = _read(record_path(options))
    ours = [] if record is None else record.get("names", [])
    if any(_there(path) for path in options.outputs if path.name not in ours):
        return "foreign"
    if record is None:
        return "new"
    whole = (
        record.get("state") == "done"
        and record.get("settings") == settings_of(options)
        and record.get("input") == _signature(options.source)
        and record.get("outputs") == _sizes(options)
    )
    return "whole" if whole else "again"


def lost_of(options: SegmentOptions) -> dict[str, int]:
    """Frames that were left out when the outputs were made, by cause."""
    lost = (_read(record_path(options)) or {}).get("lost", {})
    return {str(cause): int(count) for cause, count in lost.items()}


def note_begun(options: SegmentOptions) -> None:
    """From here on what is at the outputs' places is ours. Raises SinkError when it cannot be written."""
    _write(options, {"state": "begun"})


def note_done(options: SegmentOptions, outcome: Outcome) -> None:
    """The outputs are whole. Raises SinkError when it cannot be written."""
    _write(
        options,
        {
            "state": "done",
            "input": _signature(options.source),
            "outputs": _sizes(options),
            "frames": outcome.frames,
            "lost": dict(outcome.lost),
        },
    )


def settings_of(options: SegmentOptions) -> dict[str, Any]:
    """All that decides what the outputs hold, as plain data."""
    wanted = asdict(options)
    for name in ("source", "overwrite", "threads"):
        del wanted[name]
    # The same folder may be called otherwise next time.
    wanted = {name: value.name if isinstance(value, Path) else value for name, value in wanted.items()}
    del wanted["encoding"]["threads"]
    plain: dict[str, Any] = json.loads(json.dumps(wanted))
    model = Path(options.model).expanduser()
    plain["model_file"] = _signature(str(model)) if model.is_file() else None
    return plain


def _write(options: SegmentOptions, what: dict[str, Any]) -> None:
    path = record_path(options)
    names = [output.name for output in options.outputs]
    record = {"version": _VERSION, "settings": settings_of(options), "names": names, **what}
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise SinkError(f"cannot write into {path.parent}: {reason(error)}") from error
    write_whole(path, (json.dumps(record, ensure_ascii=False) + "\n").encode())


def _read(path: Path) -> dict[str, Any] | None:
    """A record; None where there is none that can be read, or of another version."""
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and record.get("version") == _VERSION else None


def _signature(source: str) -> list[int] | None:
    """Size and time of the input file; None where it is no file."""
    try:
        status = os.stat(Path(source).expanduser())  # noqa: PTH116  one call for all of it
    except (OSError, ValueError):
        return None
    return [status.st_size, status.st_mtime_ns]


def _sizes(options: SegmentOptions) -> list[int | None]:
    """Bytes of each output, of a folder how many files are in it; None where there is nothing."""
    return [_size(path) for path in options.outputs]


def _size(path: Path) -> int | None:
    try:
        return sum(each.is_file() for each in path.rglob("*")) if path.is_dir() else path.stat().st_size
    except OSError:
        return None


def _there(path: Path) -> bool:
    """Whether there is an output; an empty folder is none."""
    return any(path.iterdir()) if path.is_dir() else path.exists()
