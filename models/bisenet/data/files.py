"""`SegmentationFiles`: pairs of picture and label files, read on demand; `Layout`: how they are found."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bisenet.data.decoding import read_rgb
from bisenet.data.labelling import AS_THEY_ARE, Labelling, Labels
from bisenet.data.labels import read_labels
from bisenet.errors import DataError

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")


@dataclass(frozen=True, slots=True)
class SegmentationFiles:
    """What a split holds. Nothing is opened before it is read."""

    name: str
    pairs: tuple[tuple[Path, Path], ...]
    """Pictures and their label files, by name."""
    labelling: Labelling = AS_THEY_ARE
    """What the values of the label files mean."""
    pictures_alone: tuple[tuple[Path, Path], ...] = ()
    """Pictures without a label file, and where it was looked for."""
    masks_alone: tuple[Path, ...] = ()
    """Label files whose picture is in no split."""

    def __len__(self) -> int:
        return len(self.pairs)

    def read(self, index: int) -> tuple[NDArray[np.uint8], Labels]:
        """Picture (H, W, 3) uint8 RGB and labels (H, W) uint8. Raises DataError naming the damaged file."""
        picture, annotation = self.pairs[index]
        rgb, labels = read_rgb(picture), read_labels(annotation, self.labelling)
        if rgb.shape[:2] != labels.shape:
            raise DataError(f"{picture} and its labels differ in size: {rgb.shape[:2]} and {labels.shape}")
        return rgb, labels


@dataclass(frozen=True, slots=True)
class Layout:
    """How a data set lies on disk."""

    form: str
    """The files of a split, for people."""
    splits: Callable[[Path], tuple[str, ...]]
    """Of a root folder: which of train, val and test are there."""
    files: Callable[[Path, str], SegmentationFiles]
    """Of a root folder and a split that is there. Raises DataError."""


def listed(folder: Path, suffixes: tuple[str, ...] = PICTURES, *, deep: bool = False) -> list[Path]:
    """The files of a folder with one of the suffixes, in any case, by path; deep: of the folders in it too.

    Hidden files are left out, those that macOS leaves beside each picture among them. Without the folder, none.
    """
    found = []
    for parent, folders, names in os.walk(folder, followlinks=True):
        found += [Path(parent, name) for name in names if name.lower().endswith(suffixes) and not name.startswith(".")]
        folders[:] = [name for name in folders if deep and not name.startswith(".")]
    return sorted(found)


def expected(mask: Path) -> str:
    """Where the label file of a picture was looked for, and what is there instead, for people."""
    instead = next((other.name for suffix in PICTURES if (other := mask.with_suffix(suffix)).is_file()), None)
    return f"expected {mask}" + (f"; {instead} is there, but labels are PNG, which keeps each id" if instead else "")


def lines(path: Path) -> list[str]:
    """The lines of a list that are neither empty nor comments. Raises DataError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read the list {path}: {error}") from error
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def paired(
    name: str, wanted: Iterable[tuple[Path, Path]], masks: Iterable[Path], alone: Iterable[Path], labelling: Labelling
) -> SegmentationFiles:
    """The pairs of `wanted` whose label file is among `masks`; the others are `pictures_alone`, and `alone` is kept."""
    wanted, there = tuple(wanted), set(masks)
    return SegmentationFiles(
        name,
        tuple(pair for pair in wanted if pair[1] in there),
        labelling,
        tuple(pair for pair in wanted if pair[1] not in there),
        tuple(sorted(alone)),
    )
