"""The command itself: one input as `run` does it, or many, with a table at the end."""

from __future__ import annotations

import time
from pathlib import Path

from bisenet.engines import open_engine
from bisenet_viewer.errors import SinkError
from bisenet_viewer.log import write_line
from bisenet_viewer.segment import one
from bisenet_viewer.segment.batch import Run, run_all
from bisenet_viewer.segment.one import DONE, FRAMES_LOST, OpenEngine, OpenSource
from bisenet_viewer.segment.plan import Task, plan
from bisenet_viewer.segment.report import print_table, write_report
from bisenet_viewer.segment.request import Request
from bisenet_viewer.sinks.target import check_folder_writable
from bisenet_viewer.sources import open_source

FILES_FAILED = 4


def run(request: Request, *, open_source: OpenSource = open_source, open_engine: OpenEngine = open_engine) -> int:
    """Do what is asked for; the exit code is DONE, FRAMES_LOST, or FILES_FAILED where some of many inputs failed.

    Raises AppError and BisenetError for what ends everything (of a single input, any fault), KeyboardInterrupt after
    SIGINT or SIGTERM. A report is written in each case.
    """
    if request.report is not None:
        _check_report(request, request.report)
    tasks = plan(request, _say)
    for task in tasks:
        one.check_end(task.options)
    if request.dry_run:
        _print_plan(tasks)
        return DONE
    if _is_plain(request, tasks):
        return one.run(tasks[0].options, open_source=open_source, open_engine=open_engine)
    begin = time.monotonic()
    run = run_all(tasks, request.jobs, open_source=open_source, open_engine=open_engine)
    print_table(run.outcomes, time.monotonic() - begin)
    if request.report is not None:
        write_report(request.report, run.outcomes, run.wall_s)
    return _code(run)


def _code(run: Run) -> int:
    """The exit code, or what is raised in its place."""
    if run.interrupted:
        done = sum(outcome.ending in ("done", "skipped") for outcome in run.outcomes)
        _say(f"{done} of {len(run.outcomes)} inputs are done; the same command with --resume goes on")
        raise KeyboardInterrupt
    if run.fatal is not None:
        raise run.fatal
    if any(outcome.ending == "failed" for outcome in run.outcomes):
        return FILES_FAILED
    return FRAMES_LOST if any(outcome.lost for outcome in run.outcomes) else DONE


def _is_plain(request: Request, tasks: list[Task]) -> bool:
    """Whether it is one input with its own outputs, of which no record is kept and no table is wanted."""
    return len(tasks) == 1 and not request.resume and request.report is None and not _in_folder(request)


def _in_folder(request: Request) -> bool:
    return request.output is not None and request.output.is_dir()


def _check_report(request: Request, path: Path) -> None:
    """Raise SinkError where the report would go over something, or cannot be written."""
    check_folder_writable(path.absolute().parent)
    if path.is_dir():
        raise SinkError(f"{path} is a folder")
    # The report of a run that is resumed is part of what goes on.
    if path.exists() and not (request.overwrite or request.resume):
        raise SinkError(f"{path} exists; choose another name, or give --overwrite")


def _print_plan(tasks: list[Task]) -> None:
    for task in tasks:
        options = task.options
        state = "fails" if task.fault else "skip" if task.skip else "make"
        print(f"{state:<6}{options.source}{f': {task.fault}' if task.fault else ''}")
        for path in options.outputs:
            print(f"      {path}")
    todo = sum(not task.skip and task.fault is None for task in tasks)
    print(f"{len(tasks)} inputs, {todo} to do; nothing was written")


def _say(text: str) -> None:
    write_line(f"bisenet-viewer: {text}")
