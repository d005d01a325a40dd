"""`VideoSink`: the overlaid pictures as an H.264 file with the timestamps and the sound of the input."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from numpy.typing import NDArray

from bisenet_viewer.errors import SinkError
from bisenet_viewer.frame import Result, StreamInfo
from bisenet_viewer.sinks.growing import GrowingVideo, copy_with_index_in_front, is_iso, plays
from bisenet_viewer.sinks.target import check_folder_writable, reason

Renderer = Callable[[NDArray[np.uint8], NDArray[np.uint8]], NDArray[np.uint8]]
"""(H, W, 3) uint8 RGB and (H, W) uint8 labels -> (H, W, 3) uint8 RGB."""

FORMATS = (".mp4", ".mov", ".mkv")


class VideoSink:
    """Renders each result and encodes it.

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
        audio_from: Path | None = None,
        whole_audio: bool = True,
        overwrite: bool = False,
        crf: int = 20,
        preset: str = "veryfast",
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        """Raises SinkError for an unknown extension, an existing file, a folder that cannot be written.

        audio_from: the file whose sound is copied. whole_audio: copy all of it at the end; else to the last frame's.
        crf: x264's quality, lower is better. say: takes one line for people, about what was left out or kept.
        """
        self.check(path, overwrite=overwrite)
        self._path = path
        self._info = info
        self._render = render
        self._audio_from = audio_from
        self._whole_audio = whole_audio
        self._overwrite = overwrite
        self._options = {"preset": preset, "crf": str(crf)}
        self._say = say
        self._video: GrowingVideo | None = None
        self._closed = False
        self._stage_ms: Mapping[str, float] = {}

    @staticmethod
    def check(path: Path, *, overwrite: bool = False) -> None:
        """Raise SinkError for what can be known before the first frame."""
        if path.suffix.lower() not in FORMATS:
            raise SinkError(
                f"{path}: cannot write {path.suffix or 'a file without extension'}; use {', '.join(FORMATS)}"
            )
        if path.is_dir():
            raise SinkError(f"{path} is a folder")
        check_folder_writable(path.parent)
        if overwrite:
            return
        if path.exists():
            raise SinkError(f"{path} exists; choose another name, or give --overwrite")
        if partial_path(path).exists():
            raise SinkError(f"{partial_path(path)} is left from an interrupted run; move it away, or give --overwrite")

    @property
    def stage_ms(self) -> Mapping[str, float]:
        """Milliseconds of the last `write`: `overlay`, `encode`."""
        return self._stage_ms

    def write(self, result: Result) -> None:
        """Render and encode one frame. Raises SinkError when it cannot be written."""
        if self._closed:
            raise ValueError(f"write to {self._path.name} after it was closed")
        begin = time.perf_counter()
        rgb = even_size(self._render(result.frame.rgb, result.labels))
        rendered = time.perf_counter()
        try:
            if self._video is None:
                self._video = GrowingVideo(
                    partial_path(self._path),
                    time_base=result.frame.time_base,
                    rate=self._info.rate,
                    width=rgb.shape[1],
                    height=rgb.shape[0],
                    options=self._options,
                    audio_from=self._audio_from,
                    say=self._say,
                )
            self._video.write(result.frame, rgb)
        except (av.FFmpegError, OSError) as error:
            raise SinkError(f"cannot write {self._path}: {reason(error)}") from error
        encoded = time.perf_counter()
        self._stage_ms = {"overlay": (rendered - begin) * 1e3, "encode": (encoded - rendered) * 1e3}

    def close(self) -> None:
        """Write what is left and give the file its name. Raises SinkError; then the partial file is kept."""
        if self._closed:
            return
        self._closed = True
        if self._video is None:
            raise SinkError(f"{self._path} was not written: no frame came")
        partial = partial_path(self._path)
        try:
            self._video.finish(audio_until_end=self._whole_audio)
        except (av.FFmpegError, OSError) as error:
            self._tell_kept()
            raise SinkError(f"cannot write {self._path}: {reason(error)}") from error
        try:
            self._publish(partial, self._video.last_frame_s)
        except (av.FFmpegError, OSError, SinkError) as error:
            text = str(error) if isinstance(error, SinkError) else f"cannot finish {self._path}: {reason(error)}"
            raise SinkError(f"{text}; the whole video is in {partial}") from error

    def abort(self) -> None:
        """Stop here: close the partial file, keep it, and say where it is. Harmless when repeated."""
        if self._closed:
            return
        self._closed = True
        if self._video is None:
            return
        # What brought us here (a full disk) may well come again; every fragment before it plays without the end.
        with suppress(av.FFmpegError, OSError):
            self._video.finish(audio_until_end=False)
        self._tell_kept()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()

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
        if plays(partial):
            self._say(f"what was written is kept in {partial}")
        else:
            partial.unlink(missing_ok=True)


def partial_path(path: Path) -> Path:
    """`out.mp4` -> `out.partial.mp4`, beside it."""
    return path.with_name(f"{path.stem}.partial{path.suffix}")


def even_size(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Repeat the last row or column where there is an odd number of them: 4:2:0 halves both."""
    height, width, _ = rgb.shape
    if height % 2 == 0 and width % 2 == 0:
        return rgb
    return np.pad(rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
