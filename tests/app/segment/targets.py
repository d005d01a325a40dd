"""What stands in for a job's process: does what the names of its inputs say."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from multiprocessing.connection import Connection

from tests.app.segment.fakes import FakeEngine

from bisenet_viewer.errors import SinkError
from bisenet_viewer.segment import worker
from bisenet_viewer.segment.job import Settled, failed
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.segment.tally import Outcome
from bisenet_viewer.segment.worker import Interrupted


def obey(connection: Connection, _verbose: bool) -> None:
    """`crash`, `full`, `wait` (for the wish to stop), `deaf` (to it); anything else is done."""
    with suppress(EOFError, OSError):
        while isinstance(options := connection.recv(), SegmentOptions):
            connection.send(f"job {os.getpid()}")
            if options.source == "crash":
                os.kill(os.getpid(), signal.SIGKILL)
            if options.source == "wait":
                connection.send(3)
                assert connection.recv() is None
                connection.send(Interrupted())
                return
            if options.source == "full":
                connection.send(Settled(failed(options, "disk full"), SinkError("disk full")))
            else:
                connection.send(1)
                connection.send(Settled(Outcome(options.source, "done", frames=1)))


def work_with_a_fake_engine(connection: Connection, verbose: bool) -> None:
    """The real thing but for the network."""
    worker.open_engine = lambda *_which, **_how: FakeEngine()
    worker.work(connection, verbose)
