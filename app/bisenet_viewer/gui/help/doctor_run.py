"""`DoctorRun`: the checks of this machine on a thread of their own, finding by finding."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

if TYPE_CHECKING:
    # Brings PyAV, for which the first paint does not wait.
    from bisenet_viewer.doctor.finding import Check, Finding

END_S = 3.0
"""How long `close` waits. A check that is held by a driver ends by itself and tells nothing more."""


class DoctorRun(QObject):
    """One run at a time. Used from the GUI thread."""

    news = pyqtSignal()
    """There is something in `take`, or the run has ended."""

    def __init__(self, checks: Callable[[], Iterable[Check]], parent: QObject | None = None) -> None:
        """checks: made on the thread, since making them imports much."""
        super().__init__(parent)
        self._checks = checks
        self._found: SimpleQueue[Finding | None] = SimpleQueue()
        """None after the last one."""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_running = False

    @property
    def is_running(self) -> bool:
        """Until the last finding was taken."""
        return self._is_running

    def start(self) -> None:
        """Do all checks; without effect while that is being done."""
        if self._is_running or self._stop.is_set():
            return
        self._is_running = True
        self._found = SimpleQueue()
        self._thread = threading.Thread(target=self._run, args=(self._found,), name="doctor", daemon=True)
        self._thread.start()

    def take(self) -> list[Finding]:
        """What was found since the last call."""
        taken: list[Finding] = []
        while True:
            try:
                finding = self._found.get_nowait()
            except Empty:
                return taken
            if finding is None:
                self._is_running = False
            else:
                taken.append(finding)

    def close(self) -> bool:
        """End after the check that is being done; whether it has within END_S. Harmless when repeated."""
        self._stop.set()
        if self._thread is None:
            return True
        self._thread.join(END_S)
        return not self._thread.is_alive()

    def _run(self, found: SimpleQueue[Finding | None]) -> None:
        from bisenet_viewer.doctor.finding import examine

        for finding in examine(self._checks(), stopped=self._stop.is_set):
            found.put(finding)
            self._tell()
        found.put(None)
        self._tell()

    def _tell(self) -> None:
        # Once closed, this object may be gone.
        if not self._stop.is_set():
            self.news.emit()
