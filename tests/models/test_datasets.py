"""Every layout with the names that the originals have on disk, and the exact ids that come out of its label files."""

from __future__ import annotations

import base64
import pickle
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.models.pngs import GREY, GREY_ALPHA, PALETTE, RGB, RGBA, png

from bisenet.classes import ClassSet, load_classes
from bisenet.data import LAYOUTS, has_split, open_dataset
from bisenet.data.ade20k import SYNONYMS as ADE20K
from bisenet.data.camvid import GROUPS, usual_split
from bisenet.data.camvid import SYNONYMS as CAMVID
from bisenet.data.cityscapes import SYNONYMS as CITYSCAPES
from bisenet.data.cocostuff import SYNONYMS as COCOSTUFF
from bisenet.data.folder import split_by_hash
from bisenet.data.labelling import Synonyms, class_of
from bisenet.errors import ConfigError, DataError

# S = [[0, 1, 2, 182], [92, 13, 12, 1], [3, 3, 3, 0]] of uint16 between two cell arrays, compressed; written by SciPy.
MAT = base64.b64decode(
    "TUFUTEFCIDUuMCBNQVQtZmlsZSBQbGF0Zm9ybTogcG9zaXgsIENyZWF0ZWQgb246IFNhdCBOb3YgMjEgMTQ6MTY6MDAgMjAyNgAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABSU0PAAAAUQAAAHic42NgYNgBxGxAzAHE"
    "jAwQwIrEZ4LSILG8xNzUYiDNB8QOSPpYsOjjRDJPAMovzctJTErNSU2BioPMsSBgDhuaOSB+QWpRcX4eAwMAU3IKVw8AAAA4AAAA"
    "eJzjY2Bg8ABiNiDmAGJuBghghfKZgZgFiBmBMBjKlgCriAHKMTLwAkkmBh4guQ3IY2AAAEHSAi0PAAAAOAAAAHic42NgYMgAYjYg"
    "5gBiRgYIYEXiwzCIn5xYUJKZn1fMB2QbIOljwaKPGck8ASAvUSGJAQAg9AVX"
)

OWN = """\
name: yard
ignore_id: 255
classes:
  - {name: ground, color: [10, 20, 30]}
  - {name: Person, color: [200, 0, 0]}
"""


def ids(*rows: Sequence[int]) -> NDArray[np.uint8]:
    return np.array(rows, np.uint8)


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def picture(path: Path, width: int = 4, height: int = 2) -> Path:
    encoded = cv2.imencode(path.suffix, np.full((height, width, 3), 90, np.uint8))[1]
    return put(path, encoded.tobytes())


def grey(path: Path, *rows: Sequence[int]) -> Path:
    return put(path, png(ids(*rows), GREY))


def rgb(path: Path, *rows: Sequence[tuple[int, int, int]]) -> Path:
    return put(path, png(np.array(rows, np.uint8), RGB))


def read(spec: str, split: str = "train", classes: ClassSet | None = None) -> list[list[int]]:
    return open_dataset(spec, split, classes).read(0)[1].tolist()


# Cityscapes


@pytest.fixture
def cityscapes(tmp_path: Path) -> Path:
    for split, city in (("train", "aachen"), ("val", "frankfurt")):
        name = f"{city}_000000_000019"
        picture(tmp_path / "leftImg8bit" / split / city / f"{name}_leftImg8bit.png")
        folder = tmp_path / "gtFine" / split / city
        grey(folder / f"{name}_gtFine_labelIds.png", (0, 7, 8, 33), (4, 26, 21, 25))
        picture(folder / f"{name}_gtFine_color.png")
        grey(folder / f"{name}_gtFine_instanceIds.png", (0, 0, 0, 0), (0, 0, 0, 0))
    return tmp_path


def test_cityscapes_ids_become_train_ids(cityscapes: Path) -> None:
    files = open_dataset(f"cityscapes:{cityscapes}", "val")
    assert len(files) == 1
    assert files.name == f"{cityscapes.name}/val"
    assert files.masks_alone == ()
    assert files.read(0)[1].tolist() == [[255, 0, 1, 18], [255, 13, 8, 12]]
    assert not has_split(f"cityscapes:{cityscapes}", "test")


