"""Class lists: read, checked, and their round trip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bisenet.classes import ClassSet, load_classes
from bisenet.errors import ConfigError


def test_camvid_is_in_the_order_of_the_segnet_layout() -> None:
    classes = load_classes("camvid11")
    assert classes.names == (
        "sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian", "bicyclist",
    )  # fmt: skip
    assert classes.ignore_id == 11
    assert classes.palette[3] == (128, 64, 128)


def test_palette_array_is_black_beyond_the_classes() -> None:
    table = ClassSet("two", ("a", "b"), ((1, 2, 3), (4, 5, 6))).palette_array()
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    assert table[1].tolist() == [4, 5, 6]
    assert not table[2:].any()


def test_round_trip() -> None:
    classes = load_classes("camvid11")
    assert ClassSet.from_dict(classes.to_dict()) == classes


def test_own_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nclasses:\n  - {name: cat, color: [1, 2, 3]}\n", encoding="utf-8")
    assert load_classes(str(path)) == ClassSet("mine", ("cat",), ((1, 2, 3),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: x", "not a class list"),
        ("name: x\nclasses: [{name: a, color: [1, 2]}]", "not a class list"),
        ("name: x\nclasses: [{name: a, color: [1, 2, 300]}]", "0 to 255"),
        ("name: x\nclasses: [{name: a, color: [1, 2, 3]}, {name: a, color: [1, 2, 3]}]", "must differ"),
        ("name: x\nignore_id: 0\nclasses: [{name: a, color: [1, 2, 3]}]", "ignore_id 0"),
        ("name: [", "cannot read class list"),
    ],
)
def test_wrong_files_say_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_classes(str(path))


def test_unknown_name_lists_the_known() -> None:
    with pytest.raises(ConfigError, match=r"no class list 'nope': give a YAML file, or one of .*camvid11"):
        load_classes("nope")
