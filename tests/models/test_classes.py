"""Class lists: the bundled ones against published facts, the ids of label files, what is refused, the round trip."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet.classes import ClassSet, load_classes, matching_classes
from bisenet.errors import ConfigError
from bisenet.resources import assets_dir

COUNTS = {"camvid11": 11, "cityscapes19": 19, "voc21": 21, "ade20k150": 150, "cocostuff171": 171}

# Of "NAME (R, G, B)" lines, computed from mmsegmentation 1.2.2's lists (its "bed " without the space), not from ours.
DIGESTS = {
    "cityscapes19": "8f31f020fa4ddfbd",
    "voc21": "5ae36a762f4ff4d9",
    "ade20k150": "b3661298690d1cbc",
    "cocostuff171": "363b809753830b64",
}

# Cityscapes' table of labels: id, and the trainId that is not ignored there.
CITYSCAPES = {
    7: 0, 8: 1, 11: 2, 12: 3, 13: 4, 17: 5, 19: 6, 20: 7, 21: 8, 22: 9, 23: 10,
    24: 11, 25: 12, 26: 13, 27: 14, 28: 15, 31: 16, 32: 17, 33: 18,
}  # fmt: skip
COCO_NEVER_ANNOTATED = (11, 25, 28, 29, 44, 65, 67, 68, 70, 82, 90)

PAIR = ClassSet("pair", ("a", "b"), ((1, 2, 3), (4, 5, 6)), raw_ids=((3, 9), (0,)))


def every_id() -> NDArray[np.uint8]:
    return np.arange(256, dtype=np.uint8)


def test_camvid_is_in_the_order_of_the_segnet_layout() -> None:
    classes = load_classes("camvid11")
    assert classes.names == (
        "sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian", "bicyclist",
    )  # fmt: skip
    assert classes.ignore_id == 11
    assert classes.palette[3] == (128, 64, 128)


def test_these_lists_are_bundled() -> None:
    assert {path.stem for path in (assets_dir() / "classes").glob("*.yaml")} == {*COUNTS, "person"}


def test_person_has_the_ids_that_people_scenes_have() -> None:
    classes = load_classes("person")
    assert (classes.names, classes.ignore_id) == (("background", "person"), 255)


@pytest.mark.parametrize("name", COUNTS)
def test_bundled_list(name: str) -> None:
    classes = load_classes(name)
    assert classes.name == name
    assert len(classes) == COUNTS[name]
    assert classes.ignore_id == (11 if name == "camvid11" else 255)
    # Names are chosen on the command line, between commas.
    assert all(label == label.strip() and "," not in label for label in classes.names)


@pytest.mark.parametrize("name", DIGESTS)
def test_names_and_colours_are_the_published_ones_in_their_order(name: str) -> None:
    classes = load_classes(name)
    lines = [f"{label} {color}" for label, color in zip(classes.names, classes.palette, strict=True)]
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16] == DIGESTS[name]


@pytest.mark.parametrize(
    ("name", "label", "class_name", "color"),
    [
        ("cityscapes19", 0, "road", (128, 64, 128)),
        ("cityscapes19", 6, "traffic light", (250, 170, 30)),
        ("cityscapes19", 10, "sky", (70, 130, 180)),
        ("cityscapes19", 13, "car", (0, 0, 142)),
        ("cityscapes19", 18, "bicycle", (119, 11, 32)),
        ("voc21", 0, "background", (0, 0, 0)),
        ("voc21", 15, "person", (192, 128, 128)),
        ("voc21", 20, "tvmonitor", (0, 64, 128)),
        ("ade20k150", 0, "wall", (120, 120, 120)),
        ("ade20k150", 6, "road", (140, 140, 140)),
        ("ade20k150", 7, "bed", (204, 5, 255)),
        ("ade20k150", 12, "person", (150, 5, 61)),
        ("ade20k150", 130, "screen", (0, 204, 255)),
        ("ade20k150", 141, "crt screen", (122, 0, 255)),
        ("ade20k150", 149, "flag", (92, 0, 255)),
        ("cocostuff171", 0, "person", (0, 192, 64)),
        ("cocostuff171", 11, "stop sign", (0, 0, 224)),
        ("cocostuff171", 79, "toothbrush", (192, 160, 0)),
        ("cocostuff171", 80, "banner", (0, 192, 0)),
        ("cocostuff171", 145, "sky-other", (64, 224, 64)),
        ("cocostuff171", 170, "wood", (64, 64, 0)),
    ],
)
def test_well_known_classes(name: str, label: int, class_name: str, color: tuple[int, int, int]) -> None:
    classes = load_classes(name)
    assert classes.names[label] == class_name
    assert classes.palette[label] == color


def test_voc_colours_follow_the_rule_of_its_development_kit() -> None:
    def color(label: int) -> tuple[int, int, int]:
        red, green, blue = (
            sum((label >> (3 * bit + channel) & 1) << (7 - bit) for bit in range(3)) for channel in range(3)
        )
        return red, green, blue

    assert load_classes("voc21").palette == tuple(color(label) for label in range(21))


@pytest.mark.parametrize(
    ("name", "shared"),
    [
        ("camvid11", []),
        ("cityscapes19", []),
        ("voc21", []),
        ("ade20k150", [{"road", "skyscraper"}]),
        (
            "cocostuff171",
            [
                {"person", "bicycle"},
                {"car", "fog"},
                {"motorcycle", "remote"},
                {"truck", "traffic light", "cloth"},
                {"parking meter", "broccoli"},
                {"bird", "oven"},
                {"cat", "apple"},
                {"horse", "dirt"},
            ],
        ),
    ],
)
def test_no_colours_are_shared_but_in_the_published_palettes(name: str, shared: list[set[str]]) -> None:
    classes = load_classes(name)
    by_color: dict[tuple[int, int, int], set[str]] = {}
    for label, color in zip(classes.names, classes.palette, strict=True):
        by_color.setdefault(color, set()).add(label)
    assert [labels for labels in by_color.values() if len(labels) > 1] == shared


def expected_train_ids(name: str) -> NDArray[np.uint8]:
    """For each of the 256 raw ids its train id, by the data set's own rule."""
    if name == "camvid11":
        return np.array([raw if raw < 11 else 11 for raw in range(256)], np.uint8)
    if name == "cityscapes19":
        return np.array([CITYSCAPES.get(raw, 255) for raw in range(256)], np.uint8)
    if name == "voc21":
        return np.array([raw if raw < 21 else 255 for raw in range(256)], np.uint8)
    if name == "ade20k150":
        return np.array([raw - 1 if 1 <= raw <= 150 else 255 for raw in range(256)], np.uint8)
    kept = [raw for raw in range(182) if raw not in COCO_NEVER_ANNOTATED]
    return np.array([kept.index(raw) if raw in kept else 255 for raw in range(256)], np.uint8)


