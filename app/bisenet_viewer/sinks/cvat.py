"""`CvatSink`: the masks of all frames as the archive that CVAT imports as "Segmentation mask 1.1"."""

from __future__ import annotations

import shutil
import time
import zipfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet, Color
from bisenet_viewer.errors import SinkError
from bisenet_viewer.frame import Result
from bisenet_viewer.sinks.ending import Ending
from bisenet_viewer.sinks.numbered import write_whole
from bisenet_viewer.sinks.png import palette_png
from bisenet_viewer.sinks.target import check_new_file, partial_path, reason

FORMATS = (".zip",)

BACKGROUND = "background"

_CLASSES, _OBJECTS, _LIST = "SegmentationClass", "SegmentationObject", "ImageSets/Segmentation/default.txt"


class CvatSink(Ending):
    """`SegmentationClass` in the classes' colours, `SegmentationObject` with one object per class, and the label map.

    The pictures grow in a folder, `NAME.partial`, that is packed at the end: what a killed process leaves is whole up
    to its last frame, and CVAT takes it once it is zipped.
    """

    def __init__(
        self,
        path: Path,
        classes: ClassSet,
        *,
        chosen: Collection[int] | None = None,
        overwrite: bool = False,
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        """chosen: ids of the classes that are exported, the others become background; None: all.

        Raises SinkError where `path` cannot be written, and for class names that a label map cannot hold.
        """
        super().__init__()
        self.check(path, overwrite=overwrite)
        for name in classes.names:
            if ":" in name or "\n" in name:
                raise SinkError(f"a CVAT label map cannot hold the class name {name!r}: rename the class")
        self._path = path
        self._folder = growing_folder(path)
        self._overwrite = overwrite
        self._say = say
        self._names = [BACKGROUND, *(name for name in classes.names if name != BACKGROUND)]
        self._table = _label_numbers(classes, self._names, chosen)
        self._class_palette = _padded(label_colors(classes, self._names))
        self._object_palette = voc_colors()
        self._frames: list[str] = []
        self._stage_ms: Mapping[str, float] = {}
        try:
            if self._folder.exists():
                shutil.rmtree(self._folder)
            for folder in (_CLASSES, _OBJECTS, str(Path(_LIST).parent)):
                (self._folder / folder).mkdir(parents=True)
        except OSError as error:
            raise SinkError(f"cannot write into {self._folder}: {reason(error)}") from error
        write_whole(self._folder / "labelmap.txt", self._label_map().encode())

    @staticmethod
    def check(path: Path, *, overwrite: bool = False) -> None:
        """Raise SinkError for what can be known before the first frame."""
        check_new_file(path, FORMATS, overwrite=overwrite)
        folder = growing_folder(path)
        if folder.exists() and not overwrite:
            raise SinkError(f"{folder} is left from an interrupted run; move it away, or give --overwrite")

    @property
    def stage_ms(self) -> Mapping[str, float]:
        """Milliseconds of the last `write`: `cvat`."""
        return self._stage_ms

    def write(self, result: Result) -> None:
        """Write the pictures of one frame. Raises SinkError when the disk does not take them."""
        begin = time.perf_counter()
        name = frame_name(result.frame.index)
        numbers = self._table[result.labels]
        for folder, palette in ((_CLASSES, self._class_palette), (_OBJECTS, self._object_palette)):
            write_whole(self._folder / folder / f"{name}.png", palette_png(numbers, palette))
        try:
            with (self._folder / _LIST).open("a") as file:
                file.write(f"{name}\n")
        except OSError as error:
            raise SinkError(f"cannot write {self._path}: {reason(error)}") from error
        self._frames.append(name)
        self._stage_ms = {"cvat": (time.perf_counter() - begin) * 1e3}

    def _finish(self) -> None:
        """Pack the folder; where that fails, it is kept."""
        finished = partial_path(self._path)
        try:
            self._pack(finished)
            if self._path.exists() and not self._overwrite:
                raise SinkError(f"{self._path} has come to exist meanwhile; the pictures are in {self._folder}")
            finished.replace(self._path)
            shutil.rmtree(self._folder)
        except OSError as error:
            finished.unlink(missing_ok=True)
            raise SinkError(
                f"cannot finish {self._path}: {reason(error)}; the pictures are in {self._folder}"
            ) from error

    def _break_off(self) -> None:
        if self._frames:
            self._say(f"what was written is kept in {self._folder}")
        else:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _label_map(self) -> str:
        rows = (f"{name}:{r},{g},{b}::" for name, (r, g, b, *_) in zip(self._names, self._class_palette, strict=False))
        return "\n".join(["# label:color_rgb:parts:actions", *rows, ""])

    def _pack(self, target: Path) -> None:
        # PNG is packed already.
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
            archive.write(self._folder / "labelmap.txt", "labelmap.txt")
            archive.write(self._folder / _LIST, _LIST)
            for name in self._frames:
                for folder in (_CLASSES, _OBJECTS):
                    archive.write(self._folder / folder / f"{name}.png", f"{folder}/{name}.png")


def frame_name(index: int) -> str:
    """What CVAT calls the frames of a video: `frame_000000`."""
    return f"frame_{index:06d}"


def growing_folder(path: Path) -> Path:
    """`out.zip` -> the folder `out.partial` beside it."""
    return path.with_name(f"{path.stem}.partial")


def label_colors(classes: ClassSet, names: list[str]) -> list[Color]:
    """A colour of its own for each name: the class's, unless it is black, which means background, or taken before."""
    own = dict(zip(classes.names, classes.palette, strict=True))
    spare = [tuple(color) for color in voc_colors()[1:].tolist() if tuple(color) not in classes.palette]
    colors: list[Color] = [(0, 0, 0)]
    for name in names[1:]:
        r, g, b = own[name] if own[name] not in colors else spare.pop(0)
        colors.append((r, g, b))
    return colors


def voc_colors() -> NDArray[np.uint8]:
    """(256, 3) uint8 RGB: the colour map of PASCAL VOC, which gives every object number its colour."""
    numbers = np.arange(256)
    colors = np.zeros((256, 3), np.uint8)
    for bit in range(8):
        for channel in range(3):
            colors[:, channel] |= ((numbers >> (3 * bit + channel) & 1) << (7 - bit)).astype(np.uint8)
    return colors


def _label_numbers(classes: ClassSet, names: list[str], chosen: Collection[int] | None) -> NDArray[np.uint8]:
    """(256,) uint8: class id -> its place in the label map, 0, the background, for what is not exported."""
    table = np.zeros(256, np.uint8)
    for class_id in range(len(classes)) if chosen is None else chosen:
        table[class_id] = names.index(classes.names[class_id])
    return table


def _padded(colors: list[Color]) -> NDArray[np.uint8]:
    palette = np.zeros((256, 3), np.uint8)
    palette[: len(colors)] = colors
    return palette
