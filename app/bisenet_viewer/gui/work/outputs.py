"""`Outputs`: all that a person takes from the window, and the notes that say where it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QWidget

from bisenet_viewer.gui.texts import work as texts
from bisenet_viewer.gui.work.clipboard import copy_picture
from bisenet_viewer.gui.work.flagging import Flags
from bisenet_viewer.gui.work.folders import flag_folder, recording_folder, show_folder, snapshot_folder
from bisenet_viewer.gui.work.mask_export import MaskExport
from bisenet_viewer.gui.work.progress_note import ProgressNote
from bisenet_viewer.gui.work.recorder import Recorder
from bisenet_viewer.gui.work.snapshot import Snapshots
from bisenet_viewer.gui.work.toast import Action
from bisenet_viewer.gui.work.toasts import Toasts
from bisenet_viewer.settings import Settings

if TYPE_CHECKING:
    from bisenet.classes import ClassSet
    from bisenet.engines import EngineInfo
    from bisenet_viewer.frame import Result, StreamInfo
    from bisenet_viewer.gui.player import Request


class Outputs(QObject):
    """Owns what writes, each part on a thread of its own, and ends them when it is closed."""

    def __init__(self, over: QWidget, settings: Settings) -> None:
        """over: the video, for the notes; it must not go before `close` was called. settings: say which folders."""
        super().__init__(over)
        pictures = snapshot_folder(settings.snapshot_folder)
        self.toasts = Toasts(over)
        self.snapshots = Snapshots(pictures, self)
        self.recorder = Recorder(recording_folder(settings.recording_folder), self)
        self.mask_export = MaskExport(pictures, self)
        self.flags = Flags(flag_folder(settings.flag_folder), self)
        self.progress_note = ProgressNote(over)
        self.progress_note.cancel_wanted.connect(self.mask_export.cancel)
        self.toasts.pin(self.progress_note)
        self.snapshots.saved.connect(self._tell_snapshot)
        self.recorder.saved.connect(self._tell_recording)
        self.mask_export.changed.connect(self._show_progress)
        self.mask_export.saved.connect(self._tell_masks)
        self.mask_export.cancelled.connect(self._tell_cancelled)
        self.flags.flagged.connect(self._tell_flagged)
        self.flags.removed.connect(self._tell_removed)
        for part in (self.snapshots, self.recorder, self.mask_export, self.flags):
            part.failed.connect(self._tell_failed)

    def set_folders(self, settings: Settings) -> None:
        """From now on what is written goes there."""
        self.snapshots.folder = self.mask_export.folder = snapshot_folder(settings.snapshot_folder)
        self.recorder.folder = recording_folder(settings.recording_folder)
        self.flags.folder = flag_folder(settings.flag_folder)

    def toggle_recording(self, stream: StreamInfo | None, source: str) -> None:
        """Record what comes from here on, or end the recording. source: the address, for the name."""
        if self.recorder.recording:
            self.recorder.stop()
        elif stream is None:
            self.toasts.tell(texts.NOTHING_TO_SAVE)
        else:
            self.recorder.start(stream, source)

    def toggle_export(
        self,
        request: Request,
        engine: EngineInfo | None,
        stream: StreamInfo | None,
        loop: tuple[float | None, float | None],
    ) -> None:
        """Export the masks of the span, or cancel that; see `MaskExport.start`."""
        if self.mask_export.running:
            self.mask_export.cancel()
        else:
            self.mask_export.start(request, engine, stream, loop)

    def copy(self, image: QImage) -> None:
        """Put a picture on the clipboard, and say so."""
        self.toasts.tell(texts.COPIED if copy_picture(image) else texts.NOTHING_TO_COPY)

    def flag(self, result: Result | None, classes: ClassSet | None, source: str, *, live: bool) -> None:
        """Add a frame to the data set; see `Flags.flag`."""
        if result is None or classes is None:
            self.toasts.tell(texts.NOTHING_TO_FLAG)
        else:
            self.flags.flag(result, classes, source, live=live)

    def close(self) -> None:
        """Finish what was begun, each part within its bounds, and end the threads. Harmless when repeated."""
        self.recorder.stop()
        self.mask_export.cancel()
        self.snapshots.close()
        self.flags.close()
        self.mask_export.close()
        self.recorder.close()

    def _tell_snapshot(self, path: str) -> None:
        self.toasts.tell(texts.saved(Path(path).name), _show(path))

    def _tell_recording(self, path: str, dropped: int) -> None:
        self.toasts.tell(texts.recorded(Path(path).name, dropped), _show(path))

    def _tell_masks(self, folder: str, count: int) -> None:
        self.toasts.tell(texts.exported(count, Path(folder).name), _show(folder))

    def _tell_cancelled(self, folder: str, count: int) -> None:
        if count:
            self.toasts.tell(texts.export_cancelled(count, Path(folder).name), _show(folder))
        else:
            self.toasts.tell(texts.EXPORT_CANCELLED)

    def _show_progress(self) -> None:
        self.progress_note.set_progress(self.mask_export.progress)
        self.toasts.place()

    def _tell_flagged(self, count: int, path: str) -> None:
        data_set = Path(path).parent.parent.name
        self.toasts.tell(texts.flagged(count, data_set), (texts.UNDO, lambda: self.flags.remove(path)))

    def _tell_removed(self, _count: int, path: str) -> None:
        self.toasts.tell(texts.unflagged(Path(path).name))

    def _tell_failed(self, line: str) -> None:
        self.toasts.tell(line)


def _show(path: str) -> Action:
    return texts.SHOW_IN_FOLDER, lambda: show_folder(Path(path))
