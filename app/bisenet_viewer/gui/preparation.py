"""What has to happen before a pipeline can start, away from the GUI thread: the old one stops, the imports are made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bisenet_viewer.pipeline.pipeline import Pipeline


class Preparation:
    """One thread that runs once. Stopping may take seconds, importing half a second; the window waits for neither."""

    def __init__(self, old: Pipeline | None, build: Callable[[], Pipeline], on_done: Callable[[], None]) -> None:
        self.old = old
        self.pipeline: Pipeline | None = None
        """The new one, not started."""
        self.error: Exception | None = None
        self._build = build
        self._on_done = on_done
        self._thread = threading.Thread(target=self._run, name="prepare", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def done(self) -> bool:
        return self.pipeline is not None or self.error is not None

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; True when it came in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            if self.old is not None:
                self.old.stop()
            self.pipeline = self._build()
        except Exception as error:  # noqa: BLE001  # the thread's top function: told in the window
            self.error = error
        self._on_done()
