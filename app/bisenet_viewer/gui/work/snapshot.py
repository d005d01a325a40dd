"""`Snapshots`: pictures on disk, written while the video goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QImage

from bisenet_viewer.gui.texts import work as texts
from bisenet_viewer.gui.work.naming import stem_of, time_text
from bisenet_viewer.gui.work.new_files import write_new
from bisenet_viewer.gui.work.png import png_bytes
from bisenet_viewer.gui.work.worker import CLOSE_S, WAITING, Worker


class Snapshots(QObject):
    """Writes `clip_000123.450.png` into its folder, which is made when it is first needed; never over another file."""

    saved = pyqtSignal(str)
    """The path of a picture that is on disk. Emitted on the worker's thread, as `failed` is."""
    failed = pyqtSignal(str)
    """One line for people about a picture that is not."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        """Where the next picture goes."""
        self._worker = Worker("snapshots")

    def save(self, picture: Callable[[], QImage], name_hint: str, time_s: float) -> None:
        """Draw and write a picture soon. picture: draws it, on the thread, of what does not change any more.

        name_hint: the source's address. time_s: the frame's time in it.
        """
        folder, stem = self.folder, f"{stem_of(name_hint)}_{time_text(time_s)}"
        if not self._worker.offer(lambda: self._write(picture, folder, stem)):
            self.failed.emit(texts.not_saved(texts.too_many_waiting(WAITING)))

    def close(self, timeout_s: float = CLOSE_S) -> bool:
        """Write what was asked for, within bounds, and end the thread. Harmless when repeated."""
        return self._worker.close(timeout_s)

    def _write(self, picture: Callable[[], QImage], folder: Path, stem: str) -> None:
        # Brings numpy, for which the first paint does not wait.
        from bisenet_viewer.sinks.target import reason

        try:
            path = write_new(folder, stem, ".png", png_bytes(picture()))
        except (OSError, ValueError) as error:
            self.failed.emit(texts.not_saved(f"{folder}: {reason(error)}"))
        else:
            self.saved.emit(str(path))
