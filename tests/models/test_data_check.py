"""`bisenet data check`: every fault planted is reported once, with its file, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.models.pngs import GREY, RGB, png

from bisenet.classes import ClassSet, load_classes
from bisenet.data.check import check
from bisenet.data.report import FAULTS, SHOWN
from bisenet.errors import DataError

T = TypeVar("T")

CLASSES = """\
name: yard
classes:
  - {name: ground, color: [10, 20, 30]}
  - {name: person, color: [200, 0, 0]}
"""


def noise(seed: int, suffix: str, width: int = 32, height: int = 24) -> bytes:
    rgb = np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)
    return cv2.imencode(suffix, rgb)[1].tobytes()


def mask(*values: int) -> NDArray[np.uint8]:
    """24x32 in as many stripes as there are values."""
    return np.repeat(np.array(values, np.uint8), 24 * 32 // len(values)).reshape(24, 32)


@pytest.fixture
def yard(tmp_path: Path) -> Path:
    """A clean folder: 12 pictures for training, 3 for validation."""
    (tmp_path / "classes.yaml").write_text(CLASSES)
    for folder in ("images/train", "images/val", "masks/train", "masks/val"):
        (tmp_path / folder).mkdir(parents=True)
    for number in range(15):
        name = f"{'train' if number < 12 else 'val'}/{number:02d}"
        (tmp_path / "images" / f"{name}.jpg").write_bytes(noise(number, ".jpg"))
        (tmp_path / "masks" / f"{name}.png").write_bytes(png(mask(0, 1, 0, 255), GREY))
    return tmp_path


def faults(spec: str, classes: ClassSet | None = None) -> list[tuple[str, str, str]]:
    return [(found.kind, found.file, found.text) for found in check(spec, classes, workers=2).faults]


def test_a_clean_folder(yard: Path) -> None:
    report = check(f"folder:{yard}")
    assert report.faults == report.remarks == ()
    train, val = report.splits
    assert (train.name, train.pictures, val.name, val.pictures) == ("train", 12, "val", 3)
    assert train.sizes == {"32x24": 12}
    assert train.pixels == {"ground": 12 * 384, "person": 12 * 192}
    assert train.occurs == {"ground": 12, "person": 12}
    assert train.ignored == 12 * 192
    text = report.text()
    assert text.startswith(f"folder:{yard}, classes of yard\n")
    assert "\nperson          25.00 %        12       25.00 %         3\n" in text
    assert "\nignored         25.00 %                 25.00 %\n" in text
    assert text.endswith("\n\nno faults")


def test_ten_planted_faults_are_ten_reports(yard: Path) -> None:
    images, masks = yard / "images", yard / "masks"
    (masks / "train" / "00.png").unlink()
    (masks / "train" / "spare.png").write_bytes(png(mask(0), GREY))
    whole = (images / "train" / "02.jpg").read_bytes()
    (images / "train" / "02.jpg").write_bytes(whole[: len(whole) * 3 // 4])
    (masks / "train" / "03.png").write_bytes(png(mask(0, 1)[:, :16], GREY))
    (masks / "train" / "04.png").write_bytes(png(mask(0, 14, 1, 1), GREY))
    colors = np.array([(10, 20, 30), (200, 0, 0)], np.uint8)[mask(0, 1)]
    colors[0, :3] = (200, 0, 1)
    (masks / "train" / "05.png").write_bytes(png(colors, RGB))
    (masks / "train" / "06.png").write_bytes(png(mask(0, 1), GREY, 16))
    (masks / "train" / "07.png").write_bytes(png(mask(255), GREY))
    (images / "val" / "12.jpg").write_bytes((images / "train" / "08.jpg").read_bytes())
    (images / "test").mkdir()

    assert faults(f"folder:{yard}") == [
        ("mask", "images/train/00.jpg", "expected masks/train/00.png"),
        ("picture", "masks/train/spare.png", "there is no picture of this name"),
        ("damaged", "images/train/02.jpg", "is cut off: a JPEG without an end marker"),
        ("size", "masks/train/03.png", "16x24, and its picture 32x24"),
        ("value", "masks/train/04.png", "has values that are no class: 14 (25 % of it)"),
        ("color", "masks/train/05.png", "has colours that are no class: 200,0,1 (0.39 % of it)"),
        ("form", "masks/train/06.png", "has 16 bits a sample; labels are one 8-bit channel of class ids"),
        ("ignored", "masks/train/07.png", "every pixel is ignored"),
        ("leak", "images/val/12.jpg", "also in train: images/train/08.jpg has the same pixels"),
        ("split", ".", "there are no pictures in test"),
    ]  # fmt: skip
    report = check(f"folder:{yard}")
    assert {found.kind for found in report.faults} == set(FAULTS)
    text = report.text()
    assert text.endswith("\n\n10 faults")
    for found in report.faults:
        assert f"{FAULTS[found.kind]} (1)\n  {found.file}: {found.text}" in text
    assert "no class in train:\n  14: 1 file, " in text
    # What could be read and fits is counted: 00, 02, 03 and 06 are not.
    assert report.splits[0].pictures == 8
    assert report.splits[0].unknown == {"14": (1, 192), "200,0,1": (1, 3)}
    plain = json.loads(json.dumps(report.to_dict()))
    assert plain["faults"][0] == {
        "kind": "mask", "split": "train", "file": "images/train/00.jpg", "text": "expected masks/train/00.png",
    }  # fmt: skip
    assert plain["splits"][0]["sizes"] == {"32x24": 8}


def test_masks_that_are_cut_off_or_not_pngs(yard: Path) -> None:
    path = yard / "masks" / "train" / "00.png"
    path.write_bytes(path.read_bytes()[:-6])
    (yard / "masks" / "train" / "01.png").write_bytes(noise(1, ".jpg"))
    (yard / "masks" / "train" / "02.png").write_bytes(b"hello")
    # The last chunk before the header.
    content = png(mask(0), GREY)
    (yard / "masks" / "train" / "03.png").write_bytes(content[:8] + content[-12:] + content[8:])
    assert faults(f"folder:{yard}") == [
        ("damaged", "masks/train/00.png", "is cut off: a PNG without its last chunk"),
        ("form", "masks/train/01.png", "is not a PNG: labels are PNG files, which keep every id as it is"),
        ("damaged", "masks/train/02.png", "is not a picture that can be read"),
        ("damaged", "masks/train/03.png", "is not a picture that can be read"),
    ]


def test_a_header_that_asks_for_too_much_is_no_crash(yard: Path) -> None:
    path = yard / "images" / "train" / "00.bmp"
    (yard / "images" / "train" / "00.jpg").unlink()
    huge = bytearray(noise(0, ".bmp"))
    huge[18:26] = np.array([1 << 20, 1 << 20], "<i4").tobytes()
    path.write_bytes(bytes(huge))
    assert faults(f"folder:{yard}") == [("damaged", "images/train/00.bmp", "is not a picture that can be read")]


def test_a_picture_in_two_lists(yard: Path) -> None:
    (yard / "train.txt").write_text("train/00\ntrain/01\n")
    (yard / "val.txt").write_text("train/01\nval/12\n")
    assert faults(f"folder:{yard}") == [("leak", "images/train/01.jpg", "also in train: is listed there too")]
    (yard / "val.txt").write_text("train/51\n")
    assert faults(f"folder:{yard}") == [("split", ".", "val.txt lists train/51, which is not in images")]


def test_without_train(yard: Path) -> None:
    for path in (yard / "images" / "train").iterdir():
        path.unlink()
    (yard / "images" / "train").rmdir()
    (yard / "images" / "training").mkdir()
    found = check(f"folder:{yard}")
    assert ("split", "there are no pictures in train") in [(f.kind, f.text) for f in found.faults]
    with pytest.raises(DataError, match="no folder"):
        check(f"folder:{yard / 'nothing'}")
    with pytest.raises(DataError, match="has no split 'train': the layout 'cityscapes' is"):
        check(f"cityscapes:{yard}")


def test_only_val(stripes: Path) -> None:
    (stripes / "train").rename(stripes / "test")
    (stripes / "trainannot").rename(stripes / "elsewhere")
    assert faults(f"camvid:{stripes}") == [
        ("split", ".", "there is no train split, only val, test"),
        ("split", ".", "no folder testannot: the SegNet layout has test/ and testannot/"),
    ]


def test_labels_are_checked_as_ids_of_another_list(yard: Path) -> None:
    report = check(f"folder:{yard}", load_classes("voc21"))
    assert report.faults == ()
    assert report.classes == "voc21"
    assert {name: pixels for name, pixels in report.splits[1].pixels.items() if pixels} == {"person": 3 * 192}
    wrong = (
        "has no class of camvid11: its classes are ground, person, those asked for sky, building, pole, road, pavement"
    )
    assert [(kind, text) for kind, _, text in faults(f"folder:{yard}", load_classes("camvid11"))] == [
        ("split", f"{yard.name}/{split} {wrong} ...") for split in ("train", "val")
    ]


def test_remarks_are_no_faults(stripes: Path) -> None:
    report = check(f"camvid:{stripes}", load_classes("camvid11"))
    assert report.faults == ()
    # The fixture numbers both splits from 0, and holds two classes.
    assert [(found.kind, found.file) for found in report.remarks[:2]] == [("name", "val/0.png"), ("name", "val/1.png")]
    absent = [found.file for found in report.remarks if found.kind == "absent"]
    assert absent == list(load_classes("camvid11").names[2:])
    assert "class that never occurs (9)\n  pole: in no split\n" in report.text()
    (stripes / "val" / "0.png").rename(stripes / "val" / "a.png")
    (stripes / "valannot" / "0.png").write_bytes(png(np.full((64, 96), 2), GREY))
    (stripes / "valannot" / "0.png").rename(stripes / "valannot" / "a.png")
    report = check(f"camvid:{stripes}", load_classes("camvid11"))
    assert ("pole", "not in train, but in others") in [(found.file, found.text) for found in report.remarks]


def test_without_a_class_list_ids_are_counted_as_they_are(stripes: Path) -> None:
    report = check(str(stripes))
    assert list(report.splits[0].pixels) == ["0", "1", "11"]
    assert sum(report.splits[0].pixels.values()) == 6 * 64 * 96
    assert "ids as they are; --classes NAME gives them names" in report.text()
    assert report.faults == ()
    pair = ClassSet("pair", ("dark", "bright"), ((0, 0, 0), (255, 255, 255)))
    found = check(str(stripes), pair).faults
    assert len(found) == 8
    assert {(f.kind, f.text) for f in found} == {("value", "has values that are no class: 11 (6.2 % of it)")}


def test_the_text_is_kept_short_and_the_data_whole(yard: Path) -> None:
    for path in (yard / "masks" / "train").iterdir():
        path.unlink()
    report = check(f"folder:{yard}")
    assert len(report.faults) == 12
    lines = report.text().splitlines()
    assert sum("expected masks" in line for line in lines) == SHOWN == 10
    assert "  and 2 more" in lines
    assert lines[-1] == "12 faults"


@pytest.mark.parametrize("workers", [1, 3])
def test_progress_sees_every_picture(yard: Path, workers: int) -> None:
    (yard / "masks" / "train" / "00.png").unlink()
    sizes = []

    def progress(jobs: Sequence[T]) -> Iterable[T]:
        sizes.append(len(jobs))
        return jobs

    check(f"folder:{yard}", progress=progress, workers=workers)
    assert sizes == [12, 3]


def test_masks_in_a_folder_that_splits_share_are_told_of_once(tmp_path: Path) -> None:
    for number in range(4):
        for folder, content in (("images", noise(number, ".png")), ("masks", png(mask(0, 1), GREY))):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / f"{number}.png").write_bytes(content)
    (tmp_path / "images" / "3.png").unlink()
    (tmp_path / "val.txt").write_text("2\n")
    assert faults(f"folder:{tmp_path}") == [("picture", "masks/3.png", "there is no picture of this name")]


def test_camvid_is_clean(camvid_root: Path, tmp_path: Path) -> None:
    """Every tenth of its training pictures: all take some seconds."""
    for folder in ("train", "trainannot"):
        (tmp_path / folder).mkdir()
        for path in sorted((camvid_root / folder).iterdir())[::10]:
            (tmp_path / folder / path.name).symlink_to(path)
    report = check(f"camvid:{tmp_path}", load_classes("camvid11"))
    assert report.faults == report.remarks == ()
    assert report.splits[0].pictures == 37


def test_a_mask_of_one_wrong_value_is_wrong_in_all_of_it(stripes: Path) -> None:
    (stripes / "trainannot" / "0.png").write_bytes(png(np.full((64, 96), 77), GREY))
    (found,) = check(f"camvid:{stripes}", load_classes("camvid11")).faults
    assert found.text == "has values that are no class: 77 (100 % of it)"
