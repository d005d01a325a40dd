"""ADE20K, the 150 classes of the MIT Scene Parsing Benchmark, as ADEChallengeData2016.zip unpacks.

`images/{training,validation}/NAME.jpg` with `annotations/{training,validation}/NAME.png`; a label is the class + 1, and
0, everything else, is ignored (CSAILVision/sceneparsing).
"""

from __future__ import annotations

from pathlib import Path

from bisenet.classes import load_classes
from bisenet.data.files import Layout, SegmentationFiles, listed, paired
from bisenet.data.labelling import Labelling, Synonyms

_FOLDERS = {"train": "training", "val": "validation"}

SYNONYMS: Synonyms = (
    ("sidewalk", ("pavement",)),
    ("person", ("pedestrian",)),
    ("house", ("building",)),
    ("skyscraper", ("building",)),
    ("tree", ("vegetation",)),
    ("palm", ("vegetation", "tree")),
    ("grass", ("terrain",)),
    ("earth", ("terrain",)),
    ("streetlight", ("pole",)),
    ("traffic light", ("sign",)),
    ("van", ("car",)),
    ("bus", ("car",)),
    ("truck", ("car",)),
    ("minibike", ("motorcycle", "motorbike", "bicyclist")),
    ("bicycle", ("bicyclist",)),
)


def _splits(root: Path) -> tuple[str, ...]:
    return tuple(split for split, folder in _FOLDERS.items() if (root / "images" / folder).is_dir())


def _files(root: Path, split: str) -> SegmentationFiles:
    annotations = root / "annotations" / _FOLDERS[split]
    wanted = [(path, annotations / f"{path.stem}.png") for path in listed(root / "images" / _FOLDERS[split])]
    masks = listed(annotations, (".png",))
    alone = set(masks) - {mask for _, mask in wanted}
    labelling = Labelling(load_classes("ade20k150"), ignored=(0,), synonyms=SYNONYMS)
    return paired(f"{root.name}/{split}", wanted, masks, alone, labelling)


ADE20K = Layout("images/training/NAME.jpg with annotations/training/NAME.png, and validation", _splits, _files)
