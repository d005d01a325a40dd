"""Cityscapes, as its own tools unpack it (mcordts/cityscapesScripts).

`leftImg8bit/{split}/{city}/NAME_leftImg8bit.png` with `gtFine/{split}/{city}/NAME_gtFine_labelIds.png`, whose ids are
mapped to the 19 classes that are evaluated. `NAME_gtFine_labelTrainIds.png`, which those tools write on request, are
read where there are no others. The labels of `test` are not public: the files there ignore every pixel.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bisenet.classes import load_classes
from bisenet.data.files import Layout, SegmentationFiles, listed, paired
from bisenet.data.labelling import Labelling, Synonyms

_PICTURES, _LABELS = "leftImg8bit", "gtFine"
_PICTURE_ENDING, _ID_ENDING, _TRAIN_ID_ENDING = "_leftImg8bit.png", "_gtFine_labelIds.png", "_gtFine_labelTrainIds.png"

# To CamVid as it groups its own 32 classes. Terrain has no counterpart there.
SYNONYMS: Synonyms = (
    ("sidewalk", ("pavement",)),
    ("wall", ("building",)),
    ("traffic light", ("sign",)),
    ("traffic sign", ("sign",)),
    ("vegetation", ("tree",)),
    ("person", ("pedestrian",)),
    ("rider", ("bicyclist", "person")),
    ("truck", ("car",)),
    ("bus", ("car",)),
    ("train", ("car",)),
    ("motorcycle", ("bicyclist", "motorbike")),
    ("bicycle", ("bicyclist",)),
)


def _splits(root: Path) -> tuple[str, ...]:
    return tuple(split for split in ("train", "val", "test") if (root / _PICTURES / split).is_dir())


def _files(root: Path, split: str) -> SegmentationFiles:
    pictures, annotations = root / _PICTURES / split, root / _LABELS / split
    ids = listed(annotations, (_ID_ENDING.lower(),), deep=True)
    masks = ids or listed(annotations, (_TRAIN_ID_ENDING.lower(),), deep=True)
    ending = _ID_ENDING if ids or not masks else _TRAIN_ID_ENDING
    wanted = []
    for path in listed(pictures, (_PICTURE_ENDING.lower(),), deep=True):
        name = path.name[: -len(_PICTURE_ENDING)] + ending
        wanted.append((path, annotations / path.parent.relative_to(pictures) / name))
    alone = set(masks) - {mask for _, mask in wanted}
    return paired(f"{root.name}/{split}", wanted, masks, alone, _labelling(ending == _TRAIN_ID_ENDING))


def _labelling(train_ids: bool) -> Labelling:
    classes = load_classes("cityscapes19")
    if train_ids:
        return Labelling(replace(classes, raw_ids=()), synonyms=SYNONYMS)
    known = {value for ids in classes.raw_ids for value in ids}
    # 0 to 33 are defined; -1, a licence plate, is 255 where it is written at all.
    return Labelling(classes, ignored=(*(value for value in range(34) if value not in known), 255), synonyms=SYNONYMS)


CITYSCAPES = Layout(
    f"{_PICTURES}/SPLIT/CITY/NAME{_PICTURE_ENDING} with {_LABELS}/SPLIT/CITY/NAME{_ID_ENDING}", _splits, _files
)