@pytest.mark.parametrize("name", COUNTS)
def test_ids_of_label_files_become_train_ids(name: str) -> None:
    train_ids = load_classes(name).to_train_ids(every_id())
    assert train_ids.dtype == np.uint8
    assert np.array_equal(train_ids, expected_train_ids(name))


@pytest.mark.parametrize(
    ("name", "ignored"),
    [("camvid11", 11), ("cityscapes19", 0), ("voc21", 255), ("ade20k150", 0), ("cocostuff171", 255)],
)
def test_train_ids_become_ids_of_label_files_again(name: str, ignored: int) -> None:
    classes = load_classes(name)
    raw = classes.to_raw_ids(every_id(), ignored)
    assert raw.dtype == np.uint8
    assert (raw[len(classes) :] == ignored).all()
    assert np.array_equal(classes.to_train_ids(raw[: len(classes)]), np.arange(len(classes)))


def test_several_raw_ids_may_mean_one_class_and_the_first_is_written() -> None:
    raw = np.array([[3, 9], [0, 1]], np.uint8)
    labels = PAIR.to_train_ids(raw)
    assert labels.tolist() == [[0, 0], [1, 255]]
    assert PAIR.to_raw_ids(labels, 7).tolist() == [[3, 3], [0, 7]]
    assert raw.tolist() == [[3, 9], [0, 1]]


@pytest.mark.parametrize("shape", [(0,), (5,), (4, 6), (2, 3, 4), (2, 1, 3, 4)])
def test_ids_keep_their_shape(shape: tuple[int, ...]) -> None:
    ids = np.zeros(shape, np.uint8)
    assert PAIR.to_train_ids(ids).shape == shape
    assert PAIR.to_raw_ids(ids, 7).shape == shape


def test_ids_are_uint8_or_refused() -> None:
    with pytest.raises(ValueError, match="expected ids of dtype uint8, got int64"):
        PAIR.to_train_ids(np.zeros(3, np.int64))
    with pytest.raises(ValueError, match="expected ids of dtype uint8, got bool"):
        PAIR.to_raw_ids(np.zeros(3, np.bool_), 7)


