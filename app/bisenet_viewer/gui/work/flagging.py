"""`Flags`: frames that the model got wrong, put aside to train with."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from bisenet_viewer.gui.texts import work as texts
from bisenet_viewer.gui.work.flag_folder import FlagFolder, RefusedError
from bisenet_viewer.gui.work.naming import date_text, identity, stem_of, time_text
from bisenet_viewer.gui.work.worker import CLOSE_S, WAITING, Worker

if TYPE_CHECKING:
    from bisenet.classes import ClassSet
    from bisenet_viewer.frame import Result


class Flags(QObject):
    """Writes the frame without overlay, and its class ids, into a data set; while the video goes on."""

    flagged = pyqtSignal(int, str)
    """How many frames the data set has, and the path of the new one. Emitted on the worker's thread, as the others."""
    removed = pyqtSignal(int, str)
    """How many frames are left, and the path of the one that was taken out."""
    failed = pyqtSignal(str)
    """One line for people about a frame that was not flagged."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        """folder: the data set; it is made when the first frame is flagged."""
        super().__init__(parent)
        self.folder = folder
        """Where the next frame goes."""
        self._worker = Worker("flags")
        # The same moment of a live stream has the same name, however often it is asked for.
        self._epoch_s = time.time() - time.monotonic()

    def flag(self, result: Result, classes: ClassSet, source: str, *, live: bool) -> None:
        """Add the frame to the data set soon, unless it is there. classes: what its labels stand for.

        source: the address, of which the name tells the last part. live: whether times of the stream come again at its
        next start; the names then have date and time.
        """
        data_set = FlagFolder(self.folder)
        name = self._name(result, source, live=live)
        if not self._worker.offer(lambda: self._add(data_set, name, result, classes)):
            self.failed.emit(texts.not_flagged(texts.too_many_waiting(WAITING)))

    def remove(self, path: str) -> None:
        """Take a flagged frame out again. path: as told by `flagged`."""
        image = Path(path)
        if not self._worker.offer(lambda: self._remove(image)):
            self.failed.emit(texts.too_many_waiting(WAITING))

    def close(self, timeout_s: float = CLOSE_S) -> bool:
        """Write what was asked for, within bounds, and end the thread. Harmless when repeated."""
        return self._worker.close(timeout_s)

    def _name(self, result: Result, source: str, *, live: bool) -> str:
        frame = result.frame
        moment = time_text(frame.time_s)
        if live:
            seconds = self._epoch_s + frame.captured_at
            moment = f"{date_text(seconds)}.{int(seconds % 1 * 1000):03d}"
        return f"{stem_of(source)}-{identity(source)}_{moment}"

    # What follows runs on the worker's thread.

    def _add(self, data_set: FlagFolder, name: str, result: Result, classes: ClassSet) -> None:
        from bisenet_viewer.gui.picture.qimage import frame_image
        from bisenet_viewer.gui.work.png import png_bytes
        from bisenet_viewer.sinks.png import palette_png
        from bisenet_viewer.sinks.target import reason

        try:
            picture = png_bytes(frame_image(result.frame.rgb))
            mask = palette_png(result.labels, classes.palette_array())
            count, path = data_set.add(name, picture, mask, classes)
        except RefusedError as refusal:
            self.failed.emit(str(refusal))
        except (OSError, ValueError) as error:
            self.failed.emit(texts.not_flagged(f"{data_set.root}: {reason(error)}"))
        else:
            self.flagged.emit(count, str(path))

    def _remove(self, image: Path) -> None:
        from bisenet_viewer.sinks.target import reason

        try:
            count = FlagFolder(image.parent.parent).remove(image)
        except OSError as error:
            self.failed.emit(f"{image}: {reason(error)}")
        else:
            self.removed.emit(count, str(image))
