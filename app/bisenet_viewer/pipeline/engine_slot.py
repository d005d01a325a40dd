"""`EngineSlot`: engines that are opened while another one goes on."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bisenet.engines import Engine

OpenEngine = Callable[[], Engine]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a wish. Who takes it owns the engine."""

    wish: int
    engine: Engine | None = None
    """None also where the wish was to have none."""
    error: Exception | None = None


class EngineSlot:
    """Turns the newest wish for an engine into one, on a thread named `opening`, until somebody takes it.

    That thread opens one engine at a time and lives as long as there is something to do. What is not wanted any more
    when it is open is closed there.
    """

    def __init__(self, try_out: Callable[[Engine], None], on_outcome: Callable[[], None]) -> None:
        """try_out: uses a new engine once, so that its first frame is like the others. on_outcome: `take` has one.

        Both are called on the slot's thread; the second must not block.
        """
        self._try_out = try_out
        self._on_outcome = on_outcome
        self._lock = threading.Lock()
        self._newest = 0
        self._next: OpenEngine | None = None
        """Wished for and not begun."""
        self._is_pending = False
        """The newest wish has no outcome that was taken."""
        self._outcome: Outcome | None = None
        self._unwanted: list[Engine] = []
        self._closed = False
        self._thread: threading.Thread | None = None
        """The newest; it may have ended."""
        self._works = False

    def wish(self, open_engine: OpenEngine | None) -> int:
        """Have this opened in place of whatever was wished for before; None: have none. Returns the wish's number."""
        with self._lock:
            self._supersede()
            if not self._closed:
                self._is_pending = True
                self._next = open_engine
                if open_engine is None:
                    self._outcome = Outcome(self._newest)
                self._see_to_work()
            number = self._newest
        if open_engine is None:
            self._on_outcome()
        return number

    def withdraw(self) -> bool:
        """Wish for nothing any more; False when it is too late, or there was no wish."""
        with self._lock:
            was_pending = self._is_pending
            self._supersede()
            self._see_to_work()
        return was_pending

    def take(self) -> Outcome | None:
        """What became of the newest wish, once."""
        with self._lock:
            outcome, self._outcome = self._outcome, None
            if outcome is not None:
                self._is_pending = False
            return outcome

    @property
    def has_outcome(self) -> bool:
        """Whether there is something to take."""
        with self._lock:
            return self._outcome is not None

    def close(self) -> None:
        """Open nothing more. What is being opened is closed when that returns. Harmless when repeated."""
        with self._lock:
            self._supersede()
            self._closed = True
            self._see_to_work()

    @property
    def is_busy(self) -> bool:
        """Whether its thread is alive."""
        with self._lock:
            return self._thread is not None and self._thread.is_alive()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait until nothing is being opened or closed; False when that is not so within the time."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        joined: threading.Thread | None = None
        while True:
            with self._lock:
                thread = self._thread
            if thread is None or thread is joined:
                return True
            thread.join(None if until is None else max(0.0, until - time.monotonic()))
            if thread.is_alive():
                return False
            joined = thread

    def _supersede(self) -> None:
        """Forget the newest wish, with the lock held."""
        self._newest += 1
        self._is_pending = False
        self._next = None
        if self._outcome is not None and self._outcome.engine is not None:
            self._unwanted.append(self._outcome.engine)
        self._outcome = None

    def _see_to_work(self) -> None:
        """Have a thread if there is something to do, with the lock held."""
        if not self._works and (self._next is not None or self._unwanted):
            self._works = True
            # A daemon: foreign code that never returns must not keep the process from ending.
            self._thread = threading.Thread(target=self._work, name="opening", daemon=True)
            self._thread.start()

    # The thread.

    def _work(self) -> None:
        while True:
            with self._lock:
                unwanted, self._unwanted = self._unwanted, []
                open_engine, self._next = self._next, None
                wish = self._newest
                if open_engine is None and not unwanted:
                    self._works = False
                    return
            for engine in unwanted:
                _let_go(engine)
            if open_engine is not None:
                self._put(self._opened(open_engine, wish))

    def _opened(self, open_engine: OpenEngine, wish: int) -> Outcome:
        engine = None
        try:
            engine = open_engine()
            self._try_out(engine)
        except Exception as error:  # noqa: BLE001  as a thread's top function: whoever takes it tells it
            if engine is not None:
                _let_go(engine)
            return Outcome(wish, error=error)
        return Outcome(wish, engine)

    def _put(self, outcome: Outcome) -> None:
        with self._lock:
            is_wanted = outcome.wish == self._newest
            if is_wanted:
                self._outcome = outcome
            elif outcome.engine is not None:
                self._unwanted.append(outcome.engine)
        if is_wanted:
            self._on_outcome()
        elif outcome.error is not None:
            _log.info("not wanted any more, and failed: %s", outcome.error)


def _let_go(engine: Engine) -> None:
    try:
        engine.close()
    except Exception:  # noqa: BLE001  as a thread's top function
        _log.exception("an engine that was not needed could not be closed")
