"""`Lookup`: asks what may take long (a disk, the cameras) on a thread of its own, and answers on the GUI thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from PyQt6.QtCore import QObject, pyqtSignal

Answer = TypeVar("Answer")
_Question = tuple[Callable[[], Any], Callable[[Any], None]]
"""What is asked, and who gets the answer."""

_log = logging.getLogger(__name__)


class Lookup(QObject):
    """The newest question is the one that counts: those before it are dropped, or their answers are.

    A thread lives as long as there are questions. It ends with the question it is at once the lookup is closed or
    destroyed; a question that hangs, in a driver or on a dead network disk, leaves it behind, and the window goes on.
    """

    _answered = pyqtSignal()

    def __init__(self, thread_name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = _Desk(thread_name, self._answered.emit)
        self._answered.connect(self._hand_over)
        self.destroyed.connect(self._desk.close)

    def ask(self, question: Callable[[], Answer], then: Callable[[Answer], None]) -> None:
        """Call `question` on the thread and `then` with its answer on this one, unless something newer is asked.

        The question is to catch what it may raise.
        """
        self._desk.put((question, then))

    def withdraw(self) -> None:
        """Nobody waits for an answer any more."""
        self._desk.put(None)

    @property
    def is_busy(self) -> bool:
        """Whether a question waits or is being answered."""
        return self._desk.is_busy

    def close(self, timeout_s: float = 0.0) -> bool:
        """Ask nothing any more, and wait so long for the thread; True where it has ended."""
        self._desk.close()
        return self._desk.join(timeout_s)

    def _hand_over(self) -> None:
        answered = self._desk.take()
        if answered is not None:
            then, answer = answered
            then(answer)


class _Desk:
    """What the thread and the lookup share. Outlives the Qt object, which a thread must not touch once it is gone."""

    def __init__(self, thread_name: str, tell: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._name = thread_name
        self._tell = tell
        self._question: _Question | None = None
        self._answer: tuple[Callable[[Any], None], Any] | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._asked = 0
        self._is_answering = False

    def put(self, question: _Question | None) -> None:
        with self._lock:
            self._asked += 1
            self._question, self._answer = question, None
            if question is not None and self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def take(self) -> tuple[Callable[[Any], None], Any] | None:
        with self._lock:
            answer, self._answer = self._answer, None
            return answer

    @property
    def is_busy(self) -> bool:
        with self._lock:
            return self._question is not None or self._is_answering

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            self._question = self._answer = None

    def join(self, timeout_s: float) -> bool:
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return thread is None or not thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._lock:
                question, self._question = self._question, None
                asked = self._asked
                if question is None or self._is_closed:
                    self._thread = None
                    return
                self._is_answering = True
            ask, then = question
            answer = None
            try:
                answer = ask()
            except Exception:  # noqa: BLE001  # the thread's top function: the next question is answered all the same
                _log.exception("%s: unexpected fault", self._name)
                asked = -1
            with self._lock:
                self._is_answering = False
                if asked == self._asked and not self._is_closed:
                    self._answer = (then, answer)
                    # Inside the lock: the signal is there as long as nobody could close the desk.
                    self._tell()
