"""`Recorder`: the window's recordings, one at a time; those before may still be finishing."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from bisenet_viewer.gui.work.naming import date_text, stem_of
from bisenet_viewer.gui.work.recording import OpenSink, Recording, open_video

if TYPE_CHECKING:
    from bisenet_viewer.frame import Result, StreamInfo
    from bisenet_viewer.overlay import OverlayStyle

CLOSE_S = 10.0
"""How long `close` waits. What is not finished then is a partial file, which can be played."""

log = logging.getLogger(__name__)


class Recorder(QObject):
    """Records the frames with their overlay, at the frames' own size, into `clip_2026-01-31_12-00-00.mp4`.

    Nothing here waits for the encoder or the disk. A killed process leaves a `.partial.mp4` that plays.
    """

    changed = pyqtSignal()
    """Any of the properties is not what it was; a few times a second while it records."""
    saved = pyqtSignal(str, int)
    """The path of a finished recording, and how many frames it lacks because the encoder was too slow."""
    failed = pyqtSignal(str)
    """One line for people: the recording has ended, and what was written is where."""
    _news = pyqtSignal()
    """From the threads of the recordings."""

    def __init__(
        self,
        folder: Path,
        parent: QObject | None = None,
        *,
        open_sink: OpenSink = open_video,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """clock: seconds since 1970, for the names."""
        super().__init__(parent)
        self.folder = folder
        """Where the next recording goes."""
        self._open_sink = open_sink
        self._clock = clock
        self._recording: Recording | None = None
        self._finishing: list[Recording] = []
        self._news.connect(self._look)

    @property
    def recording(self) -> bool:
        """Whether frames are taken."""
        return self._recording is not None

    @property
    def finishing(self) -> bool:
        """Whether a recording that was stopped is not yet under its final name."""
        return bool(self._finishing)

    @property
    def elapsed_s(self) -> float:
        """How long the present recording is; 0 without one."""
        return 0.0 if self._recording is None else self._recording.elapsed_s

    @property
    def dropped(self) -> int:
        """Frames that the present recording lacks because the encoder was too slow."""
        return 0 if self._recording is None else self._recording.dropped

    @property
    def path(self) -> Path | None:
        """Where the present recording will be; None without one, and before its first frame."""
        return None if self._recording is None else self._recording.path

    def start(self, info: StreamInfo, source: str) -> None:
        """Begin with the next frame; a recording that goes on is stopped. source: the address, for the name."""
        self.stop()
        self._recording = Recording(
            self.folder, self._free_stem(source), info, open_sink=self._open_sink, news=self._news.emit
        )
        self.changed.emit()

    def add(self, result: Result, style: OverlayStyle) -> None:
        """A frame as it is shown: what is hidden in the style is not in the recording. Ignored while none goes on."""
        if self._recording is not None:
            self._recording.add(result, style)

    def stop(self) -> None:
        """End the recording; its file is finished in the background, and told by `saved`."""
        if self._recording is not None:
            self._recording.stop()
            self._finishing.append(self._recording)
            self._recording = None
            self.changed.emit()

    def close(self, timeout_s: float = CLOSE_S) -> bool:
        """Stop, and wait within bounds until all is finished; False when something is not. Harmless when repeated."""
        self.stop()
        deadline = time.monotonic() + timeout_s
        for recording in self._finishing:
            if not recording.join(max(0.0, deadline - time.monotonic())):
                log.error("%s is not finished: what was written of it can be played", recording.path)
        self._look()
        return not self._finishing

    def _free_stem(self, source: str) -> str:
        """That of no recording which is still finishing, and may not be on disk yet."""
        stem = f"{stem_of(source)}_{date_text(self._clock())}"
        taken = {each.stem for each in self._finishing}
        numbers = (f"-{number}" for number in count(2))
        return next(name for name in (stem + end for end in chain([""], numbers)) if name not in taken)

    def _look(self) -> None:
        """See which recordings have ended, by themselves too."""
        if self._recording is not None and self._recording.ended:
            self._finishing.append(self._recording)
            self._recording = None
        ended = [each for each in self._finishing if each.ended]
        self._finishing = [each for each in self._finishing if not each.ended]
        for each in ended:
            if each.fault is not None:
                self.failed.emit(each.fault)
            elif each.path is not None:
                self.saved.emit(str(each.path), each.dropped)
        self.changed.emit()
