"""What a job's process runs: it gets one input after the other through a pipe and tells how far it is."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from bisenet.engines import open_engine
from bisenet_viewer import log
from bisenet_viewer.frame import StreamInfo
from bisenet_viewer.segment.job import Job
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.sources import open_source

_TELL_S = 0.25
"""How often frames are told of, at most."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The job has closed its files because it was told to stop."""


def work(connection: Connection, verbose: bool) -> None:
    """Until the pipe is closed. verbose: log all events."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    log.set_up(verbose=verbose)
    # The parent is gone where nothing can be sent or received any more.
    with suppress(EOFError, OSError), Job(open_source, open_engine, _StopByPipe(connection)) as job:
        while True:
            options = connection.recv()
            if not isinstance(options, SegmentOptions):
                connection.send(Interrupted())
                return
            try:
                settled = job.do(options, _Told(connection))
            except KeyboardInterrupt:
                connection.send(Interrupted())
                return
            connection.send(settled)


class _StopByPipe:
    """While an input is being done, all that the parent sends is the wish to stop, or its own end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def check(self) -> None:
        """Raise KeyboardInterrupt when there is something in the pipe."""
        try:
            if not self._connection.poll():
                return
        except OSError:
            pass
        raise KeyboardInterrupt


class _Told:
    """A watcher on the other side of the pipe."""

    def __init__(self, connection: Connection, clock: Callable[[], float] = time.monotonic) -> None:
        self._connection = connection
        self._clock = clock
        self._frames = 0
        self._told_at = -_TELL_S

    def expect(self, info: StreamInfo) -> None:
        """The input is open."""
        self._send(info)

    def advance(self) -> None:
        """One more frame is done."""
        self._frames += 1
        now = self._clock()
        if now - self._told_at >= _TELL_S:
            self._send(self._frames)
            self._frames, self._told_at = 0, now

    def say(self, text: str) -> None:
        """Tell one line."""
        self._send(text)

    def _send(self, message: StreamInfo | int | str) -> None:
        # That the parent is gone is found where it is asked whether to go on.
        with suppress(OSError):
            self._connection.send(message)
