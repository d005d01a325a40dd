"""`MaskExport`: the masks of the looped span as pictures of class ids, made in the background."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from bisenet_viewer.gui.texts import work as texts
from bisenet_viewer.gui.work.export_process import ExportJob, ExportProcess, program

if TYPE_CHECKING:
    from bisenet.engines import EngineInfo
    from bisenet_viewer.frame import StreamInfo
    from bisenet_viewer.gui.player import Request

CLOSE_S = 8.0
"""More than the process gets to stop."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an export is."""

    done: int
    expected: int | None
    """None where nobody knows; a file may have a few frames more or less than it says."""

    @property
    def part(self) -> float | None:
        """0 to 1."""
        return None if self.expected is None else min(1.0, self.done / self.expected)


class MaskExport(QObject):
    """One export at a time, into `clip_masks/00000001_pred.png` and so on; never into a folder that is there."""

    changed = pyqtSignal()
    """It began, came further, or ended."""
    saved = pyqtSignal(str, int)
    """The folder, and how many masks are in it."""
    cancelled = pyqtSignal(str, int)
    """The same of an export that was stopped: what was made until then stays."""
    failed = pyqtSignal(str)
    """One line for people: why there is no export, or what ended it."""
    _news = pyqtSignal()
    """From the export's thread."""

    def __init__(self, folder: Path, parent: QObject | None = None, *, command: list[str] | None = None) -> None:
        """folder: in which the next export makes a folder. command: what starts the program's command line."""
        super().__init__(parent)
        self.folder = folder
        self._command = program() if command is None else command
        self._export: ExportProcess | None = None
        self._news.connect(self._look)

    @property
    def running(self) -> bool:
        """Whether something is exported."""
        return self._export is not None

    @property
    def progress(self) -> Progress | None:
        """None while nothing is exported."""
        return None if self._export is None else Progress(self._export.count, self._export.expected)

    def start(
        self,
        request: Request,
        engine: EngineInfo | None,
        stream: StreamInfo | None,
        loop: tuple[float | None, float | None],
    ) -> None:
        """Export the span with the model that the request names; without a span `failed` says how to mark one.

        engine: what runs, so that the masks are those that were seen, and no time is spent on finding the fastest.
        loop: as `Player.loop`, in the stream's own time.
        """
        begin, end = loop
        if self._export is not None:
            self.failed.emit(texts.ALREADY_EXPORTING)
        elif stream is None or stream.live or not stream.seekable:
            self.failed.emit(texts.NO_FILE)
        elif begin is None or end is None or end <= begin:
            self.failed.emit(texts.NO_SPAN)
        else:
            job = ExportJob(
                source=request.source,
                from_s=max(0.0, begin - stream.start_s),
                to_s=end - stream.start_s,
                rate=None if stream.rate is None else float(stream.rate),
                model=request.model,
                engine=request.engine if engine is None else engine.engine,
                device=request.device if engine is None else engine.device,
                precision=request.precision if engine is None else engine.precision,
                imgsz=request.imgsz,
                context_every=request.context_every,
            )
            self._export = ExportProcess(job, self.folder, self._command, self._news.emit)
            self.changed.emit()

    def cancel(self) -> None:
        """Stop soon; what is exported stays. Without effect while nothing is."""
        if self._export is not None:
            self._export.cancel()

    def close(self, timeout_s: float = CLOSE_S) -> bool:
        """Cancel, and wait within bounds for the process to be gone. Harmless when repeated."""
        if self._export is None:
            return True
        self._export.cancel()
        if not self._export.join(timeout_s):
            log.error("the export of masks did not end in time")
            return False
        self._look()
        return True

    def _look(self) -> None:
        export = self._export
        if export is None or not export.ended:
            self.changed.emit()
            return
        self._export = None
        self.changed.emit()
        if export.fault is not None:
            self.failed.emit(texts.export_failed(export.fault))
        else:
            told = self.cancelled if export.cancelled else self.saved
            told.emit(str(export.folder), export.count)
