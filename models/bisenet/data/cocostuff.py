"""COCO-Stuff, 171 classes, in both of its releases (Caesar et al., CVPR 2018).

- 164k (nightrome/cocostuff): `images/{train2017,val2017}/NAME.jpg` with `annotations/{train2017,val2017}/NAME.png`, the
  maps of stuffthingmaps_trainval2017.zip. Where those are missing, `NAME_labelTrainIds.png`, as mmsegmentation's
  converter writes them, is read.
- 10k (nightrome/cocostuff10k): `images/NAME.jpg` with `annotations/NAME.mat`; `imageLists/train.txt` lists 9,000 of
  them, and `imageLists/test.txt` the 1,000 that papers report on, called `val` here.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bisenet.classes import load_classes
from bisenet.data.files import Layout, SegmentationFiles, lines, listed, paired
from bisenet.data.labelling import Labelling, Synonyms
from bisenet.errors import DataError

_FOLDERS = {"train": "train2017", "val": "val2017"}
_LISTS = {"train": "imageLists/train.txt", "val": "imageLists/test.txt"}
_TRAIN_ID_ENDING = "_labelTrainIds.png"
_DEFINED = 182
"""Ids in the maps are 0 to 181, one less than in labels.txt and in the .mat files; 11 of them are never annotated."""

SYNONYMS: Synonyms = (
    ("person", ("pedestrian",)),
    ("bicycle", ("bicyclist",)),
    ("motorcycle", ("bicyclist", "motorbike")),
    ("bus", ("car",)),
    ("truck", ("car",)),
    ("traffic light", ("sign",)),
    ("stop sign", ("traffic sign", "sign")),
    ("building-other", ("building",)),
    ("house", ("building",)),
    ("skyscraper", ("building",)),
    ("sky-other", ("sky",)),
    ("clouds", ("sky",)),
    ("pavement", ("sidewalk",)),
    ("tree", ("vegetation",)),
    ("bush", ("vegetation", "tree")),
    ("grass", ("terrain",)),
    ("dirt", ("terrain",)),
)


def _splits(root: Path) -> tuple[str, ...]:
    if (root / "imageLists").is_dir():
        return tuple(split for split, path in _LISTS.items() if (root / path).is_file())
    return tuple(split for split, folder in _FOLDERS.items() if (root / "images" / folder).is_dir())


def _files(root: Path, split: str) -> SegmentationFiles:
    return _files_10k(root, split) if (root / "imageLists").is_dir() else _files_164k(root, split)


def _files_164k(root: Path, split: str) -> SegmentationFiles:
    annotations = root / "annotations" / _FOLDERS[split]
    masks = listed(annotations, (".png",))
    train_ids = [mask for mask in masks if mask.name.endswith(_TRAIN_ID_ENDING)]
    # The converter writes its files beside those it reads.
    raw = [mask for mask in masks if not mask.name.endswith(_TRAIN_ID_ENDING)]
    ending = ".png" if raw or not train_ids else _TRAIN_ID_ENDING
    wanted = [(path, annotations / f"{path.stem}{ending}") for path in listed(root / "images" / _FOLDERS[split])]
    alone = set(raw or train_ids) - {mask for _, mask in wanted}
    return paired(f"{root.name}/{split}", wanted, raw or train_ids, alone, _labelling(ending == _TRAIN_ID_ENDING))


def _files_10k(root: Path, split: str) -> SegmentationFiles:
    pictures = {path.stem: path for path in listed(root / "images")}
    stems = lines(root / _LISTS[split])
    if missing := [stem for stem in stems if stem not in pictures]:
        raise DataError(f"{root / _LISTS[split]} lists {missing[0]}, which is not in {root / 'images'}")
    wanted = [(pictures[stem], root / "annotations" / f"{stem}.mat") for stem in stems]
    masks = listed(root / "annotations", (".mat",))
    alone = [mask for mask in masks if mask.stem not in pictures]
    return paired(f"{root.name}/{split}", wanted, masks, alone, _labelling_10k())


def _labelling(train_ids: bool) -> Labelling:
    classes = load_classes("cocostuff171")
    if train_ids:
        return Labelling(replace(classes, raw_ids=()), synonyms=SYNONYMS)
    return Labelling(classes, ignored=(*range(_DEFINED), 255), synonyms=SYNONYMS)


def _labelling_10k() -> Labelling:
    classes = load_classes("cocostuff171")
    one_more = tuple(tuple(value + 1 for value in ids) for ids in classes.raw_ids)
    return Labelling(replace(classes, raw_ids=one_more), ignored=tuple(range(_DEFINED + 1)), synonyms=SYNONYMS)


COCOSTUFF = Layout(
    "images/train2017/NAME.jpg with annotations/train2017/NAME.png and the same of val2017 (164k), or "
    "images/NAME.jpg with annotations/NAME.mat and imageLists/train.txt and test.txt (10k)",
    _splits,
    _files,
)
