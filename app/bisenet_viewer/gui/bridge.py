"""The only crossing between the pipeline's threads and Qt: slots for the newest result and frame, a queue of events.

Workers leave things here and a signal without content tells the window to fetch them: a frame in a signal would wait in
Qt's queue, which has no bound. An `Entrance` belongs to one pipeline; once the bridge is renewed for the next one, what
still comes through the old entrance is ignored.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

if TYPE_CHECKING:
    from bisenet_viewer.frame import Frame, Result
    from bisenet_viewer.pipeline.events import Event


class Bridge(QObject):
    """Made and read on the GUI thread; written to through an `Entrance` from any."""

    arrived = pyqtSignal()
    """There is something to fetch. Emitted on the worker's thread; Qt brings it over to that of the receiver."""
    frame_arrived = pyqtSignal()
    """There is a frame to fetch."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._generation = 0
        self._latest: Result | None = None
        self._frame: Frame | None = None
        self._events: deque[Event] = deque()
        self._replaced = 0

    def renew(self) -> Entrance:
        """Throw away what waits, shut the entrances handed out before, and hand out a new one."""
        with self._lock:
            self._generation += 1
            self._latest = self._frame = None
            self._events.clear()
            self._replaced = 0
            return Entrance(self, self._generation)

    def take(self) -> Result | None:
        """The newest result, once."""
        with self._lock:
            result, self._latest = self._latest, None
            return result

    def take_frame(self) -> Frame | None:
        """The newest frame, once."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame

    def take_events(self) -> list[Event]:
        """The events since the last call, in order."""
        with self._lock:
            events = list(self._events)
            self._events.clear()
            return events

    def forget(self) -> None:
        """Throw the waiting result and frame away without counting them: after a seek nobody wants them."""
        with self._lock:
            self._latest = self._frame = None

    @property
    def replaced(self) -> int:
        """How many results were replaced by a newer one before they were taken."""
        with self._lock:
            return self._replaced

    def wake(self) -> None:
        """Make the reader look, from any thread."""
        self.arrived.emit()

    def _put_result(self, result: Result, generation: int) -> None:
        with self._lock:
            if generation != self._generation:
                return
            was_empty = self._latest is None
            self._replaced += not was_empty
            self._latest = result
        if was_empty:
            self.arrived.emit()

    def _put_frame(self, frame: Frame, generation: int) -> None:
        with self._lock:
            if generation != self._generation:
                return
            was_empty = self._frame is None
            self._frame = frame
        if was_empty:
            self.frame_arrived.emit()

    def _put_event(self, event: Event, generation: int) -> None:
        with self._lock:
            if generation != self._generation:
                return
            self._events.append(event)
        self.arrived.emit()


class Entrance:
    """Where one pipeline leaves its results, frames and events. Never blocks, from any thread."""

    def __init__(self, bridge: Bridge, generation: int) -> None:
        self._bridge = bridge
        self._generation = generation

    def deliver(self, result: Result) -> None:
        """Leave a result; one that still waits is replaced and counted."""
        self._bridge._put_result(result, self._generation)

    def deliver_frame(self, frame: Frame) -> None:
        """Leave a frame that is not inferred yet; one that still waits is replaced."""
        self._bridge._put_frame(frame, self._generation)

    def report(self, event: Event) -> None:
        """Leave an event; none is lost."""
        self._bridge._put_event(event, self._generation)
