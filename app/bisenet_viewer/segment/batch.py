"""Many inputs: each is done, skipped or failed, and none of them ends the others."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bisenet.engines import open_engine
from bisenet.engines.processor import default_threads
from bisenet.errors import BisenetError
from bisenet.interrupt import StopSignals
from bisenet_viewer import log
from bisenet_viewer.address import public
from bisenet_viewer.errors import AppError
from bisenet_viewer.progress import Board
from bisenet_viewer.segment.engine_thread import EngineThread
from bisenet_viewer.segment.job import Job, Settled, failed, interrupted
from bisenet_viewer.segment.one import OpenEngine, OpenSource, engine_opener
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.segment.plan import Task
from bisenet_viewer.segment.record import lost_of
from bisenet_viewer.segment.report import result_of
from bisenet_viewer.segment.tally import Outcome
from bisenet_viewer.segment.workers import Workers
from bisenet_viewer.sources import open_source

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Run:
    """What came of all inputs, in their order."""

    outcomes: tuple[Outcome, ...]
    wall_s: float
    fatal: AppError | BisenetError | None = None
    """What ended the run before its end."""
    interrupted: bool = False


def run_all(
    tasks: Sequence[Task],
    jobs: int,
    *,
    open_source: OpenSource = open_source,
    open_engine: OpenEngine = open_engine,
) -> Run:
    """Do them one after the other, or `jobs` at once in other processes. Faults are in what comes back."""
    begin = time.monotonic()
    todo = [(index, task.options) for index, task in enumerate(tasks) if not task.skip and task.fault is None]
    jobs = min(jobs, len(todo))
    stopped = False
    with StopSignals() as stop, Board(len(tasks), max(jobs, 1)) as board:
        book = _Book(tasks, board)
        try:
            if jobs > 1:
                shared = [(index, _sharing(options, jobs)) for index, options in todo]
                verbose = _log.isEnabledFor(logging.INFO)
                Workers(shared, jobs, board=board, settle=book.settle, verbose=verbose).run(stop)
            elif todo:
                with EngineThread(engine_opener(todo[0][1], open_engine, board.line(0).say)) as engine:
                    _one_by_one(todo, Job(open_source, engine, stop), stop, board, book)
        except KeyboardInterrupt:
            stopped = True
    return Run(tuple(book.outcomes), time.monotonic() - begin, book.fatal, stopped)


def _one_by_one(
    todo: Sequence[tuple[int, SegmentOptions]], job: Job, stop: StopSignals, board: Board, book: _Book
) -> None:
    for index, options in todo:
        stop.check()
        begin = time.monotonic()
        board.line(0).begin(public(options.source))
        try:
            settled = job.do(options, board.line(0))
        except KeyboardInterrupt:
            book.settle(index, Settled(interrupted(options, time.monotonic() - begin)))
            raise
        book.settle(index, settled)
        if book.fatal is not None:
            return


class _Book:
    """Keeps and tells how each input ended."""

    def __init__(self, tasks: Sequence[Task], board: Board) -> None:
        self._board = board
        self.fatal: AppError | BisenetError | None = None
        """The first fault that ends all."""
        self.outcomes = [replace(failed(task.options, ""), ending="not started", error=None) for task in tasks]
        for index, task in enumerate(tasks):
            if task.fault is not None:
                self.settle(index, Settled(failed(task.options, task.fault)))
            elif task.skip:
                skipped = replace(self.outcomes[index], ending="skipped", lost=lost_of(task.options))
                self.settle(index, Settled(skipped))

    def settle(self, index: int, settled: Settled) -> None:
        """One input is over."""
        outcome = settled.outcome
        self.outcomes[index] = outcome
        self.fatal = self.fatal or settled.fatal
        work = f", {outcome.frames} frames in {outcome.wall_s:.1f} s" if outcome.frames else ""
        log.tell(outcome.source, f"{result_of(outcome)}{work} ({self._board.settle()})")


def _sharing(options: SegmentOptions, jobs: int) -> SegmentOptions:
    """With as much of the processor as is left to each of so many jobs."""
    threads = max(1, default_threads() // jobs)
    return replace(options, threads=threads, encoding=replace(options.encoding, threads=threads))
