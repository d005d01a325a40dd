"""`Recording`: one video that is being written, on a thread of its own. No Qt."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from bisenet_viewer.gui.texts import work as texts
from bisenet_viewer.gui.work.new_files import numbered
from bisenet_viewer.gui.work.retiming import Retiming

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bisenet_viewer.frame import Result, StreamInfo
    from bisenet_viewer.overlay import OverlayStyle
    from bisenet_viewer.sinks import Sink
    from bisenet_viewer.sinks.video import Renderer

OpenSink = Callable[[Path, "StreamInfo", "Renderer", Callable[[str], None]], "Sink"]
"""Makes what writes the video: path, stream, renderer, and what takes a line for people."""

_ROOM_BYTES = 256 << 20
_FEWEST, _MOST = 4, 64
"""Frames that may wait, whatever their size."""
_TELL_S = 0.25

log = logging.getLogger(__name__)

_Shown = tuple["Result", "OverlayStyle"]


def open_video(path: Path, info: StreamInfo, render: Renderer, say: Callable[[str], None]) -> Sink:
    """The program's own video sink. Raises SinkError."""
    from bisenet_viewer.sinks.encoding import Encoding
    from bisenet_viewer.sinks.video import VideoSink

    # The window and the network need the processor too.
    threads = min(4, max(1, (os.cpu_count() or 1) // 2))
    return VideoSink(path, info, render=render, encoding=Encoding(threads=threads), say=say)


class Recording:
    """From the first frame to a file under its final name, or to one line that says why not.

    `add` and `stop` are called from one thread and never wait. The frames in the queue are bounded by number and by
    size; one that comes while it is full is dropped and counted.
    """

    def __init__(
        self, folder: Path, stem: str, info: StreamInfo, *, open_sink: OpenSink, news: Callable[[], None]
    ) -> None:
        """folder: is made when the first frame comes. stem: of the file's name. news: is called on the recording's
        thread a few times a second, and when it has ended.
        """
        self.stem = stem
        self._folder, self._info = folder, info
        self._open_sink = open_sink
        self._news = news
        self._retiming = Retiming(info.rate, live=info.live)
        self._waiting: SimpleQueue[_Shown | None] = SimpleQueue()
        self._room = 0
        self._style: OverlayStyle | None = None
        self._said: list[str] = []
        self._told_at = 0.0
        self._stopped = False
        self.path: Path | None = None
        """The final name; None before the first frame."""
        self.fault: str | None = None
        """Why there is no video, or where the part of it is that was written."""
        self.dropped = 0
        self.ended = False
        # A daemon: a disk that hangs must not keep the process from ending; what is written by then can be played.
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    @property
    def elapsed_s(self) -> float:
        """How long the video is."""
        return self._retiming.end_s

    def add(self, result: Result, style: OverlayStyle) -> None:
        """The next picture, as it is shown."""
        if self._stopped or self.ended:
            return
        frame = self._retiming.place(result.frame)
        if frame is None:
            return
        if not self._room:
            size = result.frame.rgb.nbytes + result.labels.nbytes
            self._room = min(_MOST, max(_FEWEST, _ROOM_BYTES // size))
        if self._waiting.qsize() >= self._room:
            self.dropped += 1
        else:
            self._waiting.put((replace(result, frame=frame), style))

    def stop(self) -> None:
        """No more will come: finish the file in the background. Harmless when repeated."""
        if not self._stopped:
            self._stopped = True
            self._waiting.put(None)

    def join(self, timeout_s: float) -> bool:
        """Wait for the end after `stop`; False when it takes longer."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # What follows runs on the recording's thread.

    def _run(self) -> None:
        from bisenet_viewer.errors import SinkError
        from bisenet_viewer.sinks.target import reason

        try:
            first = self._waiting.get()
            if first is None:
                self.fault = texts.NOTHING_RECORDED
            else:
                self._write(first)
        except SinkError as error:
            self.fault = texts.not_recorded("; ".join([str(error), *self._said]))
        except OSError as error:
            self.fault = texts.not_recorded(f"cannot write into {self._folder}: {reason(error)}")
        except Exception as error:
            log.exception("unexpected fault")
            self.fault = texts.not_recorded(f"unexpected fault: {type(error).__name__}: {error}")
        self.ended = True
        # Hundreds of megabytes, which may wait until the window asks for the next recording.
        self._waiting, self._style = SimpleQueue(), None
        self._news()

    def _write(self, first: _Shown) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._free_path()
        with self._open_sink(path, self._info, self._render, self._said.append) as sink:
            self.path = path
            shown: _Shown | None = first
            while shown is not None:
                result, self._style = shown
                sink.write(result)
                self._tell()
                shown = self._waiting.get()

    def _free_path(self) -> Path:
        """A name that neither a video nor the rest of an interrupted one has."""
        from bisenet_viewer.sinks.target import partial_path

        paths = numbered(self._folder, self.stem, ".mp4")
        return next(path for path in paths if not path.exists() and not partial_path(path).exists())

    def _render(self, rgb: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        from bisenet_viewer.overlay import render

        assert self._style is not None
        return render(rgb, labels, self._style)

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told_at >= _TELL_S:
            self._told_at = now
            self._news()