def test_cityscapes_train_ids_are_read_where_there_are_no_others(cityscapes: Path) -> None:
    folder = cityscapes / "gtFine" / "train" / "aachen"
    (folder / "aachen_000000_000019_gtFine_labelIds.png").rename(folder / "kept")
    grey(folder / "aachen_000000_000019_gtFine_labelTrainIds.png", (255, 0, 1, 18), (255, 13, 8, 12))
    assert read(f"cityscapes:{cityscapes}") == [[255, 0, 1, 18], [255, 13, 8, 12]]


def test_cityscapes_as_camvid(cityscapes: Path) -> None:
    # road, sidewalk, bicycle; car, vegetation, rider
    assert read(f"cityscapes:{cityscapes}", classes=load_classes("camvid11")) == [[11, 3, 4, 10], [11, 8, 5, 10]]


# CamVid


def test_camvid_original_groups_its_32_colours(tmp_path: Path) -> None:
    for stem in ("0006R0_f00930", "0016E5_07959", "0016E5_08159", "Seq05VD_f00000", "0001TP_008520", "0001TP_008550"):
        picture(tmp_path / "701_StillsRaw_full" / f"{stem}.png")
        rgb(
            tmp_path / "LabeledApproved_full" / f"{stem}_L.png",
            [(128, 128, 128), (64, 192, 0), (0, 0, 64), (128, 0, 192)],
            [(0, 0, 0), (192, 192, 0), (192, 128, 192), (192, 0, 192)],
        )
    spec = f"camvid:{tmp_path}"
    # sky, wall, traffic cone, lane marking; void, other vegetation, truck or bus, motorcycle
    assert read(spec) == [[0, 1, 2, 3], [11, 5, 8, 10]]
    stems = {split: [p.stem for p, _ in open_dataset(spec, split).pairs] for split in ("train", "val", "test")}
    assert stems == {
        "train": ["0001TP_008520", "0006R0_f00930"],
        "val": ["0016E5_07959", "0016E5_08159"],
        "test": ["0001TP_008550", "Seq05VD_f00000"],
    }
    # car, tree and pavement have other names there
    cityscapes = load_classes("cityscapes19")
    assert read(spec, classes=cityscapes) == [[10, 2, 5, 0], [255, 8, 13, 255]]

    (tmp_path / "train.txt").write_text("0016E5_07959\n/SegNet/CamVid/train/0006R0_f00930.png /SegNet/x/y.png\n")
    assert [p.stem for p, _ in open_dataset(spec, "train").pairs] == ["0016E5_07959", "0006R0_f00930"]
    assert not has_split(spec, "val")
    (tmp_path / "train.txt").write_text("0016E5_07960\n")
    with pytest.raises(DataError, match=r"train\.txt lists 0016E5_07960, which is not in .*701_StillsRaw_full"):
        open_dataset(spec, "train")


def test_camvid_groups_are_32_colours_of_the_bundled_classes() -> None:
    colors = [color for group in GROUPS.values() for color in group]
    assert len(set(colors)) == len(colors) == 31
    classes = load_classes("camvid11")
    assert tuple(GROUPS) == classes.names
    assert tuple(group[0] for group in GROUPS.values()) == classes.palette


def test_usual_split_is_that_of_the_segnet_lists(camvid_root: Path) -> None:
    for split in ("train", "val"):
        stems = [path.stem for path in (camvid_root / split).iterdir()]
        assert len(stems) == {"train": 367, "val": 101}[split]
        assert {usual_split(stem) for stem in stems} == {split}


# COCO-Stuff


def test_cocostuff_164k(tmp_path: Path) -> None:
    for split, name in (("train2017", "000000000009"), ("val2017", "000000000139")):
        picture(tmp_path / "images" / split / f"{name}.jpg")
        grey(tmp_path / "annotations" / split / f"{name}.png", (0, 12, 11, 181), (255, 91, 156, 2))
    spec = f"cocostuff:{tmp_path}"
    assert read(spec, "val") == [[0, 11, 255, 170], [255, 80, 145, 2]]
    # person, stop sign; sky-other, car
    assert read(spec, "val", load_classes("camvid11")) == [[9, 6, 11, 11], [11, 11, 0, 8]]
    # The converter's files lie beside those it reads, and are taken where it alone has been.
    folder = tmp_path / "annotations" / "train2017"
    grey(folder / "000000000009_labelTrainIds.png", (0, 11, 255, 170), (255, 80, 145, 2))
    assert open_dataset(spec, "train").masks_alone == ()
    (folder / "000000000009.png").unlink()
    assert read(spec) == [[0, 11, 255, 170], [255, 80, 145, 2]]
    assert not has_split(spec, "test")


