"""A feed whose connections do what a test wants when it wants it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from fractions import Fraction
from queue import Empty, SimpleQueue

import av
import numpy as np

from bisenet.closing import Closing
from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.live.connection import Picture, StreamEnded
from bisenet_viewer.sources.live.state import Limits

WAIT_S = 10.0
"""Only a test that fails waits so long."""
QUICK = Limits(stall_s=0.15, drop_s=0.4, attempt_s=0.5, settle_s=5.0, shortest_delay_s=0.02)
WIDTH, HEIGHT = 32, 16


class ScriptedConnection(Closing):
    """Reads what was put into it."""

    mode, rate, pixel_aspect, damaged, left_out = "test 32x16", Fraction(25), None, 0, 0

    def __init__(self) -> None:
        self._items: SimpleQueue[Picture | Exception] = SimpleQueue()
        self._shown = 0
        self.closed = threading.Event()

    def show(self, grey: int = 100) -> None:
        image = av.VideoFrame.from_ndarray(np.full((HEIGHT, WIDTH, 3), grey, np.uint8), format="rgb24")
        image.pts, image.time_base = self._shown, Fraction(1, 25)
        self._shown += 1
        self._items.put(Picture(image, time.monotonic(), 0.5))

    def lose(self, reason: str = "the connection was lost") -> None:
        self._items.put(SourceError(reason))

    def end(self) -> None:
        self._items.put(StreamEnded())

    def read(self) -> list[Picture]:
        try:
            item = self._items.get(timeout=0.01)
        except Empty:
            return []
        if isinstance(item, Exception):
            raise item
        return [item]

    def close(self) -> None:
        self.closed.set()


class ScriptedFeed:
    """Gives the connections, or raises the errors, one after the other; a function is called for one. Then refuses."""

    name = title = "the stream"

    def __init__(self, *outcomes: ScriptedConnection | Exception | Callable[[], ScriptedConnection]) -> None:
        self._outcomes = list(outcomes)
        self.attempts = 0

    def pacer(self) -> None:
        return None

    def connect(self) -> ScriptedConnection:
        self.attempts += 1
        outcome = self._outcomes.pop(0) if self._outcomes else SourceError("nobody answers")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome if isinstance(outcome, ScriptedConnection) else outcome()


def readers() -> list[threading.Thread]:
    """The readers' threads that are alive."""
    return [thread for thread in threading.enumerate() if thread.name == "reader"]
