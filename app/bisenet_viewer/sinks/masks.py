"""`MaskSink`: one palette PNG per frame, pixel value = class id."""

from __future__ import annotations

from pathlib import Path

from bisenet.classes import ClassSet
from bisenet_viewer.frame import Result
from bisenet_viewer.sinks.frame_files import FrameFiles
from bisenet_viewer.sinks.numbered import NumberedPictures
from bisenet_viewer.sinks.png import palette_png


class MaskSink(FrameFiles):
    """Writes `00000001_pred.png`, ... into a folder; an interrupted run leaves a folder of good masks."""

    def __init__(self, folder: Path, classes: ClassSet, *, overwrite: bool = False) -> None:
        """Make the folder. Raises SinkError when it cannot be written, or is not empty and `overwrite` is not set.

        overwrite: masks of an earlier run are removed from the folder first, and nothing else is.
        """
        super().__init__("masks")
        self._pictures = NumberedPictures(folder, "_pred.png", overwrite=overwrite)
        self._palette = classes.palette_array()

    @staticmethod
    def check(folder: Path, *, overwrite: bool = False) -> None:
        """Raise SinkError for what can be known before the first frame."""
        NumberedPictures.check(folder, overwrite=overwrite)

    def _put(self, result: Result) -> None:
        self._pictures.write(result.frame.index, palette_png(result.labels, self._palette))
