"""`DatasetSink`: pictures with their masks, in the layout of one's own data that the library trains on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import yaml

from bisenet.classes import ClassSet
from bisenet_viewer.errors import SinkError
from bisenet_viewer.frame import Result
from bisenet_viewer.sinks.frame_files import FrameFiles
from bisenet_viewer.sinks.numbered import NumberedPictures, write_whole
from bisenet_viewer.sinks.png import palette_png
from bisenet_viewer.sinks.target import reason

_NO_CLASS = 255
"""In masks: what the layout means by it, whatever the class list's own id of it is."""
_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
_KINDS = (("masks", ".png"), ("images", ".jpg"))


class DatasetSink(FrameFiles):
    """Writes `images/NAME_00000001.jpg` and `masks/NAME_00000001.png` of each frame, and the class list beside them.

    The frames of several folders can be put into one where their NAMEs differ. `bisenet train --data folder:FOLDER`
    takes it, for self-training as it is, or after the masks were corrected by hand.
    """

    def __init__(
        self, folder: Path, name: str, classes: ClassSet, *, certain: float = 0.0, overwrite: bool = False
    ) -> None:
        """Make the folder. Raises SinkError when it cannot be written, or is not empty and `overwrite` is not set.

        name: what the pictures' names begin with. certain: pixels whose class has a lower probability than this get
        none. overwrite: pictures and masks of an earlier run, of that name, are removed first, and nothing else is.
        """
        super().__init__("dataset")
        self.check(folder, overwrite=overwrite)
        self._folder, self._name = folder, name
        self._palette = classes.palette_array()
        self._least = round(certain * 255)
        plain = ClassSet(classes.name, classes.names, classes.palette).to_dict()
        try:
            for kind, ending in _KINDS:
                (folder / kind).mkdir(parents=True, exist_ok=True)
                for stale in _numbered(folder / kind, name, ending):
                    stale.unlink()
        except OSError as error:
            raise SinkError(f"cannot write into {folder}: {reason(error)}") from error
        text = yaml.safe_dump(plain, sort_keys=False, default_flow_style=None, allow_unicode=True)
        write_whole(folder / "classes.yaml", text.encode())

    @staticmethod
    def check(folder: Path, *, overwrite: bool = False) -> None:
        """Raise SinkError for what can be known before the first frame."""
        NumberedPictures.check(folder, overwrite=overwrite)

    def _put(self, result: Result) -> None:
        if result.confidence is None:
            raise ValueError("expected a result with confidence")
        labels = np.where(result.confidence >= self._least, result.labels, np.uint8(_NO_CLASS))
        _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(result.frame.rgb, cv2.COLOR_RGB2BGR), _JPEG)
        written: list[Path] = []
        try:
            for (kind, ending), data in zip(_KINDS, (palette_png(labels, self._palette), jpeg.tobytes()), strict=True):
                path = self._folder / kind / f"{self._name}_{result.frame.index + 1:08d}{ending}"
                write_whole(path, data)
                written.append(path)
        except SinkError:
            # A mask without its picture would be a fault of the data set.
            for path in written:
                path.unlink(missing_ok=True)
            raise


def _numbered(folder: Path, name: str, ending: str) -> Iterator[Path]:
    """The pictures of that name. Not by a pattern: the name of a clip may have brackets in it."""
    for path in list(folder.iterdir()):
        stem, _, number = path.stem.rpartition("_")
        if path.suffix == ending and stem == name and len(number) == 8 and number.isdecimal():
            yield path
