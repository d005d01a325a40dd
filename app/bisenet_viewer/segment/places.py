"""`Place`: a process for inputs, with a pipe for each that it does at once."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

END_S = 20.0
"""How long a process has to finish its files after it was told to stop, and to end."""

Target = Callable[[Sequence[Connection], bool, str | None], None]
"""What the process runs: its ends of the pipes, whether all events are logged, and which card it is to use."""


@dataclass(slots=True, eq=False)
class Place:
    """Started when there is something to do, and again after it has crashed."""

    inputs: int = 1
    """How many it does at once; 0: it gets none any more."""
    device: str | None = None
    """The card that it uses; None: what the options say."""
    free: list[Connection] = field(default_factory=list)
    """Its pipes through which nothing is being done; the last is the next to be used."""
    _process: BaseProcess | None = None

    @property
    def is_started(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    def start(self, target: Target, verbose: bool, pipes: int) -> None:
        """Have a process with so many pipes."""
        context = get_context("spawn")
        ends = [context.Pipe() for _ in range(pipes)]
        theirs = [theirs for _, theirs in ends]
        process = context.Process(target=target, args=(theirs, verbose, self.device), name="job")
        process.daemon = True
        with _signals_kept_from_children():
            process.start()
        for connection in theirs:
            connection.close()
        self.free = [ours for ours, _ in reversed(ends)]
        self._process = process

    def close_free(self) -> None:
        """Close the pipes through which nothing is being done."""
        for connection in self.free:
            connection.close()
        self.free.clear()

    def dismiss(self) -> int | None:
        """Close its pipes, which is its end, and wait for that; the exit code, None where it had to be killed."""
        self.close_free()
        process, self._process = self._process, None
        if process is None:
            return None
        process.join(END_S)
        code = process.exitcode
        if code is None:
            process.kill()
            process.join()
        return code

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.join()


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


def cause_of(exit_code: int | None) -> str:
    """How a process ended, for people."""
    if exit_code is None or exit_code >= 0:
        return f"exit code {exit_code}"
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"signal {-exit_code}"
