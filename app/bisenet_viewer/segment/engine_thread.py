"""`EngineThread`: one engine for many inputs, on a thread of its own."""

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
from bisenet.engines import Engine, EngineInfo, Laps
from bisenet.engines.scores import Scored

_JOIN_S = 3.0

T = TypeVar("T")


class EngineThread(Closing):
    """Opens the engine when it is first lent, and keeps it until it is closed or has failed.

    One borrower at a time. What the engine raises, the borrower gets.
    """

    def __init__(self, open_engine: Callable[[], Engine]) -> None:
        self._open_engine = open_engine
        self._engine: Engine | None = None
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # A daemon: a device that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Whether there is an engine that works."""
        return self._engine is not None

    def lend(self) -> Engine:
        """The engine, for one input: it is opened if need be, and stays open when the borrower closes it."""
        self.call(self._open)
        return _Lent(self)

    def drop(self) -> None:
        """Close the engine; the next borrower gets a new one."""
        self.call(self._close)

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

    def _open(self) -> None:
        if self._engine is None:
            self._engine = self._open_engine()

    def _close(self) -> None:
        engine, self._engine = self._engine, None
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