def test_cocostuff_10k(tmp_path: Path) -> None:
    for name in ("COCO_train2014_000000000077", "COCO_train2014_000000000092"):
        picture(tmp_path / "images" / f"{name}.jpg", 4, 3)
        put(tmp_path / "annotations" / f"{name}.mat", MAT)
    put(tmp_path / "imageLists" / "train.txt", b"COCO_train2014_000000000077\n")
    put(tmp_path / "imageLists" / "test.txt", b"COCO_train2014_000000000092\n")
    spec = f"cocostuff:{tmp_path}"
    assert read(spec) == [[255, 0, 1, 170], [80, 11, 255, 0], [2, 2, 2, 255]]
    assert [path.stem for path, _ in open_dataset(spec, "val").pairs] == ["COCO_train2014_000000000092"]
    annotation = tmp_path / "annotations" / "COCO_train2014_000000000077.mat"
    for content, wrong in (
        (MAT[:250], "is cut off"),
        (MAT.replace(b"MATLAB 5.0", b"MATLAB 7.3"), "is not a MATLAB file of version 5 to 7"),
        (MAT[:240] + b"\xff" + MAT[241:], "is damaged"),
        (MAT[:217], "holds no matrix 'S'"),
    ):
        annotation.write_bytes(content)
        with pytest.raises(DataError, match=wrong):
            read(spec)
    put(tmp_path / "imageLists" / "train.txt", b"COCO_train2014_000000000078\n")
    with pytest.raises(DataError, match=r"train\.txt lists COCO_train2014_000000000078, which is not in"):
        open_dataset(spec, "train")


# ADE20K


def test_ade20k(tmp_path: Path) -> None:
    for split, name in (("training", "ADE_train_00000001"), ("validation", "ADE_val_00000001")):
        picture(tmp_path / "images" / split / f"{name}.jpg")
        grey(tmp_path / "annotations" / split / f"{name}.png", (0, 1, 2, 150), (13, 7, 5, 21))
    spec = f"ade20k:{tmp_path}"
    assert read(spec, "val") == [[255, 0, 1, 149], [12, 6, 4, 20]]
    assert read(spec, "val", load_classes("camvid11")) == [[11, 11, 1, 11], [9, 3, 5, 8]]
    grey(tmp_path / "annotations" / "validation" / "ADE_val_00000001.png", (151, 1, 1, 1), (1, 1, 1, 1))
    with pytest.raises(
        DataError, match=r"ADE_val_00000001\.png has values that are no class: 151 \(12 % of it\); `bisenet data"
    ):
        read(spec, "val")


# One's own folder


def test_folder_of_ids_without_a_class_list(tmp_path: Path) -> None:
    picture(tmp_path / "images" / "a" / "1.JPG".lower())
    picture(tmp_path / "images" / "2.webp")
    picture(tmp_path / "images" / "._2.webp")
    grey(tmp_path / "masks" / "a" / "1.png", (0, 1, 2, 3), (4, 5, 10, 255))
    grey(tmp_path / "masks" / "2.png", (0, 0, 0, 0), (0, 0, 0, 0))
    spec = f"folder:{tmp_path}"
    files = open_dataset(spec, "train")
    assert [p.name for p, _ in files.pairs] == ["2.webp", "1.jpg"]
    assert not has_split(spec, "val")
    assert files.read(1)[1].tolist() == [[0, 1, 2, 3], [4, 5, 10, 255]]
    # Asked for a list, ids must be in it, and 255 is no class.
    assert open_dataset(spec, "train", load_classes("camvid11")).read(1)[1].tolist()[1] == [4, 5, 10, 11]
    person = ClassSet("person", ("background", "person"), ((0, 0, 0), (255, 0, 0)))
    with pytest.raises(DataError, match=r"1\.png has values that are no class: 2 .*3 .*4 .*5 .* and 1 more"):
        open_dataset(spec, "train", person).read(1)


