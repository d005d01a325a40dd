"""`SpeedRun`: the measuring process, which the window listens to. Nothing here blocks but `close`, within bounds."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from PyQt6.QtCore import QObject, QProcess, QTimer, pyqtSignal

from bisenet_viewer.gui.numbers.speed_content import Figure

MODULE = "bisenet_viewer.benchmark.live"
"""Named and not imported: the benchmark stands above the window, and its processes must not be the window's."""

_GRACE_MS = 4000
"""So long the process may take to close the engines it has open."""


class SpeedRun(QObject):
    """One process at a time."""

    figure_came = pyqtSignal(object)
    """A `Figure`; again with each turn."""
    doing = pyqtSignal(str)
    """What goes on, for people."""
    left_out = pyqtSignal(str)
    """What could not be measured, and why."""
    ended = pyqtSignal(bool, object)
    """Whether all was measured; and how many cores other programs kept busy, or None. Once for each start."""

    def __init__(self, program: Sequence[str] | None = None, parent: QObject | None = None) -> None:
        """program: what is run with the orders behind it; None: the benchmark, with this Python."""
        super().__init__(parent)
        self._program = list(program or (sys.executable, "-m", MODULE))
        self._process: QProcess | None = None
        self._rest = b""
        self._is_done = False
        self._busy_elsewhere: float | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_GRACE_MS)
        self._patience.timeout.connect(self._kill)

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self, orders: Sequence[str]) -> None:
        """Begin; returns at once."""
        if self._process is not None:
            return
        self._rest, self._is_done, self._busy_elsewhere = b"", False, None
        process = QProcess(self)
        # What it logs goes where this program's log goes.
        process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._end)
        process.errorOccurred.connect(self._fail)
        self._process = process
        process.start(self._program[0], [*self._program[1:], *orders])

    def stop(self) -> None:
        """Ask it to end; `ended` tells when it has. What it does not do in time is ended for it."""
        if self._process is not None:
            self._process.terminate()
            self._patience.start()

    def close(self) -> None:
        """End it and wait for that, within bounds; `ended` is not told."""
        process, self._process = self._process, None
        self._patience.stop()
        if process is not None:
            process.terminate()
            if not process.waitForFinished(_GRACE_MS):
                process.kill()
                process.waitForFinished(_GRACE_MS)
            process.deleteLater()

    def _read(self) -> None:
        if self._process is None:
            return
        *lines, self._rest = (self._rest + self._process.readAllStandardOutput().data()).split(b"\n")
        for line in lines:
            self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            told = json.loads(line)
        except ValueError:
            return  # some library's own words
        match told:
            case {"kind": "figure"}:
                self.figure_came.emit(_figure(told))
            case {"kind": "doing", "text": text}:
                self.doing.emit(str(text))
            case {"kind": "left_out", "what": what, "why": why}:
                self.left_out.emit(f"{what}: {why}")
            case {"kind": "done"}:
                self._is_done = True
                self._busy_elsewhere = told.get("busy_elsewhere")

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _fail(self, error: QProcess.ProcessError) -> None:
        # Whatever else goes wrong, `finished` follows.
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            self.left_out.emit(self._process.errorString())
            self._end()

    def _end(self) -> None:
        if self._process is None:
            return
        self._patience.stop()
        self._read()
        self._process.deleteLater()
        self._process = None
        self.ended.emit(self._is_done, self._busy_elsewhere)


def _figure(told: dict[str, Any]) -> Figure:
    width, height = told["size"]
    return Figure(
        told["model"], (width, height), told["ms"], told["repeats"], told["engine"], told["precision"], told["device"]
    )
