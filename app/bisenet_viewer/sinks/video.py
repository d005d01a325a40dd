"""`VideoSink`: the rendered pictures as a video with the timestamps, the sound and the other tracks of the input."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from numpy.typing import NDArray

from bisenet.engines import BlendTable
from bisenet.errors import EngineError
from bisenet_viewer.errors import SinkError
from bisenet_viewer.frame import Result, StreamInfo
from bisenet_viewer.sinks.encoding import Encoding
from bisenet_viewer.sinks.ending import Ending
from bisenet_viewer.sinks.finishing import copy_with_index_in_front, drop_half_fragment, plays
from bisenet_viewer.sinks.growing import GrowingVideo, is_iso
from bisenet_viewer.sinks.shape import even_size, fitted
from bisenet_viewer.sinks.target import check_new_file, partial_path, reason

if TYPE_CHECKING:
    from bisenet.engines.cuda.pictures import Picture

Renderer = Callable[[NDArray[np.uint8], NDArray[np.uint8]], NDArray[np.uint8]]
"""(H, W, 3) uint8 RGB and (H, W) uint8 labels -> (H, W, 3) uint8 RGB."""

FORMATS = (".mp4", ".mov", ".mkv")


class VideoSink(Ending):
    """Renders each result, unless the engine has drawn it, and encodes it.

    While it grows the file is `NAME.partial.mp4`, in fragments of a second (Matroska: clusters), so that even a killed
    process leaves what plays. `close` rewrites it, without encoding again, with its index in front, and only then
    gives it its name. Left by an error, the partial file is closed and kept.
    """

    def __init__(
        self,
        path: Path,
        info: StreamInfo,
        *,
        render: Renderer,
        blend: BlendTable | None = None,
        encoding: Encoding | None = None,
        tracks_from: Path | None = None,
        whole_tracks: bool = True,
        from_zero: bool = False,
        overwrite: bool = False,
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        """Raises SinkError for an unknown extension, an existing file, a folder that cannot be written.

        render: draws what the engine has not. blend: by which an engine draws what `render` does, to within a level;
        None: no engine can. encoding: H.264 of good quality when None. tracks_from: the file whose sound, subtitles and
        data are copied. whole_tracks: copy all of them at the end; else to the last frame's. from_zero: the first
        frame's time becomes 0, and tracks are copied from there on; else all times stay. say: takes one line for
        people, about what was left out or kept.
        """
        super().__init__()
        encoding = encoding or Encoding()
        self.check(path, overwrite=overwrite, encoding=encoding)
        self._path = path
        self._info = info
        self._render = render
        self._blend = blend
        self._encoding = encoding
        self._tracks_from = tracks_from
        self._whole_tracks = whole_tracks
        self._from_zero = from_zero
        self._overwrite = overwrite
        self._say = say
        self._video: GrowingVideo | None = None
        self._stage_ms: Mapping[str, float] = {}

    @staticmethod
    def check(path: Path, *, overwrite: bool = False, encoding: Encoding | None = None) -> None:
        """Raise SinkError for what can be known before the first frame."""
        check_new_file(path, FORMATS, overwrite=overwrite)
        if encoding is not None:
            encoding.check_container(path.suffix)

    @property
    def encoder(self) -> str | None:
        """FFmpeg's name of what encodes, e.g. `libx264`; None before the first frame."""
        return None if self._video is None else self._video.encoder

    @property
    def blend(self) -> BlendTable | None:
        """What `Result.drawn` must have been drawn by; None: it is not looked at."""
        return self._blend

    @property
    def stage_ms(self) -> Mapping[str, float]:
        """Milliseconds of the last `write`: `overlay`, `encode`."""
        return self._stage_ms

    def write(self, result: Result) -> None:
        """Render and encode one frame. Raises SinkError when it cannot be written."""
        if self._closed:
            raise ValueError(f"write to {self._path.name} after it was closed")
        begin = time.perf_counter()
        try:
            picture = self._picture(result)
            rendered = time.perf_counter()
            if self._video is None:
                frame = result.frame
                self._video = GrowingVideo(
                    partial_path(self._path),
                    time_base=frame.time_base,
                    rate=self._info.rate,
                    first=picture,
                    encoding=self._encoding,
                    tracks_from=self._tracks_from,
                    origin_s=frame.pts * frame.time_base if self._from_zero else None,
                    say=self._say,
                )
            self._video.write(result.frame, picture)
        except (av.FFmpegError, OSError, EngineError) as error:
            raise SinkError(f"cannot write {self._path}: {reason(error)}") from error
        except RuntimeError as error:
            if isinstance(result.frame.pixels, np.ndarray) and isinstance(result.drawn, np.ndarray | None):
                raise
            raise SinkError(f"cannot write {self._path}: {reason(error).splitlines()[0]}") from error
        encoded = time.perf_counter()
        self._stage_ms = {"overlay": (rendered - begin) * 1e3, "encode": (encoded - rendered) * 1e3}

    def _picture(self, result: Result) -> Picture:
        """What is encoded, of the video's size: where it was drawn, if it can stay there."""
        drawn = None if self._blend is None else result.drawn
        if drawn is None:
            drawn = self._render(result.frame.rgb, result.labels)
        elif not isinstance(drawn, np.ndarray):
            height, width, _ = drawn.shape
            size = (width, height)
            if width % 2 == 0 and height % 2 == 0 and (self._video is None or self._video.size == size):
                return drawn
            drawn = drawn.rgb()
        rgb = even_size(drawn)
        # The pictures of a folder may have each a size of its own; a video has that of its first.
        return rgb if self._video is None else fitted(rgb, self._video.size)

    def _finish(self) -> None:
        if self._video is None:
            raise SinkError(f"{self._path} was not written: no frame came")
        partial = partial_path(self._path)
        try:
            self._video.finish(tracks_until_end=self._whole_tracks)
        except (av.FFmpegError, OSError) as error:
            self._tell_kept()
            raise SinkError(f"cannot write {self._path}: {reason(error)}") from error
        try:
            self._publish(partial, self._video.last_frame_s)
        except (av.FFmpegError, OSError, SinkError) as error:
            text = str(error) if isinstance(error, SinkError) else f"cannot finish {self._path}: {reason(error)}"
            raise SinkError(f"{text}; the whole video is in {partial}") from error

    def _break_off(self) -> None:
        if self._video is None:
            return
        # What brought us here (a full disk) may well come again; every fragment before it plays without the end.
        with suppress(av.FFmpegError, OSError):
            self._video.finish(tracks_until_end=False)
        self._tell_kept()

    def _publish(self, partial: Path, last_frame_s: tuple[Fraction, Fraction]) -> None:
        """The whole partial file -> the final name."""
        finished = (
            self._path.with_name(f"{self._path.stem}.finishing{self._path.suffix}") if is_iso(self._path) else partial
        )
        try:
            if finished != partial:
                copy_with_index_in_front(partial, finished, last_frame_s)
            if self._path.exists() and not self._overwrite:
                raise SinkError(f"{self._path} has come to exist meanwhile")
            finished.replace(self._path)
        except BaseException:
            if finished != partial:
                finished.unlink(missing_ok=True)
            raise
        partial.unlink(missing_ok=True)

    def _tell_kept(self) -> None:
        partial = partial_path(self._path)
        if is_iso(partial):
            with suppress(OSError):
                drop_half_fragment(partial)
        if plays(partial):
            self._say(f"what was written is kept in {partial}")
        else:
            partial.unlink(missing_ok=True)