@pytest.mark.parametrize("folder", ["masks", "labels", "annotations"])
def test_folder_of_colours(tmp_path: Path, folder: str) -> None:
    (tmp_path / "classes.yaml").write_text(OWN)
    picture(tmp_path / "images" / "1.bmp")
    mask = rgb(tmp_path / folder / "1.png", [(10, 20, 30)] * 3 + [(0, 0, 0)], [(200, 0, 0)] * 4)
    spec = f"folder:{tmp_path}"
    assert read(spec) == [[0, 0, 0, 255], [1, 1, 1, 1]]
    assert read(spec, classes=load_classes("cityscapes19")) == [[255] * 4, [11] * 4]
    opaque = np.full((2, 4, 4), 255, np.uint8)
    opaque[:, :, :3] = (200, 0, 0)
    put(mask, png(opaque, RGBA))
    assert read(spec) == [[1] * 4] * 2
    opaque[0, 0, 3] = 254
    put(mask, png(opaque, RGBA))
    with pytest.raises(DataError, match="is partly transparent"):
        read(spec)
    rgb(mask, [(10, 20, 30), (200, 0, 0), (200, 0, 1), (30, 20, 10)], [(200, 0, 1)] * 4)
    with pytest.raises(DataError, match=r"has colours that are no class: 200,0,1 \(62 % of it\), 30,20,10 \(12 % of"):
        read(spec)


def test_folder_of_indices_in_any_kind_of_png(tmp_path: Path) -> None:
    (tmp_path / "classes.yaml").write_text(OWN)
    picture(tmp_path / "images" / "1.png", 8, 1)
    mask = tmp_path / "masks" / "1.png"
    spec = f"folder:{tmp_path}"
    samples = ids((0, 1, 1, 0, 0, 0, 1, 1))
    for depth in (1, 2, 4, 8):
        for color_type, palette in ((GREY, []), (PALETTE, [(0, 0, 0), (128, 0, 0)])):
            put(mask, png(samples, color_type, depth, palette))
            assert read(spec) == samples.tolist()
    put(mask, png(samples, GREY, 16))
    with pytest.raises(DataError, match="has 16 bits a sample; labels are one 8-bit channel"):
        read(spec)
    put(mask, png(np.repeat(samples[:, :, None], 2, axis=2), GREY_ALPHA))
    with pytest.raises(DataError, match="is partly transparent"):
        read(spec)
    # The palette says 1 where the index says 0: a picture of colours, reduced.
    put(mask, png(samples, PALETTE, 8, [(200, 0, 0), (10, 20, 30)]))
    with pytest.raises(DataError, match="gives pixels the id 0 and, by its palette, the colour of id 1: save it in"):
        read(spec)
    put(mask, png(samples, PALETTE, 8, [(10, 20, 30), (200, 0, 0)]))
    assert read(spec) == samples.tolist()
    mask.write_bytes((tmp_path / "images" / "1.png").read_bytes().replace(b"\x89PNG", b"\x89JPG"))
    with pytest.raises(DataError, match=r"masks.1\.png is not a picture that can be read"):
        read(spec)
    mask.write_bytes(picture(tmp_path / "other.jpg").read_bytes())
    with pytest.raises(DataError, match=r"masks.1\.png is not a PNG: labels are PNG files"):
        read(spec)


def test_raw_ids_of_ones_own_list(tmp_path: Path) -> None:
    (tmp_path / "classes.yml").write_text(OWN.replace("30]", "30], raw: [7, 9]").replace("0, 0]", "0, 0], raw: 200"))
    picture(tmp_path / "images" / "1.png")
    grey(tmp_path / "masks" / "1.png", (7, 9, 200, 255), (7, 7, 7, 7))
    assert read(f"folder:{tmp_path}")[0] == [0, 0, 1, 255]


def test_shared_colours_are_refused_for_masks_of_colours_only(tmp_path: Path) -> None:
    (tmp_path / "classes.yaml").write_text(OWN.replace("200, 0, 0", "10, 20, 30"))
    picture(tmp_path / "images" / "1.png")
    mask = grey(tmp_path / "masks" / "1.png", (0, 1, 0, 1), (0, 1, 0, 1))
    assert read(f"folder:{tmp_path}") == [[0, 1, 0, 1]] * 2
    rgb(mask, [(10, 20, 30)] * 4, [(10, 20, 30)] * 4)
    with pytest.raises(DataError, match="two classes have the colour 10,20,30"):
        read(f"folder:{tmp_path}")


def a_folder(root: Path, *stems: str) -> str:
    for stem in stems:
        picture(root / "images" / f"{stem}.png")
        grey(root / "masks" / f"{stem}.png", (0, 0, 0, 0), (1, 1, 1, 1))
    return f"folder:{root}"


