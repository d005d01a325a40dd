"""The list of published checkpoints: whole, in agreement with the zoo and the class lists, and strictly read."""

from __future__ import annotations

import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bisenet.classes import load_classes
from bisenet.errors import CheckpointError, ConfigError
from bisenet.registry import Published, by_filename, load_registry, published, registry_from
from bisenet.zoo import ARCHITECTURES

NETS = {"x39": "bisenetv1-x39", "r18": "bisenetv1-r18", "r50": "bisenetv1-r50", "r101": "bisenetv1-r101"}
NETS |= {"v2": "bisenetv2"}
DATASETS = {"cityscapes": "cityscapes19", "cocostuff": "cocostuff171", "ade20k": "ade20k150"}
ENTRIES = list(load_registry().values())


@pytest.fixture(scope="session")
def known(fixtures: Path) -> list[dict[str, Any]]:
    """The entries of the reference list beside the project."""
    rows: list[dict[str, Any]] = yaml.safe_load((fixtures.parent / "checkpoints.yaml").read_text())["checkpoints"]
    return rows


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_name_says_what_it_is(entry: Published) -> None:
    dataset, net, family, *_ = entry.name.split("-")
    assert entry.architecture == NETS[net]
    assert entry.variant in ARCHITECTURES[entry.architecture]
    assert entry.variant.split("-")[0] == family
    assert entry.classes == DATASETS[dataset]
    assert len(load_classes(entry.classes)) == int(entry.classes.removeprefix(dataset))
    assert entry.name.endswith("-2020") == (entry.variant == "coincheung-2020")
    assert entry.name.endswith("-speed") == (entry.short_side == 768)
    assert entry.filename.endswith(".pth")


def test_there_are_all_of_them_once(known: list[dict[str, Any]]) -> None:
    assert len(known) == 28
    assert sorted(entry.url for entry in ENTRIES) == sorted(row["url"] for row in known)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_each_agrees_with_the_reference_list(entry: Published, known: list[dict[str, Any]]) -> None:
    (row,) = (row for row in known if row["url"] == entry.url)
    scale = 255 if row["preprocess"]["scale"] == "0..255" else 1
    assert entry.variant.split("-")[0] == row["family"]
    assert entry.architecture.split("-")[0] == row["arch"]
    assert entry.sha256_prefix == row["sha256_prefix_in_name"]
    assert (entry.miou, entry.miou_ms_flip) == (row["miou"], row["miou_ms_flip"])
    assert len(load_classes(entry.classes)) == row["num_classes"]
    assert entry.split == row["split"]
    assert entry.mean == pytest.approx([value / scale for value in row["preprocess"]["mean"]], abs=1e-12)
    assert entry.std == pytest.approx([value / scale for value in row["preprocess"]["std"]], abs=1e-12)
    assert entry.color_order == row["preprocess"]["color"]
    assert entry.licence.split()[0] == row["license"].split()[0]
    assert (entry.download == "browser") == ("drive.google.com" in row["url"])
    if row["filename"]:
        assert entry.filename == row["filename"]
    if row["family"] == "mmseg":
        assert ("-in1k" in entry.name) == row["pretrained_backbone"]
        assert ("-batch32" in entry.name) == (row["batch"] == 32)


@pytest.mark.parametrize(
    ("name", "short_side"),
    [
        ("cityscapes-x39-torchseg", 1024),
        ("cityscapes-x39-torchseg-speed", 768),
        ("cityscapes-v2-coincheung", 1024),
        ("cocostuff-r50-mmseg-in1k", 512),
        ("cocostuff-v2-coincheung", 512),
        ("ade20k-r18-coincheung", 512),
        ("ade20k-v2-coincheung", 640),
    ],
)
def test_short_sides(name: str, short_side: int) -> None:
    assert published(name).short_side == short_side


def test_what_a_user_should_know_is_told() -> None:
    assert "192x96" in published("cityscapes-x39-torchseg-speed").notes
    assert "Superseded by cocostuff-r18-coincheung;" in published("cocostuff-r18-coincheung-2020").notes


def test_a_name_mistyped() -> None:
    with pytest.raises(
        CheckpointError, match=r"no published model 'cityscape-v2-coincheng': did you mean cityscapes-v2-"
    ):
        published("cityscape-v2-coincheng")
    with pytest.raises(CheckpointError, match=r"'deeplab': `bisenet models` lists them"):
        published("deeplab")


