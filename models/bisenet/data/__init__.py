"""Labelled data sets by layout: `open_dataset("LAYOUT:PATH", split)`."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from bisenet.classes import ClassSet
from bisenet.data.ade20k import ADE20K
from bisenet.data.camvid import CAMVID
from bisenet.data.cityscapes import CITYSCAPES
from bisenet.data.cocostuff import COCOSTUFF
from bisenet.data.files import Layout, SegmentationFiles, expected
from bisenet.data.folder import FOLDER
from bisenet.data.labelling import class_of
from bisenet.errors import DataError

LAYOUTS: dict[str, Layout] = {
    "camvid": CAMVID,
    "cityscapes": CITYSCAPES,
    "cocostuff": COCOSTUFF,
    "ade20k": ADE20K,
    "folder": FOLDER,
}


def open_dataset(spec: str, split: str, classes: ClassSet | None = None) -> SegmentationFiles:
    """`LAYOUT:PATH`, or a path alone for the layout of CamVid; `PATH[:-100]`, a slice, is that part of each split.

    Slices hold pictures apart where a data set has no val split: they go by the order of file names, so that what was
    taken in a row stays together.
    classes: the list whose ids the labels are wanted in; the data set's own classes go to those of the same name, or a
    name known to mean the same, the others are ignored. None: the data set's own ids. A data set without a class list
    has the ids that are asked for. Raises DataError, also when a picture has no label file.
    """
    layout, root, part = parse(spec)
    require_split(spec, split)
    files = with_classes(LAYOUTS[layout].files(root, split), classes)
    if files.pictures_alone:
        picture, mask = files.pictures_alone[0]
        total = len(files) + len(files.pictures_alone)
        raise DataError(
            f"{len(files.pictures_alone)} of {total} pictures of {files.name} have no labels, the first {picture}: "
            f"{expected(mask)}"
        )
    if part:
        files = replace(files, name=f"{files.name}[{_text(part)}]", pairs=files.pairs[part])
    if not files.pairs:
        raise DataError(f"no pictures in the {split} split of {spec if part else root}")
    return files


def with_classes(files: SegmentationFiles, classes: ClassSet | None) -> SegmentationFiles:
    """The same files, read as ids of `classes`. Raises DataError when the data set has none of them."""
    labelling = files.labelling
    if classes is None:
        return files
    if labelling.own and all(
        class_of(name, classes, labelling.synonyms) == classes.ignore_id for name in labelling.own.names
    ):
        raise DataError(
            f"{files.name} has no class of {classes.name}: its classes are {_some(labelling.own)}, "
            f"those asked for {_some(classes)}"
        )
    return replace(files, labelling=replace(labelling, classes=classes))


def has_split(spec: str, split: str) -> bool:
    """Whether the data set has that split at all. Raises DataError for an unknown layout."""
    layout, root, _ = parse(spec)
    return split in LAYOUTS[layout].splits(root)


def require_split(spec: str, split: str) -> None:
    """Raise DataError unless the data set has that split, with what was expected."""
    layout, root, _ = parse(spec)
    if not root.is_dir():
        raise DataError(f"no folder {root}")
    there = LAYOUTS[layout].splits(root)
    if split not in there:
        only = f", only {', '.join(there)}" if there else ""
        fits = [f"{name}:{root}" for name in LAYOUTS if name != layout and _fits(name, root, split)]
        hint = f"; did you mean {fits[0]}?" if fits else ""
        raise DataError(f"{root} has no split {split!r}{only}: the layout {layout!r} is {LAYOUTS[layout].form}{hint}")


_PART = re.compile(r"\[(-?\d*):(-?\d*)\]$")


def parse(spec: str) -> tuple[str, Path, slice | None]:
    """Layout, root folder, and the part of each split that is meant. Raises DataError for an unknown layout."""
    # An existing folder may end in brackets itself.
    found = None if Path(spec.partition(":")[2] or spec).expanduser().is_dir() else _PART.search(spec)
    whole = spec[: found.start()] if found else spec
    layout, separator, path = whole.partition(":")
    if not separator or len(layout) == 1:  # one letter is a Windows drive
        layout, path = "camvid", whole
    if layout not in LAYOUTS:
        raise DataError(f"unknown data layout {layout!r}: choose one of {', '.join(LAYOUTS)}")
    first, last = (int(text) if text else None for text in found.groups()) if found else (None, None)
    return layout, Path(path).expanduser(), slice(first, last) if found else None


def _text(part: slice) -> str:
    return ":".join("" if end is None else str(end) for end in (part.start, part.stop))


def _fits(layout: str, root: Path, split: str) -> bool:
    try:
        return split in LAYOUTS[layout].splits(root)
    except DataError:
        return False


def _some(classes: ClassSet) -> str:
    return ", ".join(classes.names[:5]) + (" ..." if len(classes) > 5 else "")
