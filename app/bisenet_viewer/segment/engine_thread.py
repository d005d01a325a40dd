"""`EngineThread`: one engine for many inputs, opened and closed on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet.engines import Engine, EngineInfo, Laps, OverlappingEngine
from bisenet.engines.cuda.batching import SharedCard
from bisenet.engines.scores import Scored
from bisenet_viewer.segment.card_source import card_of

_JOIN_S = 3.0

T = TypeVar("T")


class EngineThread(Closing):
    """Opens the engine when it is first lent, and keeps it until it is closed or has failed.

    One borrower at a time, and any number of an engine on a card, which works for them together (`SharedCard`). What
    the engine raises, the borrower gets.
    """

    def __init__(self, open_engine: Callable[[], Engine]) -> None:
        self._open_engine = open_engine
        self._engine: Engine | None = None
        self._shared: SharedCard | None = None
        """Of an engine that overlaps."""
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # A daemon: a device that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Whether there is an engine that works."""
        return self._engine is not None

    @property
    def card(self) -> int | None:
        """The card that it is open on; None where it is not, or on the processor."""
        engine = self._engine
        return None if engine is None else card_of(engine)

    def lend(self) -> Engine:
        """The engine, for one input: it is opened if need be, and stays open when the borrower closes it."""
        return self.call(self._lend)

    def drop(self) -> None:
        """Close the engine that failed, unless others use it; the next borrower gets a new one."""
        self.call(self._drop)

    def await_settled(self, timeout_s: float) -> bool:
        """After a failure, until it is known whether it was the engine's or one input's; False: not within the time.

        It is when the engine works for others, or has none any more and will be opened anew.
        """
        shared = self._shared
        return shared is None or shared.await_settled(timeout_s)

    def call(self, work: Callable[[], T]) -> T:
        """Do something on the engine's thread and wait for it."""
        future: Future[T] = Future()

        def do() -> None:
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001  a thread's top function; the caller gets it
                future.set_exception(error)

        self._calls.put(do)
        return future.result()

    def close(self) -> None:
        """Close the engine and end the thread; one that the device holds is left behind."""
        self._calls.put(self._close)
        self._calls.put(None)
        self._thread.join(_JOIN_S)

    @property
    def engine(self) -> Engine:
        """The open engine, for its own thread."""
        assert self._engine is not None
        return self._engine

    def _lend(self) -> Engine:
        if self._shared is not None and not self._shared.is_sound:
            self._drop()
        if self._engine is None:
            self._engine = self._open_engine()
            if isinstance(self._engine, OverlappingEngine):
                self._shared = SharedCard(self._engine)
        return _Lent(self) if self._shared is None else self._shared.borrow()

    def _drop(self) -> None:
        if self._shared is None or self._shared.borrowers == 0:
            self._close()

    def _close(self) -> None:
        shared, self._shared = self._shared, None
        engine, self._engine = self._engine, None
        if shared is not None:
            shared.close()
        if engine is not None:
            engine.close()

    def _run(self) -> None:
        while (work := self._calls.get()) is not None:
            work()


class _Lent(Closing):
    """Stands for the engine on another thread."""

    def __init__(self, owner: EngineThread) -> None:
        self._owner = owner

    @property
    def info(self) -> EngineInfo:
        """What is running."""
        return self._owner.engine.info

    @property
    def classes(self) -> ClassSet:
        """What the ids stand for."""
        return self._owner.engine.classes

    def infer(self, rgb: NDArray[np.uint8], laps: Laps | None = None) -> NDArray[np.uint8]:
        """See `Engine.infer`."""
        return self._owner.call(lambda: self._owner.engine.infer(rgb, laps))

    def infer_confidence(
        self, rgb: NDArray[np.uint8], laps: Laps | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """See `Engine.infer_confidence`."""
        return self._owner.call(lambda: self._owner.engine.infer_confidence(rgb, laps))

    def infer_scored(self, rgb: NDArray[np.uint8], laps: Laps | None = None, *, confidence: bool = False) -> Scored:
        """See `Engine.infer_scored`."""
        return self._owner.call(lambda: self._owner.engine.infer_scored(rgb, laps, confidence=confidence))

    def close(self) -> None:
        """Nothing: the owner keeps it for the next."""