def test_by_filename() -> None:
    entry = by_filename("model_final_v1_city_new.pth")
    assert entry is published("cityscapes-r18-coincheung")
    assert by_filename("model_final.pth") is None


def test_the_registry_cannot_be_spoilt() -> None:
    load_registry().clear()
    assert len(load_registry()) == 28


ROW: dict[str, Any] = {
    "name": "cityscapes-r18-mine",
    "architecture": "bisenetv1-r18",
    "variant": "mmseg",
    "classes": "cityscapes19",
    "dataset": "Cityscapes",
    "split": "val",
    "url": "https://files.invalid/w.pth",
    "download": "direct",
    "mean": [0, 0, 0],
    "std": [1, 1, 1],
    "color_order": "RGB",
    "short_side": 1024,
    "miou": 70,
    "reported_by": "me",
    "licence": "MIT",
}


def read(*rows: object) -> dict[str, Published]:
    return registry_from({"groups": {}, "checkpoints": list(rows)}, "mine.yaml")


def test_a_row_that_is_right() -> None:
    entry = read(ROW)["cityscapes-r18-mine"]
    assert (entry.miou, entry.mean, entry.sha256_prefix, entry.notes) == (70.0, (0.0, 0.0, 0.0), None, "")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("mious", 70, r"unknown key 'mious'; did you mean miou\?"),
        ("filename", "w.pth", "unknown key 'filename'"),
        ("sha256_prefix", 66747911, r"sha256_prefix must be str, got 66747911 \(put it in quotes\)"),
        ("sha256_prefix", "C55E78E2", "sha256_prefix must be 8 to 64 hex digits in lower case, got 'C55E78E2'"),
        ("sha256_prefix", "c55e", "sha256_prefix must be 8 to 64 hex digits"),
        ("url", "http://files.invalid/w.pth", "url must begin with https://"),
        ("download", "torrent", "download must be direct or browser, got 'torrent'"),
        ("color_order", "BGR", "color_order must be RGB, got 'BGR'"),
        ("mean", [0.5, 0.5], "mean must be three numbers"),
        ("mean", [123.675, 116.28, 103.53], "mean and std must be of RGB in 0 to 1"),
        ("std", [0, 0.2, 0.2], "mean and std must be of RGB in 0 to 1"),
        ("std", [0.2, 0.2, "0.2"], "std must be float, got '0.2'"),
        ("short_side", 1024.0, "short_side must be int, got 1024.0"),
        ("short_side", True, "short_side must be int, got True"),
        ("short_side", 16, "short_side must be 32 to 8192, got 16"),
        ("miou", 0.74, "miou must be in per cent, got 0.74"),
        ("miou_ms_flip", 174, "miou_ms_flip must be in per cent, got 174"),
        ("name", "Cityscapes R18", "name must be words of a-z and 0-9"),
    ],
)
def test_wrong_values_name_entry_and_key(key: str, value: object, message: str) -> None:
    name = value if key == "name" else "cityscapes-r18-mine"
    with pytest.raises(ConfigError, match=f"^mine.yaml: {name}: {message}"):
        read({**ROW, key: value})


def test_missing_and_repeated() -> None:
    with pytest.raises(ConfigError, match=r"mine.yaml: entry 1: missing name, url"):
        read({key: value for key, value in ROW.items() if key not in ("name", "url")})
    with pytest.raises(ConfigError, match=r"mine.yaml: cityscapes-r18-mine: the name is there twice"):
        read(ROW, copy.deepcopy(ROW))
    with pytest.raises(ConfigError, match=r"b: w\.pth is the file of cityscapes-r18-mine already"):
        read(ROW, {**ROW, "name": "b"})
    with pytest.raises(ConfigError, match=r"mine.yaml: entry 2: expected key: value lines"):
        read(ROW, "cityscapes")
    with pytest.raises(ConfigError, match=r"mine.yaml: expected `groups` and a list of `checkpoints`"):
        registry_from({"checkpoints": {}}, "mine.yaml")


def test_neither_listing_nor_fetching_needs_torch() -> None:
    code = "import sys, bisenet.download; print(len(bisenet.registry.load_registry()), 'torch' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "28 False"
