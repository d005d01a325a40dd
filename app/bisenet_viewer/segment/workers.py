"""Several inputs at once: each job in a process of its own, with its own model.

Threads would share one interpreter lock and one fate: a decoder that crashes takes its process along, and here that is
one input. Signals are for the parent alone, which tells the jobs to stop; a job whose parent is gone stops as well.
"""

from __future__ import annotations

import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from bisenet.interrupt import StopSignals
from bisenet_viewer.frame import StreamInfo
from bisenet_viewer.progress import Board
from bisenet_viewer.segment.job import Settled, failed, interrupted
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.segment.worker import Interrupted, work

_WAIT_S = 0.2
_END_S = 20.0
"""How long a job has to finish its files after it was told to stop."""

Target = Callable[[Any, bool], None]
"""What a job's process runs: its end of the pipe, and whether all events are logged."""


@dataclass(slots=True)
class _Worker:
    """A process and what it is doing."""

    number: int
    process: BaseProcess
    begun: float
    index: int
    options: SegmentOptions
    told_at: float | None = None
    """When it was told to stop."""


class Workers:
    """Runs inputs on `count` processes, and starts another where one has crashed."""

    def __init__(
        self,
        inputs: Iterable[tuple[int, SegmentOptions]],
        count: int,
        *,
        board: Board,
        settle: Callable[[int, Settled], None],
        verbose: bool = False,
        target: Target = work,
    ) -> None:
        """inputs: with their numbers. settle: takes the number of each input that is over, and how it ended."""
        self._waiting = deque(inputs)
        self._count = count
        self._board = board
        self._settle = settle
        self._verbose = verbose
        self._target = target
        self._context = get_context("spawn")
        self._workers: dict[Connection, _Worker] = {}

    def run(self, stop: StopSignals) -> None:
        """Do all of them. Raises KeyboardInterrupt after a signal, when the jobs have closed their files."""
        try:
            # The first loads the model before the others do: what is fetched, converted or measured then, is so once.
            self._start(0)
            while self._workers:
                for connection in wait(list(self._workers), _WAIT_S):
                    assert isinstance(connection, Connection)
                    self._hear(connection)
                if stop.asked:
                    self._tell_to_stop()
        finally:
            for worker in self._workers.values():
                worker.process.kill()
                worker.process.join()
        stop.check()

    def _start(self, number: int) -> None:
        if not self._waiting:
            return
        index, options = self._waiting.popleft()
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=self._target, args=(theirs, self._verbose), name=f"job-{number}")
        process.daemon = True
        with _signals_kept_from_children():
            process.start()
        theirs.close()
        self._workers[ours] = _Worker(number, process, time.monotonic(), index, options)
        self._send(ours, options)

    def _hear(self, connection: Connection) -> None:
        worker = self._workers[connection]
        try:
            message = connection.recv()
        except (EOFError, OSError):
            self._bury(connection)
            return
        line = self._board.line(worker.number)
        if isinstance(message, StreamInfo):
            line.expect(message)
        elif isinstance(message, str):
            line.say(message)
        elif isinstance(message, int):
            line.advance(message)
            self._start_the_others()
        elif isinstance(message, Interrupted):
            self._settle(worker.index, Settled(interrupted(worker.options, time.monotonic() - worker.begun)))
            self._dismiss(connection)
        elif isinstance(message, Settled):
            self._settle(worker.index, message)
            if message.fatal is not None:
                self._waiting.clear()
            self._start_the_others()
            self._go_on(connection)

    def _start_the_others(self) -> None:
        busy = {worker.number for worker in self._workers.values()}
        for number in range(self._count):
            if number not in busy:
                self._start(number)

    def _go_on(self, connection: Connection) -> None:
        """Give a job its next input, or let it end."""
        if not self._waiting:
            self._dismiss(connection)
            return
        worker = self._workers[connection]
        worker.index, worker.options = self._waiting.popleft()
        worker.begun = time.monotonic()
        self._send(connection, worker.options)

    def _dismiss(self, connection: Connection) -> None:
        """A closed pipe is the end of a job."""
        worker = self._workers.pop(connection)
        connection.close()
        worker.process.join(_END_S)
        if worker.process.exitcode is None:
            worker.process.kill()

    def _bury(self, connection: Connection) -> None:
        """A process is gone; its input failed, the others go on."""
        worker = self._workers.pop(connection)
        connection.close()
        worker.process.join(_END_S)
        if worker.told_at is not None:
            settled = Settled(interrupted(worker.options, time.monotonic() - worker.begun))
        else:
            text = f"its process crashed ({_cause(worker.process.exitcode)})"
            settled = Settled(failed(worker.options, text, time.monotonic() - worker.begun))
        self._settle(worker.index, settled)
        self._start(worker.number)

    def _tell_to_stop(self) -> None:
        self._waiting.clear()
        for connection, worker in self._workers.items():
            if worker.told_at is None:
                worker.told_at = time.monotonic()
                self._send(connection, None)
            elif time.monotonic() - worker.told_at > _END_S:
                worker.process.kill()

    def _send(self, connection: Connection, what: SegmentOptions | None) -> None:
        # A process that is gone is found by the end of its pipe.
        with suppress(OSError):
            connection.send(what)


@contextmanager
def _signals_kept_from_children() -> Iterator[None]:
    """Processes inherit what is blocked while they start, so that Ctrl-C in the terminal never reaches them."""
    if sys.platform == "win32":
        yield
        return
    from multiprocessing import resource_tracker

    # It unblocks signals when it starts: it has to run before.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _cause(exit_code: int | None) -> str:
    """How a process ended, for people."""
    if exit_code is None or exit_code >= 0:
        return f"exit code {exit_code}"
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"signal {-exit_code}"
