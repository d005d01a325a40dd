"""From the command line to a list of what is to be done, checked before anything is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bisenet_viewer.errors import SinkError, UsageError
from bisenet_viewer.segment.inputs import expanded
from bisenet_viewer.segment.naming import distinct_stems
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.segment.outputs import check_outputs
from bisenet_viewer.segment.record import State, state_of
from bisenet_viewer.segment.request import BY_NAME, DATA, Request
from bisenet_viewer.sinks.target import partial_path


@dataclass(frozen=True, slots=True)
class Task:
    """One input of a run."""

    options: SegmentOptions
    skip: bool = False
    """Its outputs are whole and made with these settings."""
    fault: str | None = None
    """Why it will not be done, in one line."""


def plan(request: Request, say: Callable[[str], None]) -> list[Task]:
    """What to do for each input, in order.

    say: takes one line about inputs that are left out. Raises SourceError where there is no input, UsageError for
    options that do not fit together, SinkError where an output is in the way and neither `overwrite` nor `resume` is
    set, or cannot be written.
    """
    sources = expanded(request.sources, say)
    if not sources:
        raise UsageError("nothing to segment: all inputs were left out")
    request.check(len(sources))
    if len(sources) == 1 and not _is_folder(request.output):
        options = [_named(request, sources[0])]
    else:
        folder = request.output or Path()
        options = [
            _by_convention(request, source, folder, stem)
            for source, stem in zip(sources, distinct_stems(sources), strict=True)
        ]
        if not request.dry_run:
            _make(folder)
    _refuse_collisions(options)
    return [_task(request, each) for each in options] if request.resume else _checked(request, options)


def _named(request: Request, source: str) -> SegmentOptions:
    """One input whose outputs may have names of their own."""
    by_convention = _by_convention(request, source, Path(), distinct_stems([source])[0])
    video = request.output
    if video is None and request.wants_video:
        video = by_convention.output
    named: dict[str, Path | None] = {"output": video}
    for kind in DATA:
        given: str | None = getattr(request, kind)
        is_plain = given in (None, BY_NAME) or (kind == "stats" and given in ("jsonl", "csv"))
        named[kind] = getattr(by_convention, kind) if is_plain else Path(str(given)).expanduser()
    return replace(by_convention, **named)  # type: ignore[arg-type]


def _by_convention(request: Request, source: str, folder: Path, stem: str) -> SegmentOptions:
    def place(wanted: str | None, name: str) -> Path | None:
        return None if wanted is None else folder / name

    settings = request.settings
    extension = request.stats if request.stats in ("jsonl", "csv") else "jsonl"
    return replace(
        settings,
        source=source,
        output=folder / f"{stem}_{settings.view}.mp4" if request.wants_video else None,
        masks=place(request.masks, f"{stem}_masks"),
        cvat=place(request.cvat, f"{stem}_cvat.zip"),
        coco=place(request.coco, f"{stem}_coco.json"),
        confidence=place(request.confidence, f"{stem}_confidence"),
        dataset=place(request.dataset, f"{stem}_dataset"),
        stats=place(request.stats, f"{stem}_stats.{extension}"),
    )


def _is_folder(output: Path | None) -> bool:
    """Whether `-o` names a folder: there is one, or the name has no extension of a video."""
    return output is not None and (output.is_dir() or output.suffix == "")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkError(f"cannot make the folder {folder}: {error.strerror}") from error


def _refuse_collisions(options: Sequence[SegmentOptions]) -> None:
    """Raise UsageError where one output would go over another, or over an input."""
    inputs = {Path(each.source).expanduser().resolve() for each in options}
    taken: set[Path] = set()
    for each in options:
        for path in each.outputs:
            real = path.resolve()
            if real in inputs:
                whose = "the input itself" if len(options) == 1 else "an input"
                raise UsageError(f"{path} is {whose}: choose another output")
            if real in taken:
                raise UsageError(f"{path} would be written twice: choose other names")
            taken.add(real)


def _checked(request: Request, options: Sequence[SegmentOptions]) -> list[Task]:
    """Raise SinkError for the first output that is in the way or cannot be written, and say how many there are."""
    if len(options) > 1 and not request.overwrite:
        there = [path for each in options for path in each.outputs if path.exists() or partial_path(path).exists()]
        if there:
            raise SinkError(
                f"{len(there)} of the outputs exist, {there[0]} for one: give --resume to keep what is whole, "
                "--overwrite to make all anew, or another folder"
            )
    return [_ready(request, Task(each)) for each in options]


def _ready(request: Request, task: Task) -> Task:
    """Raise SinkError where the outputs cannot be written."""
    if not request.dry_run or task.options.outputs[0].parent.is_dir():
        check_outputs(task.options)
    return task


def _task(request: Request, options: SegmentOptions) -> Task:
    """What `--resume` makes of an input."""
    state: State = state_of(options)
    if state == "whole":
        return Task(options, skip=True)
    if state == "foreign" and not request.overwrite:
        there = next(path for path in options.outputs if path.exists())
        return Task(options, fault=f"{there} exists, and no record tells what it was made with; give --overwrite")
    return _ready(request, Task(replace(options, overwrite=True)))
