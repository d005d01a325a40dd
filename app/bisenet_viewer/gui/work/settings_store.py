"""`SettingsStore`: the settings of the moment, written to disk a little later and away from the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from bisenet_viewer import settings as files
from bisenet_viewer.gui.work.worker import Worker
from bisenet_viewer.settings import Settings

DELAY_MS = 1000
"""However much changes, it is written once in this time."""
CLOSE_S = 2.0

log = logging.getLogger(__name__)


class SettingsStore(QObject):
    """Reads the file when it is made, which takes a millisecond; whoever changes something just says so."""

    changed = pyqtSignal()
    """The settings are not what they were."""

    def __init__(self, path: Path | None = None, parent: QObject | None = None, *, delay_ms: int = DELAY_MS) -> None:
        """path: of the file; None: the usual one."""
        super().__init__(parent)
        self._path = path or files.settings_path()
        self._settings = files.load(self._path)
        self._is_new = False
        """What there is differs from what was last handed over to be written."""
        self._worker = Worker("settings")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(self._write)

    @property
    def settings(self) -> Settings:
        """What was chosen until now."""
        return self._settings

    def change(self, **values: Any) -> None:
        """Set fields of the settings by their names."""
        self.put(replace(self._settings, **values))

    def put(self, settings: Settings) -> None:
        """Remember these settings."""
        if settings == self._settings:
            return
        self._settings = settings
        self._is_new = True
        if not self._timer.isActive():
            self._timer.start()
        self.changed.emit()

    def reset(self) -> None:
        """Forget everything, also on disk."""
        self._timer.stop()
        self._settings, self._is_new = Settings(), False
        path = self._path
        self._worker.offer(lambda: _tried(lambda: files.reset(path), path))
        self.changed.emit()

    def close(self, timeout_s: float = CLOSE_S) -> bool:
        """Write what is not written yet, within bounds, and end the thread. Harmless when repeated."""
        self._timer.stop()
        self._write()
        return self._worker.close(timeout_s)

    def _write(self) -> None:
        if not self._is_new:
            return
        settings, path = self._settings, self._path
        if self._worker.offer(lambda: _tried(lambda: files.save(settings, path), path)):
            self._is_new = False
        else:
            # The disk hangs: another try, with what is chosen then.
            self._timer.start()


def _tried(work: Callable[[], object], path: Path) -> None:
    """Settings that cannot be written are no reason to disturb anyone."""
    try:
        work()
    except OSError as error:
        log.warning("cannot write %s: %s; what was chosen will be forgotten", path, error.strerror or error)
