"""What stands in for a job's process: does what the names of its inputs say."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from tests.app.segment.fakes import CardEngine, FakeEngine

from bisenet.errors import EngineError
from bisenet_viewer.errors import SinkError
from bisenet_viewer.segment import worker
from bisenet_viewer.segment.job import Settled, failed
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.segment.tally import Outcome
from bisenet_viewer.segment.worker import Interrupted
from bisenet_viewer.sources import Source, open_source


def obey(connections: Sequence[Connection], _verbose: bool, _device: str | None) -> None:
    """`crash`, `full`, `wait` (for the wish to stop), `deaf` (to it); anything else is done."""
    connection = connections[0]
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


def work_with_a_fake_engine(connections: Sequence[Connection], verbose: bool, device: str | None) -> None:
    """The real thing but for the network."""
    worker.open_engine = lambda *_which, **_how: FakeEngine()
    worker.work(connections, verbose, device)


# The real thing on machines with cards, but for the network. Processes tell each other of themselves by files in the
# current folder.

_WAIT_S = 20.0


def work_on_one_card(connections: Sequence[Connection], verbose: bool, device: str | None) -> None:
    """Two inputs are open before the first picture is begun; `crash` takes its process along when two are."""
    _work(connections, verbose, device, cards=1, at_begin=lambda: _await_files("open-*", 2))


def work_on_two_cards(connections: Sequence[Connection], verbose: bool, device: str | None) -> None:
    """Both cards are in use before the first picture is begun."""
    _work(connections, verbose, device, cards=2, at_begin=lambda: _await_files("engine-*", 2))


def work_with_an_old_card(connections: Sequence[Connection], verbose: bool, device: str | None) -> None:
    """The second of two cannot be used; nothing is done before that has shown."""

    def refuse() -> None:
        if device == "cuda:1":
            raise EngineError("cuda:1 is too old")

    _work(connections, verbose, device, cards=2, at_begin=lambda: _await_files("engine-*", 2), at_open=refuse)


def work_on_a_card_that_is_lost(connections: Sequence[Connection], verbose: bool, device: str | None) -> None:
    """When two inputs are open, nothing works any more."""

    def lose() -> None:
        _await_files("open-*", 2)
        raise EngineError("cuda:0 is lost")

    def refuse() -> None:
        if list(Path().glob("engine-*")):
            raise EngineError("no CUDA device is usable")

    _work(connections, verbose, device, cards=1, at_begin=lose, at_open=refuse)


def work_until_interrupted(connections: Sequence[Connection], verbose: bool, device: str | None) -> None:
    """When two inputs are open, somebody presses Ctrl-C."""
    pictures = iter(range(1_000_000))

    def interrupt() -> None:
        _await_files("open-*", 2)
        number = next(pictures)
        if number == 10:
            os.kill(os.getppid(), signal.SIGINT)
        if number >= 10:
            time.sleep(0.05)

    _work(connections, verbose, device, cards=1, at_begin=interrupt)


def _work(
    connections: Sequence[Connection],
    verbose: bool,
    device: str | None,
    *,
    cards: int,
    at_begin: Callable[[], None],
    at_open: Callable[[], None] = lambda: None,
) -> None:
    def open_engine(*_which: object, **how: object) -> CardEngine:
        told = str(how["device"])
        chosen = "cuda:0" if told == "auto" else told
        try:
            at_open()
        finally:
            Path(f"engine-{chosen}-{os.getpid()}").touch()
        return CardEngine(lambda _level: at_begin(), device=chosen)

    worker.open_engine = open_engine
    worker.open_source = _open_source
    worker.card_count = lambda: cards
    worker.work(connections, verbose, device)


def _open_source(uri: str, *, on_card: int | None = None) -> Source:
    name = Path(uri).stem
    if on_card is not None or name == "crash":
        Path(f"open-{name}").touch()
    if name == "crash":
        if not Path("crashed").exists():
            _await_files("open-*", 3)
            Path("crashed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return open_source(uri)


def _await_files(pattern: str, count: int) -> None:
    until = time.monotonic() + _WAIT_S
    while len(list(Path().glob(pattern))) < count:
        assert time.monotonic() < until, f"expected {count} {pattern}"
        time.sleep(0.01)
