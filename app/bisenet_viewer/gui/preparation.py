"""What has to happen before a pipeline can start, away from the GUI thread: the old one stops, the imports are made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bisenet_viewer.pipeline.pipeline import Pipeline


class Preparation:
    """One thread that runs once. Stopping may take seconds, importing half a second; the window waits for neither."""

    def __init__(self, old: Pipeline | None, build: Callable[[], Pipeline] | None, on_done: Callable[[], None]) -> None:
        """build: None where the old one stops and nothing follows."""
        self.old = old
        self.done = False
        self.pipeline: Pipeline | None = None
        """The new one, not started."""
        self.error: Exception | None = None
        self._build = build
        self._on_done = on_done
        self._thread = threading.Thread(target=self._run, name="prepare", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; True when it came in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            if self.old is not None:
                self.old.stop()
            if self._build is not None:
                self.pipeline = self._build()
        except Exception as error:  # noqa: BLE001  # the thread's top function: told in the window
            self.error = error
        self.done = True
        self._on_done()
