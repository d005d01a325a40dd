"""CamVid in the SegNet layout: `{split}/NAME.(png|jpg)` with `{split}annot/NAME.png`, one class id per pixel.

Any data set in this layout can be read, with a class list of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet.errors import DataError

_PICTURES = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True, slots=True)
class SegmentationFiles:
    """Pairs of picture and label files; read on demand."""

    name: str
    pairs: tuple[tuple[Path, Path], ...]

    def __len__(self) -> int:
        return len(self.pairs)

    def read(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Picture (H, W, 3) uint8 RGB and labels (H, W) uint8. Raises DataError naming the damaged file."""
        picture, annotation = self.pairs[index]
        rgb, labels = read_rgb(picture), read_labels(annotation)
        if rgb.shape[:2] != labels.shape:
            raise DataError(f"{picture} and its labels differ in size: {rgb.shape[:2]} and {labels.shape}")
        return rgb, labels


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB. Raises DataError."""
    bgr = _decode(path, cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def read_labels(path: Path) -> NDArray[np.uint8]:
    """(H, W) uint8 class ids from a one-channel 8-bit PNG. Raises DataError."""
    labels = _decode(path, cv2.IMREAD_UNCHANGED)
    if labels.ndim != 2 or labels.dtype != np.uint8:
        raise DataError(f"{path} holds {labels.shape} {labels.dtype}; labels are one 8-bit channel of class ids")
    return np.asarray(labels, np.uint8)


def _decode(path: Path, flags: int) -> NDArray[Any]:
    # Not cv2.imread: it cannot open non-ASCII paths on Windows.
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from error
    image = cv2.imdecode(data, flags) if data.size else None
    if image is None:
        raise DataError(f"{path} is not a picture that can be read")
    return image


def camvid(root: Path, split: str) -> SegmentationFiles:
    """The pairs of one split (`train`, `val`, `test`), sorted by name. Raises DataError when it is not there."""
    pictures, annotations = root / split, root / f"{split}annot"
    for folder in (pictures, annotations):
        if not folder.is_dir():
            raise DataError(f"no folder {folder}: the SegNet layout has {split}/ and {split}annot/")
    pairs = tuple(
        (path, annotations / f"{path.stem}.png")
        for path in sorted(pictures.iterdir())
        if path.suffix.lower() in _PICTURES
    )
    if not pairs:
        raise DataError(f"no pictures in {pictures}")
    missing = [annotation.name for _, annotation in pairs if not annotation.is_file()]
    if missing:
        raise DataError(f"{len(missing)} pictures without labels in {annotations}, first {', '.join(missing[:3])}")
    return SegmentationFiles(f"{root.name}/{split}", pairs)


DATASETS = {"camvid": camvid}
"""Layout -> function of root folder and split."""


def open_dataset(spec: str, split: str) -> SegmentationFiles:
    """`LAYOUT:PATH`, or a path alone for the SegNet layout. Raises DataError."""
    layout, root = _parse(spec)
    return DATASETS[layout](root, split)


def has_split(spec: str, split: str) -> bool:
    """Whether the data set has that split at all. Raises DataError for an unknown layout."""
    return (_parse(spec)[1] / split).is_dir()


def _parse(spec: str) -> tuple[str, Path]:
    layout, separator, path = spec.partition(":")
    if not separator or len(layout) == 1:  # one letter is a Windows drive
        layout, path = "camvid", spec
    if layout not in DATASETS:
        raise DataError(f"unknown data layout {layout!r}: choose one of {', '.join(DATASETS)}")
    return layout, Path(path)
