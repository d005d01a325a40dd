"""What a process of `segment --jobs` runs: it gets inputs through its pipes and tells how far they are."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

from bisenet.engines import Engine, open_engine
from bisenet_viewer import log
from bisenet_viewer.frame import StreamInfo
from bisenet_viewer.segment.card_source import card_of
from bisenet_viewer.segment.engine_thread import EngineThread
from bisenet_viewer.segment.job import Job, Settled
from bisenet_viewer.segment.one import engine_opener
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.sources import open_source

_TELL_S = 0.25
"""How often frames are told of, at most."""


@dataclass(frozen=True, slots=True)
class OnCard:
    """The engine is open, on a card: it can work for several inputs at once."""

    card: int
    cards: int
    """How many there are."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The job has closed its files because it was told to stop."""


Told = StreamInfo | int | str | OnCard | Settled | Interrupted
"""The input is open; so many more frames are done; one line; what the engine runs on; and the two ends."""


def work(connections: Sequence[Connection], verbose: bool, device: str | None) -> None:
    """Until the pipes are closed: each is a job on a thread of its own, and all of them share one engine.

    The first input comes through the first pipe. verbose: log all events. device: where the engine is to run, in place
    of what the options say.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    log.set_up(verbose=verbose)
    first, *others = (_Pipe(connection) for connection in connections)
    options = first.receive()
    if options is None:
        return
    opener = engine_opener(options if device is None else replace(options, device=device), open_engine, first.say)
    with EngineThread(lambda: _told(opener(), first)) as engine:
        threads = [
            threading.Thread(target=lambda pipe=pipe: _do_all(pipe, pipe.receive(), engine), name=f"job-{number}")
            for number, pipe in enumerate(others, start=1)
        ]
        for thread in threads:
            thread.start()
        _do_all(first, options, engine)
        for thread in threads:
            thread.join()


def card_count() -> int:
    """How many cards there are. Imports torch."""
    import torch

    return torch.cuda.device_count()


def _told(engine: Engine, pipe: _Pipe) -> Engine:
    card = card_of(engine)
    if card is not None:
        pipe.tell(OnCard(card, card_count()))
    return engine


def _do_all(pipe: _Pipe, options: SegmentOptions | None, engine: EngineThread) -> None:
    """Do an input, and those that come after it."""
    job = Job(open_source, engine, pipe)
    with pipe.connection:
        while options is not None:
            pipe.begin()
            try:
                settled = job.do(options, pipe)
            except KeyboardInterrupt:
                pipe.tell(Interrupted())
                return
            pipe.tell(settled)
            options = pipe.receive()


class _Pipe:
    """The parent, for one job: gives out inputs, watches how far they are and says whether to go on."""

    def __init__(self, connection: Connection, clock: Callable[[], float] = time.monotonic) -> None:
        self.connection = connection
        self._clock = clock
        # The engine's thread tells something too, when it opens.
        self._telling = threading.Lock()
        self.begin()

    def receive(self) -> SegmentOptions | None:
        """The next input; None: there is none, or it was asked to stop."""
        try:
            options = self.connection.recv()
        except (EOFError, OSError):
            return None
        return options if isinstance(options, SegmentOptions) else None

    def begin(self) -> None:
        """Another input, of which nothing was told yet."""
        self._frames = 0
        self._told_at = -_TELL_S

    def check(self) -> None:
        """Raise KeyboardInterrupt when there is something in the pipe: the wish to stop, or the parent's end."""
        with suppress(OSError):
            if not self.connection.poll():
                return
        raise KeyboardInterrupt

    def expect(self, info: StreamInfo) -> None:
        """The input is open."""
        self.tell(info)

    def advance(self) -> None:
        """One more frame is done."""
        self._frames += 1
        now = self._clock()
        if now - self._told_at >= _TELL_S:
            self.tell(self._frames)
            self._frames, self._told_at = 0, now

    def say(self, text: str) -> None:
        """Tell one line."""
        self.tell(text)

    def tell(self, message: Told) -> None:
        """That the parent is gone is found where it is asked whether to go on."""
        with suppress(OSError), self._telling:
            self.connection.send(message)