def stems_of(spec: str, split: str) -> list[str]:
    return [path.stem for path, _ in open_dataset(spec, split).pairs]


def test_folder_lists(tmp_path: Path) -> None:
    spec = a_folder(tmp_path, "a", "b.1", "c/d", "e")
    (tmp_path / "val.txt").write_text("# checked\nb.1\n\nimages/c/d.png\n")
    assert stems_of(spec, "val") == ["b.1", "d"]
    assert stems_of(spec, "train") == ["a", "e"]
    (tmp_path / "train.txt").write_text("e.png\n")
    assert stems_of(spec, "train") == ["e"]
    (tmp_path / "train.txt").write_text("x\n")
    with pytest.raises(DataError, match=r"train\.txt lists x, which is not in .*images"):
        open_dataset(spec, "train")
    (tmp_path / "train.txt").write_text("")
    with pytest.raises(DataError, match="no pictures in the train split"):
        open_dataset(spec, "train")
    (tmp_path / "train.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match=r"cannot read the list .*train\.txt"):
        open_dataset(spec, "train")


def test_folder_with_a_folder_per_split(tmp_path: Path) -> None:
    spec = a_folder(tmp_path, "train/1", "train/2", "valid/1")
    assert stems_of(spec, "train") == ["1", "2"]
    assert stems_of(spec, "val") == ["1"]
    assert not has_split(spec, "test")
    a_folder(tmp_path, "3")
    with pytest.raises(DataError, match=r"images.3 lies in no split: move it to one of train, valid"):
        open_dataset(spec, "train")


def test_folder_split_by_hash_keeps_each_picture_on_its_side() -> None:
    names = [f"frame{number}" for number in range(400)]
    half, whole = split_by_hash(names[:200]), split_by_hash(names)
    assert 20 < len(whole["val"]) < 60
    assert sorted(whole["train"] + whole["val"]) == sorted(names)
    assert set(half["val"]) == set(whole["val"]) & set(names[:200])
    assert split_by_hash(names[:19]) == {"train": names[:19]}
    for start in range(0, 400, 20):
        assert split_by_hash(names[start : start + 20])["val"]


def test_folder_split_by_hash_on_disk(tmp_path: Path) -> None:
    spec = a_folder(tmp_path, *(f"f{number:02d}" for number in range(20)))
    train, val = stems_of(spec, "train"), stems_of(spec, "val")
    assert len(train) + len(val) == 20
    assert val
    assert not set(train) & set(val)


def test_folder_says_what_it_expected(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"has no split 'train': the layout 'folder' is images/NAME\.jpg .* masks/NAME"):
        open_dataset(f"folder:{tmp_path}", "train")
    spec = a_folder(tmp_path, "a", "b")
    with pytest.raises(DataError, match=r"has no split 'val', only train: the layout"):
        open_dataset(spec, "val")
    with pytest.raises(DataError, match=r"the layout 'camvid' is .*; did you mean folder:"):
        open_dataset(str(tmp_path), "train")
    (tmp_path / "masks" / "b.png").unlink()
    with pytest.raises(
        DataError, match=r"1 of 2 pictures of .* have no labels, the first .*b\.png: expected .*b\.png$"
    ):
        open_dataset(spec, "train")
    picture(tmp_path / "masks" / "b.jpg")
    with pytest.raises(DataError, match=r"; b\.jpg is there, but labels are PNG, which keeps each id"):
        open_dataset(spec, "train")
    picture(tmp_path / "images" / "a.jpg")
    with pytest.raises(DataError, match=r"a\.jpg and .*a\.png would have the same mask"):
        open_dataset(spec, "train")
    (tmp_path / "images" / "a.jpg").unlink()
    grey(tmp_path / "masks" / "b.png", (0, 0, 0, 0))
    rgb(tmp_path / "masks" / "a.png", [(1, 1, 1)])
    with pytest.raises(DataError, match=r"a\.png is a picture of colours; labels are .* own class list has them"):
        read(spec)
    (tmp_path / "classes.yaml").write_text("classes: []")
    with pytest.raises(ConfigError, match="not a class list"):
        open_dataset(spec, "train")


# Class lists


def test_classes_go_by_name_in_any_case_then_by_synonym() -> None:
    target = ClassSet("t", ("Road", "tree"), ((1, 1, 1), (2, 2, 2)), ignore_id=7)
    synonyms = (("vegetation", ("bush", "tree")), ("road", ("tree",)))
    assert class_of("road", target, synonyms) == 0
    assert class_of("vegetation", target, synonyms) == 1
    assert class_of("vegetation", target) == 7


@pytest.mark.parametrize(
    ("name", "synonyms"),
    [("camvid11", CAMVID), ("cityscapes19", CITYSCAPES), ("cocostuff171", COCOSTUFF), ("ade20k150", ADE20K)],
)
def test_synonyms_are_names_of_bundled_lists(name: str, synonyms: Synonyms) -> None:
    own = load_classes(name)
    others = [load_classes(n) for n in ("camvid11", "cityscapes19", "cocostuff171", "ade20k150", "voc21") if n != name]
    assert len(dict(synonyms)) == len(synonyms)
    for known, candidates in synonyms:
        assert known in own.names
        for candidate in candidates:
            assert any(candidate in other.names for other in others)


def test_a_data_set_without_any_of_the_classes_is_refused(cityscapes: Path) -> None:
    person = ClassSet("cats", ("cat", "dog"), ((0, 0, 0), (255, 0, 0)))
    with pytest.raises(
        DataError, match=r"has no class of cats: its classes are road, .* \.\.\., those asked for cat, d"
    ):
        open_dataset(f"cityscapes:{cityscapes}", "train", person)


def test_files_reach_a_worker(cityscapes: Path) -> None:
    files = open_dataset(f"cityscapes:{cityscapes}", "train", load_classes("camvid11"))
    copied = pickle.loads(pickle.dumps(files))
    assert np.array_equal(copied.read(0)[1], files.read(0)[1])


def test_every_layout_says_its_form(tmp_path: Path) -> None:
    for name, layout in LAYOUTS.items():
        assert layout.splits(tmp_path) == ()
        with pytest.raises(DataError, match=f"the layout '{name}' is "):
            open_dataset(f"{name}:{tmp_path}", "train")


# Damage


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp"])
def test_pictures_that_are_cut_off_are_refused(tmp_path: Path, suffix: str) -> None:
    rng = np.random.default_rng(1)
    encoded = cv2.imencode(suffix, rng.integers(0, 255, (40, 60, 3), np.uint8))[1].tobytes()
    spec = a_folder(tmp_path, "a")
    (tmp_path / "images" / "a.png").unlink()
    path = put(tmp_path / "images" / f"a{suffix}", encoded)
    grey(tmp_path / "masks" / "a.png", *[[0] * 60] * 40)
    assert open_dataset(spec, "train").read(0)[0].shape == (40, 60, 3)
    path.write_bytes(encoded + b"\0 what some programs append")
    assert open_dataset(spec, "train").read(0)[0].shape == (40, 60, 3)
    for length in (len(encoded) - 2, len(encoded) // 2, 30):
        path.write_bytes(encoded[:length])
        with pytest.raises(DataError, match=rf"a\{suffix} is cut off"):
            open_dataset(spec, "train").read(0)
    path.write_bytes(b"")
    with pytest.raises(DataError, match=rf"a\{suffix} is empty"):
        open_dataset(spec, "train").read(0)


def test_a_thumbnail_does_not_end_a_jpeg(tmp_path: Path) -> None:
    encoded = cv2.imencode(".jpg", np.full((40, 60, 3), 90, np.uint8))[1].tobytes()
    thumbnail = b"Exif\0\0" + encoded
    segment = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    spec = a_folder(tmp_path, "a")
    (tmp_path / "images" / "a.png").unlink()
    path = put(tmp_path / "images" / "a.jpg", encoded[:2] + segment + encoded[2:])
    grey(tmp_path / "masks" / "a.png", *[[0] * 60] * 40)
    assert open_dataset(spec, "train").read(0)[0].shape == (40, 60, 3)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match=r"a\.jpg is cut off: a JPEG without an end marker"):
        open_dataset(spec, "train").read(0)


def test_a_changed_byte_of_a_png_is_found(tmp_path: Path) -> None:
    spec = a_folder(tmp_path, "a")
    mask = tmp_path / "masks" / "a.png"
    data = bytearray(mask.read_bytes())
    data[50] ^= 1
    mask.write_bytes(bytes(data))
    with pytest.raises(DataError, match=r"a\.png is damaged: a PNG whose checksum of b'IDAT' is wrong"):
        read(spec)
