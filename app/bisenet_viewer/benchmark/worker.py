"""A process for each configuration: its memory is its own, and it stays open while others have their turns."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from bisenet.closing import Closing
from bisenet.errors import BisenetError, EngineError
from bisenet_viewer.benchmark.bench import Bench, Opened, Order, Turn
from bisenet_viewer.benchmark.clip_run import ClipRun
from bisenet_viewer.errors import AppError

_WAIT_S = 0.1
_END_S = 5.0


class Worker(Closing):
    """A `Bench` in a process of its own, with the same methods.

    check is called while an answer is waited for; what it raises ends the wait. The methods raise what the bench
    raises, and EngineError when the process is killed.
    """

    def __init__(self, order: Order, check: Callable[[], None]) -> None:
        """Returns when the configuration is open and warm."""
        self._check = check
        self._label = order.configuration.label
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, order), name=self._label, daemon=True)
        with _interrupts_wait():
            self._process.start()
        theirs.close()
        try:
            self.opened: Opened = self._answer()
        except BaseException:
            self.close()
            raise

    def turn(self, frames: int) -> Turn:
        """See `Bench.turn`."""
        turn: Turn = self._ask("turn", frames)
        return turn

    def video(self, path: Path, target: Path, frames: int) -> tuple[list[float], float]:
        """See `Bench.video`."""
        times: tuple[list[float], float] = self._ask("video", path, target, frames)
        return times

    def clip(self, path: Path, target: Path, seconds: float) -> ClipRun:
        """See `Bench.clip`."""
        run: ClipRun = self._ask("clip", path, target, seconds)
        return run

    def close(self) -> None:
        """End the process, whatever it does: it holds nothing that would need care."""
        self._connection.close()
        self._process.terminate()
        self._process.join(_END_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _ask(self, name: str, *values: object) -> Any:
        try:
            self._connection.send((name, values))
        except OSError:
            self._raise_ended()
        return self._answer()

    def _answer(self) -> Any:
        while not self._connection.poll(_WAIT_S):
            self._check()
        try:
            answer = self._connection.recv()
        except (EOFError, OSError):
            self._raise_ended()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _raise_ended(self) -> NoReturn:
        self._process.join(_END_S)
        code = self._process.exitcode
        if code is not None and code < 0:
            name = signal.Signals(-code).name
            hint = ": the memory may be full" if -code == signal.SIGKILL else ""
            raise EngineError(f"the process that measured was ended by {name}{hint}")
        raise RuntimeError(f"the process that measured {self._label} ended with {code}; its traceback is above")


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Hold Ctrl-C back while a process starts: it inherits that, and leaves the decision to this one."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, order: Order) -> None:
    """What the process does: open, then answer until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        with Bench(order) as bench:
            connection.send(bench.opened)
            while True:
                name, values = connection.recv()
                connection.send(getattr(bench, name)(*values))
    except (AppError, BisenetError) as error:
        connection.send(error)
    except (EOFError, OSError, KeyboardInterrupt):
        return  # nobody listens any more
