"""`MaskSink`: one palette PNG per frame, pixel value = class id."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet_viewer.errors import SinkError
from bisenet_viewer.frame import Result
from bisenet_viewer.sinks.png import palette_png
from bisenet_viewer.sinks.target import check_folder_writable, reason

_SUFFIX = "_pred.png"


class MaskSink(Closing):
    """Writes `00000001_pred.png`, ... into a folder; the number is the frame's index + 1.

    Every picture gets its name only when it is whole, so an interrupted run leaves a folder of good masks.
    """

    def __init__(self, folder: Path, classes: ClassSet, *, overwrite: bool = False) -> None:
        """Make the folder. Raises SinkError when it cannot be written, or is not empty and `overwrite` is not set.

        overwrite: masks of an earlier run are removed from the folder first, and nothing else is.
        """
        self.check(folder, overwrite=overwrite)
        self._folder = folder
        self._palette = classes.palette_array()
        self._stage_ms: Mapping[str, float] = {}
        try:
            folder.mkdir(exist_ok=True)
            for stale in folder.glob("[0-9]" * 8 + _SUFFIX):
                stale.unlink()
        except OSError as error:
            raise SinkError(f"cannot write into {folder}: {reason(error)}") from error

    @staticmethod
    def check(folder: Path, *, overwrite: bool = False) -> None:
        """Raise SinkError for what can be known before the first frame."""
        if not folder.exists():
            check_folder_writable(folder.parent)
            return
        check_folder_writable(folder)
        if not overwrite and any(folder.iterdir()):
            raise SinkError(f"{folder} is not empty; choose another folder, or give --overwrite")

    @property
    def stage_ms(self) -> Mapping[str, float]:
        """Milliseconds of the last `write`: `masks`."""
        return self._stage_ms

    def write(self, result: Result) -> None:
        """Write one mask. Raises SinkError when the disk does not take it."""
        begin = time.perf_counter()
        target = self._folder / f"{result.frame.index + 1:08d}{_SUFFIX}"
        part = target.with_name(f".{target.name}.part")
        try:
            part.write_bytes(palette_png(result.labels, self._palette))
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise SinkError(f"cannot write {target}: {reason(error)}") from error
        self._stage_ms = {"masks": (time.perf_counter() - begin) * 1e3}

    def close(self) -> None:
        """Nothing is left to do: each mask was finished when it was written."""