@pytest.mark.parametrize(
    ("name", "ignored", "message"),
    [
        ("cityscapes19", 7, "ignored pixels cannot become 7: in cityscapes19 that is road"),
        ("voc21", 0, "ignored pixels cannot become 0: in voc21 that is background"),
        ("voc21", 256, "ignored must lie in 0 to 255, got 256"),
        ("voc21", -1, "ignored must lie in 0 to 255, got -1"),
    ],
)
def test_ignored_pixels_cannot_become_a_class(name: str, ignored: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load_classes(name).to_raw_ids(every_id(), ignored)


@pytest.mark.parametrize("name", COUNTS)
def test_a_checkpoint_without_a_list_is_told_by_its_count(name: str) -> None:
    assert matching_classes(COUNTS[name]) == load_classes(name)


@pytest.mark.parametrize("count", [0, 1, 20, 34, 172])
def test_no_list_is_made_up_for_other_counts(count: int) -> None:
    assert matching_classes(count) is None


def test_palette_array_is_black_beyond_the_classes() -> None:
    table = ClassSet("two", ("a", "b"), ((1, 2, 3), (4, 5, 6))).palette_array()
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    assert table[1].tolist() == [4, 5, 6]
    assert not table[2:].any()


@pytest.mark.parametrize("name", COUNTS)
def test_round_trip_through_json(name: str) -> None:
    classes = load_classes(name)
    assert ClassSet.from_dict(json.loads(json.dumps(classes.to_dict()))) == classes


def test_round_trip_of_several_raw_ids() -> None:
    data = PAIR.to_dict()
    assert data["classes"] == [
        {"name": "a", "color": [1, 2, 3], "raw": [3, 9]},
        {"name": "b", "color": [4, 5, 6], "raw": 0},
    ]
    assert ClassSet.from_dict(json.loads(json.dumps(data))) == PAIR


def test_a_list_without_raw_ids_has_the_form_it_always_had() -> None:
    old = {"name": "two", "ignore_id": 9, "classes": [{"name": "a", "color": [1, 2, 3]}]}
    classes = ClassSet.from_dict(old)
    assert classes.raw_ids == ()
    assert classes.to_dict() == old


def test_own_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nclasses:\n  - {name: cat, color: [1, 2, 3]}\n", encoding="utf-8")
    assert load_classes(str(path)) == ClassSet("mine", ("cat",), ((1, 2, 3),))


def test_own_file_with_raw_ids(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nclasses:\n  - {name: cat, color: [1, 2, 3], raw: [40, 2]}\n", encoding="utf-8")
    assert load_classes(str(path)).to_train_ids(np.array([2, 40, 0], np.uint8)).tolist() == [0, 0, 255]


A = "{name: a, color: [1, 2, 3]%s}"
B = "{name: b, color: [1, 2, 3]%s}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: x", r"bad\.yaml: not a class list: expected `name: NAME`, `classes:` and a line of name and color"),
        ("- {name: a, color: [1, 2, 3]}", "not a class list: expected `name: NAME`, `classes:`"),
        ("classes: [{name: a, color: [1, 2, 3]}]", "not a class list: 'name' is missing"),
        ("name: x\nclasses: [{name: a}]", "not a class list: 'color' is missing"),
        ("name: x\nclasses: [{name: a, color: [1, 2, 3], raws: 4}]", "unknown key 'raws', did you mean 'raw'"),
        (
            "name: x\nignore: 7\nclasses: [{name: a, color: [1, 2, 3]}]",
            "unknown key 'ignore', did you mean 'ignore_id'",
        ),
        ("name: x\nclasses: [7]", "expected name and color of a class, got 7"),
        ("name: x\nclasses: [{name: a, color: [1, 2]}]", r"color of a is three numbers from 0 to 255, got \[1, 2\]"),
        ("name: x\nclasses: [{name: a, color: [1, 2, 300]}]", "0 to 255"),
        ("name: x\nclasses: [{name: a, color: [1, 2, 3]}, {name: a, color: [1, 2, 3]}]", "must differ"),
        ("name: x\nignore_id: 0\nclasses: [{name: a, color: [1, 2, 3]}]", "ignore_id 0"),
        ("name: [", "cannot read class list"),
        (f"name: x\nclasses: [{A % ', raw: 256'}]", "raw id 256 of a must lie in 0 to 255"),
        (f"name: x\nclasses: [{A % ', raw: -1'}]", "raw id -1 of a must lie in 0 to 255"),
        (f"name: x\nclasses: [{A % ', raw: 4'}, {B % ', raw: 4'}]", "raw id 4 stands twice: for a and for b"),
        (f"name: x\nclasses: [{A % ', raw: [4, 4]'}]", "raw id 4 stands twice: for a and for a"),
        (f"name: x\nclasses: [{A % ', raw: 4'}, {B % ''}]", "b has no raw id: give every class one, or none of them"),
        (f"name: x\nclasses: [{A % ', raw: []'}]", "a has no raw id"),
        (f"name: x\nclasses: [{A % ', raw: 4.5'}]", "raw of a must be a whole number or a list of them, got 4.5"),
        (f"name: x\nclasses: [{A % ', raw: yes'}]", "raw of a must be a whole number or a list of them, got True"),
        (f"name: x\nclasses: [{A % ', raw: [1, b]'}]", "raw of a must be a whole number or a list of them"),
        (f"name: x\nclasses: [{A % ', raw: null'}]", "raw of a must be a whole number or a list of them, got None"),
    ],
)
def test_wrong_files_say_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_classes(str(path))


def test_raw_ids_of_some_classes_only_are_refused() -> None:
    with pytest.raises(ValueError, match="expected raw ids of all 2 classes or of none, got 1"):
        ClassSet("two", ("a", "b"), ((1, 2, 3), (4, 5, 6)), raw_ids=((1,),))


def test_unknown_name_lists_the_known() -> None:
    with pytest.raises(ConfigError, match=r"no class list 'nope': give a YAML file, or one of .*camvid11"):
        load_classes("nope")
