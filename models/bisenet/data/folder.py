"""One's own pictures and masks: the layout to fine-tune on.

`images/**/NAME.(jpg|jpeg|png|webp|bmp)` with `masks/**/NAME.png` at the same place (the folder may also be called
`labels` or `annotations`). A mask is a PNG of class ids, grey or with a palette; or, where `classes.yaml` beside the
folders is a class list (assets/classes/camvid11.yaml has the form), an RGB PNG in its colours, in which black is no
class unless it is one's colour. Without `classes.yaml` the ids are those of the class list that the model is trained
for. 255 is no class. The split is the first of these that is there:

- `train.txt`, `val.txt` and `test.txt`, one picture a line, with or without its ending; without `train.txt`, train is
  what the others leave;
- folders `images/train`, `images/val` and `images/test` (also `training`, `valid`, `validation`);
- from 20 pictures on, the tenth or so whose name has the lowest hash is val, so that a picture stays on its side when
  others come. Frames of one video look alike: list whole scenes in `val.txt`, or val flatters the model.
"""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePath, PurePosixPath

from bisenet.classes import load_classes
from bisenet.data.files import PICTURES, Layout, SegmentationFiles, lines, listed, paired
from bisenet.data.labelling import AS_THEY_ARE, Labelling, palette_colors
from bisenet.errors import DataError

VAL_SHARE = 0.1
VAL_FROM = 20
"""Pictures, below which all are for training."""

_IMAGES = "images"
_MASKS = ("masks", "labels", "annotations")
_SPLITS = ("train", "val", "test")
_SPLIT_FOLDERS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
}


def split_by_hash(stems: list[str], share: float = VAL_SHARE) -> dict[str, list[str]]:
    """`train` and `val` of names: val has those whose hash is lowest, about a share of them, and at least one."""
    if len(stems) < VAL_FROM:
        return {"train": stems}
    lowest = min(stems, key=_hash)
    val = [stem for stem in stems if _hash(stem) < share or stem == lowest]
    return {"train": [stem for stem in stems if stem not in set(val)], "val": val}


def _hash(stem: str) -> float:
    """In 0 to 1, the same on every machine."""
    return int.from_bytes(hashlib.sha256(stem.encode()).digest()[:6], "big") / 2**48


def _splits(root: Path) -> tuple[str, ...]:
    if not (root / _IMAGES).is_dir():
        return ()
    division = _division(root, list(_pictures(root)))
    return tuple(split for split in _SPLITS if split in division)


def _files(root: Path, split: str) -> SegmentationFiles:
    pictures = _pictures(root)
    folder = _mask_folder(root)
    masks = {_stem(path, folder): path for path in listed(folder, (".png",), deep=True)}
    wanted = []
    for stem in _division(root, list(pictures))[split]:
        if stem not in pictures:
            raise DataError(f"{root / split}.txt lists {stem}, which is not in {root / _IMAGES}")
        wanted.append((pictures[stem], masks.get(stem, folder / f"{stem}.png")))
    alone = [mask for stem, mask in masks.items() if stem not in pictures]
    return paired(f"{root.name}/{split}", wanted, masks.values(), alone, _labelling(root))


def _pictures(root: Path) -> dict[str, Path]:
    """By their path in the folder of pictures, without its ending. Raises DataError when two share that."""
    pictures: dict[str, Path] = {}
    for path in listed(root / _IMAGES, deep=True):
        stem = _stem(path, root / _IMAGES)
        if stem in pictures:
            raise DataError(f"{pictures[stem]} and {path} would have the same mask: rename or remove one")
        pictures[stem] = path
    return pictures


def _mask_folder(root: Path) -> Path:
    """The first that has a PNG in it: `labels` may hold text files beside `masks`."""
    there = [root / name for name in _MASKS if (root / name).is_dir()]
    return next((folder for folder in there if listed(folder, (".png",), deep=True)), root / _MASKS[0])


def _division(root: Path, stems: list[str]) -> dict[str, list[str]]:
    """Splits that are there with their pictures; an entry of a list that is no picture's is kept as it stands."""
    lists = {split: root / f"{split}.txt" for split in _SPLITS if (root / f"{split}.txt").is_file()}
    if lists:
        known = set(stems)
        division = {split: [_listed_stem(line, known) for line in lines(path)] for split, path in lists.items()}
        if "train" not in division:
            taken = {stem for names in division.values() for stem in names}
            division["train"] = [stem for stem in stems if stem not in taken]
        return division
    folders = [name for name in _SPLIT_FOLDERS if (root / _IMAGES / name).is_dir()]
    if any(_SPLIT_FOLDERS[name] == "train" for name in folders):
        division = {_SPLIT_FOLDERS[name]: [] for name in folders}
        for stem in stems:
            top = PurePosixPath(stem).parts[0]
            if top not in folders:
                raise DataError(f"{root / _IMAGES / stem} lies in no split: move it to one of {', '.join(folders)}")
            division[_SPLIT_FOLDERS[top]].append(stem)
        return division
    return split_by_hash(stems) if stems else {}


def _listed_stem(line: str, known: set[str]) -> str:
    name = line.replace("\\", "/").removeprefix("./").removeprefix(f"{_IMAGES}/")
    stem = name[: -len(PurePath(name).suffix)] if name.lower().endswith(PICTURES) else name
    return name if name in known else stem


def _stem(path: Path, folder: Path) -> str:
    return path.relative_to(folder).with_suffix("").as_posix()


def _labelling(root: Path) -> Labelling:
    for name in ("classes.yaml", "classes.yml"):
        if (root / name).is_file():
            classes = load_classes(str(root / name))
            return Labelling(classes, colors=palette_colors(classes))
    return AS_THEY_ARE


FOLDER = Layout("images/NAME.jpg (or .png, .webp, .bmp) with masks/NAME.png", _splits, _files)
