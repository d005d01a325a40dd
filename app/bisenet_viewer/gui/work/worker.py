"""`Worker`: a thread for what would keep the window waiting, done piece by piece in order. No Qt."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue

WAITING = 8
"""Pieces of work, at most."""
CLOSE_S = 5.0
"""How long `close` waits for what was taken on."""

log = logging.getLogger(__name__)


class Worker:
    """The thread begins with the first piece of work. Used from one thread; the work runs on the worker's own."""

    def __init__(self, name: str, waiting: int = WAITING) -> None:
        """name: of the thread. waiting: how many pieces may wait."""
        self._name = name
        self._limit = waiting
        self._waiting: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False

    def offer(self, work: Callable[[], None]) -> bool:
        """Take the work on, unless too much waits already. It reports its faults itself."""
        if self._closed or self._waiting.qsize() >= self._limit:
            return False
        if self._thread is None:
            # A daemon: a disk that hangs must not keep the process from ending.
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._waiting.put(work)
        return True

    def close(self, timeout_s: float = CLOSE_S) -> bool:
        """Do what was taken on, and end; False when that took too long and goes on. Harmless when repeated."""
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            log.error("%s: the disk did not take everything in time", self._name)
            return False
        return True

    def _run(self) -> None:
        while (work := self._waiting.get()) is not None:
            try:
                work()
            except Exception:
                log.exception("%s: unexpected fault", self._name)
