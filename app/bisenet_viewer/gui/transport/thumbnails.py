"""`Thumbnails`: the thread that makes the small pictures of the seek bar, and those it has made."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QImage

from bisenet_viewer.channel import Channel, ChannelClosed
from bisenet_viewer.gui.picture.qimage import frame_image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_KEPT = 200

_STEP_S = 0.05
"""Wishes nearer to each other than this are one."""
_IDLE_S = 10.0
"""A file that nobody asks for is closed after this; its decoder takes memory."""
_JOIN_S = 3.0

_log = logging.getLogger(__name__)


class PictureFile(Protocol):
    """What the thread reads from; see `thumbnail_file.ThumbnailFile`."""

    def pictures(self, time_s: float, is_wanted: Callable[[], bool]) -> Iterator[tuple[float, NDArray[np.uint8]]]: ...

    def close(self) -> None: ...


OpenPath = Callable[[Path], PictureFile]


@dataclass(frozen=True, slots=True)
class _Wish:
    path: Path | None
    generation: int
    time_s: float | None
    """None: only let go of what is open."""


@dataclass(frozen=True, slots=True)
class _Made:
    generation: int
    key: int
    time_s: float
    image: QImage
    final: bool
    """No better one will come for this wish."""


class Thumbnails(QObject):
    """Made, asked and closed on the GUI thread. Its thread begins with the first wish; only the newest one counts.

    What cannot be decoded has no pictures, and nothing is said of it.
    """

    ready = pyqtSignal()
    """`newest` has changed."""

    def __init__(self, open_path: OpenPath | None = None, parent: QObject | None = None) -> None:
        """open_path: opens a file, on the thread; None: as video files are opened."""
        super().__init__(parent)
        self._open_path = open_path or _open_video
        self._wishes: Channel[_Wish] = Channel(1, "newest")
        self._results: deque[_Made] = deque()
        self._path: Path | None = None
        self._generation = 0
        self._kept: OrderedDict[int, _Made] = OrderedDict()
        self._newest: _Made | None = None
        self._closing = False
        self._thread: threading.Thread | None = None

    def open(self, path: Path | None) -> None:
        """From now on of this video file; None: of none. What was made of another file is forgotten."""
        if path == self._path:
            return
        self._path = path
        self._generation += 1
        self._kept.clear()
        self._newest = None
        if self._thread is not None and not self._closing:
            self._wishes.put(_Wish(path, self._generation, None))

    def request(self, time_s: float) -> None:
        """Ask for the picture at a time of the file's own clock. Returns at once."""
        self._fetch()
        if self._path is None or self._closing:
            return
        made = self._kept.get(_key(time_s))
        if made is not None and made.final:
            self._kept.move_to_end(_key(time_s))
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="thumbnails", daemon=True)
            self._thread.start()
        self._wishes.put(_Wish(self._path, self._generation, time_s))

    def newest(self) -> tuple[float, QImage] | None:
        """The picture that was made last, and its time."""
        self._fetch()
        return None if self._newest is None else (self._newest.time_s, self._newest.image)

    def nearest(self, time_s: float) -> tuple[float, QImage] | None:
        """Of those that are kept the one nearest to a time, and its own time."""
        self._fetch()
        made = min(self._kept.values(), key=lambda made: abs(made.time_s - time_s), default=None)
        return None if made is None else (made.time_s, made.image)

    def close(self) -> None:
        """End the thread, and wait for that within bounds. Harmless when repeated."""
        self._closing = True
        self._wishes.clear()
        self._wishes.close()
        if self._thread is not None:
            self._thread.join(_JOIN_S)
            if self._thread.is_alive():
                _log.error("the thumbnails of %s did not end in time", self._path)
            self._thread = None

    def _fetch(self) -> None:
        """Take over what the thread has made."""
        while self._results:
            made = self._results.popleft()
            if made.generation == self._generation:
                self._kept[made.key] = self._newest = made
                self._kept.move_to_end(made.key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    # The thread.

    def _run(self) -> None:
        from bisenet_viewer.gui.transport.thumbnail_file import lower_priority

        lower_priority()
        try:
            while True:
                wish = self._wishes.get()
                while wish is not None:
                    wish = self._serve(wish)
        except ChannelClosed:
            pass
        except Exception:  # noqa: BLE001  a thread's top function
            _log.exception("no more thumbnails of %s", self._path)

    def _serve(self, wish: _Wish) -> _Wish | None:
        """Make what is wished of one file. Returns the first wish for another one; None after a rest, file closed."""
        from bisenet_viewer.gui.transport.thumbnail_file import FAULTS

        generation = wish.generation
        file = self._opened(wish.path)
        try:
            following: _Wish | None = wish
            while following is not None and following.generation == generation:
                if file is not None and following.time_s is not None:
                    try:
                        self._make(file, generation, following.time_s)
                    except FAULTS as error:
                        _log.debug("no thumbnail of %s at %s s: %s", wish.path, following.time_s, error)
                following = self._wishes.get(_IDLE_S)
            return following
        finally:
            if file is not None:
                file.close()

    def _opened(self, path: Path | None) -> PictureFile | None:
        from bisenet_viewer.gui.transport.thumbnail_file import FAULTS

        try:
            return None if path is None else self._open_path(path)
        except FAULTS as error:
            _log.debug("no thumbnails of %s: %s", path, error)
            return None

    def _make(self, file: PictureFile, generation: int, time_s: float) -> None:
        made: _Made | None = None
        for picture_s, rgb in file.pictures(time_s, self._is_wanted):
            made = _Made(generation, _key(time_s), picture_s, frame_image(rgb), final=False)
            self._tell(made)
        if made is not None and self._is_wanted():
            # Nothing interrupted it.
            self._results.append(replace(made, final=True))

    def _tell(self, made: _Made) -> None:
        self._results.append(made)
        if not self._closing:
            self.ready.emit()

    def _is_wanted(self) -> bool:
        return not self._closing and len(self._wishes) == 0


def _key(time_s: float) -> int:
    return round(time_s / _STEP_S)


def _open_video(path: Path) -> PictureFile:
    from bisenet_viewer.gui.transport.thumbnail_file import ThumbnailFile

    return ThumbnailFile(path)
