"""`MaskSink`: one palette PNG per frame, pixel value = class id."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet_viewer.frame import Result
from bisenet_viewer.sinks.numbered import NumberedPictures
from bisenet_viewer.sinks.png import palette_png


class MaskSink(Closing):
    """Writes `00000001_pred.png`, ... into a folder; an interrupted run leaves a folder of good masks."""

    def __init__(self, folder: Path, classes: ClassSet, *, overwrite: bool = False) -> None:
        """Make the folder. Raises SinkError when it cannot be written, or is not empty and `overwrite` is not set.

        overwrite: masks of an earlier run are removed from the folder first, and nothing else is.
        """
        self._pictures = NumberedPictures(folder, "_pred.png", overwrite=overwrite)
        self._palette = classes.palette_array()
        self._stage_ms: Mapping[str, float] = {}

    @staticmethod
    def check(folder: Path, *, overwrite: bool = False) -> None:
        """Raise SinkError for what can be known before the first frame."""
        NumberedPictures.check(folder, overwrite=overwrite)

    @property
    def stage_ms(self) -> Mapping[str, float]:
        """Milliseconds of the last `write`: `masks`."""
        return self._stage_ms

    def write(self, result: Result) -> None:
        """Write one mask. Raises SinkError when the disk does not take it."""
        begin = time.perf_counter()
        self._pictures.write(result.frame.index, palette_png(result.labels, self._palette))
        self._stage_ms = {"masks": (time.perf_counter() - begin) * 1e3}

    def close(self) -> None:
        """Nothing is left to do: each mask was finished when it was written."""
