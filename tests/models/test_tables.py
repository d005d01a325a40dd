"""The published tables: every figure as it is printed, and ours beside it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bisenet.checkpoint import read_card
from bisenet.errors import ConfigError
from bisenet.grid import Column
from bisenet.resources import assets_dir
from bisenet.table_file import load_table
from bisenet.tables import NAMES, table
from bisenet.weights import bundled_models

_HEADINGS = {f"v1-{number}": f"V1 Table {number}:" for number in range(1, 10)} | {"v2": "V2 ", "mmseg": "mmseg "}
_HEADER_LINES = {"v1-2": 3, "v1-5": 3, "v1-6": 2, "v1-7": 2}


def _printed(text: str, name: str) -> list[list[str]]:
    """The lines of a table of TABLES.md, as cells."""
    (section,) = (part for part in re.split(r"^## ", text, flags=re.M) if part.startswith(_HEADINGS[name]))
    lines = [line for line in section.splitlines() if "\t" in line or line.rstrip().endswith("|")]
    if name in ("v2", "mmseg"):
        cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
        return [line for line in cells if line[0] != "---"]
    return [line.split("\t") for line in lines]


def _columns(header: list[list[str]]) -> tuple[Column, ...]:
    """A blank in a header goes on with the group left of it, unless what stands above it differs."""
    for level, line in enumerate(header[:-1]):
        for place in range(1, len(line)):
            above = [upper[place] == upper[place - 1] for upper in header[:level]]
            if not line[place] and all(above) and line[place - 1]:
                line[place] = line[place - 1]
    stacks = [[text for text in stack if text] for stack in zip(*header, strict=True)]
    return tuple(Column(name, tuple(groups)) for *groups, name in stacks)


def test_each_file_has_a_name() -> None:
    assert {path.stem for path in (assets_dir() / "tables").iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_is_as_it_was_printed(name: str, fixtures: Path) -> None:
    lines = _printed((fixtures.parent / "docs" / "TABLES.md").read_text(encoding="utf-8"), name)
    content = load_table(name)
    count = _HEADER_LINES.get(name, 1)
    assert content.columns == _columns([list(line) for line in lines[:count]])
    # mmseg's has its header again before its second part.
    rows = [tuple(line) for line in lines[count:] if line != lines[0]]
    assert [row.cells for part in content.parts for row in part.rows] == rows
    assert len(rows) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_our_networks_and_weights_are_of_the_row(name: str) -> None:
    for part in load_table(name).parts:
        for row in part.rows:
            words = " ".join(row.cells)
            for entry in row.weights:
                assert row.network is not None
                assert entry.architecture == row.network[0]
            if row.network and row.network[0].startswith("bisenetv1"):
                backbone = {"x39": "Xception39|Ours 1|CP|U-shape", "r18": "Res18|R-18|Ours 2"}.get(
                    row.network[0][-3:], "Res101|R-50|R-101"
                )
                assert re.search(backbone, words)


def test_mmseg_prints_what_the_registry_says_of_the_same_weights() -> None:
    for part in load_table("mmseg").parts:
        for row in part.rows:
            (entry,) = row.weights
            assert row.network == (entry.architecture, entry.variant)
            assert row.cells[-2:] == (f"{entry.miou:.2f}", f"{entry.miou_ms_flip:.2f}")


def test_a_table_for_the_terminal() -> None:
    lines = table("v1-4").splitlines()
    assert lines[:2] == ["Operations and parameters at 640x360", "BiSeNet (Yu et al., ECCV 2018), table 4"]
    rows = [re.split(r" {2,}", line) for line in lines[4:10]]
    assert rows[0] == [
        "Method", "BaseModel", "GFLOPS", "Parameters", "GMAC 640x360", "parameters, M", "parameters, MiB",
    ]  # fmt: skip
    assert rows[2:] == [
        ["SegNet", "VGG16", "286.0", "29.5M", "143.3", "29.45", "112.33"],
        ["ENet", "From scratch", "3.8", "0.4M", "1.72", "0.36", "1.39"],
        ["Ours", "Xception39", "2.9", "5.8M", "3.07", "1.54", "5.88"],
        ["Ours", "Res18", "10.8", "49.0M", "11.58", "12.89", "49.19"],
    ]
    assert "two operations per multiply-add" in " ".join(lines)
    assert max(map(len, lines)) <= 160


def test_systems_that_are_not_here_have_no_figure_of_ours() -> None:
    (icnet,) = (line for line in table("v1-6").splitlines() if line.startswith("ICNet"))
    assert icnet.split() == ["ICNet", "PSPNet50", "67.7", "69.5", "30.3"]


def test_what_others_report_is_told_apart_and_named() -> None:
    text = table("v1-7")
    header = next(line for line in text.splitlines() if line.startswith("Method"))
    (r18,) = (line for line in text.splitlines() if line.startswith("Ours") and "Res18" in line)
    assert header.split()[-3:] == ["TorchSeg", "CoinCheung", "mmseg"]
    assert re.split(r" {2,}", r18)[-3:] == ["76.28 (78.00)", "75.44 (77.45)", "75.16 (77.24)"]
    assert "cityscapes-r18-coincheung" in text


@pytest.mark.parametrize("model", ["street-x39", "street-r18"])
def test_bundled_models_stand_beside_camvid_by_class(model: str) -> None:
    figures = read_card(bundled_models()[model]).training["val"]
    lines = table("v1-8").splitlines()
    names = next(re.split(r" {2,}", line) for line in lines if line.startswith("Method"))
    cells = dict(zip(names, next(re.split(r" {2,}", line) for line in lines if line.startswith(model)), strict=True))
    assert cells["Mean IOU (%)"] == f"{100 * figures['miou']:.1f}"
    for column, class_name in (("Sidewalk", "pavement"), ("Pedestrain", "pedestrian"), ("Sky", "sky")):
        assert cells[column] == f"{100 * figures['iou'][class_name]:.1f}"
    assert any("val split, 101 pictures" in line for line in lines)


def test_markdown_has_a_header_over_each_part() -> None:
    lines = table("mmseg", "markdown").splitlines()
    assert lines[0] == "## BiSeNetV1 of mmsegmentation"
    assert sum(line.startswith("| Method | Backbone |") for line in lines) == 2
    assert sum(line.startswith("| BiSeNetV1 |") for line in lines) == 11
    assert "- Weights: fetch them with `bisenet models pull NAME`." in lines


def test_json_has_our_figures_unrounded() -> None:
    plain = json.loads(table("v1-6", "json"))
    (part,) = plain["parts"]
    r18 = part["rows"][-1]
    assert r18["published"]["Mean IOU(%): val"] == "74.8"
    assert r18["network"] == "bisenetv1-r18/torchseg-speed"
    assert r18["computed"]["parameters"] == 12_894_163
    assert round(r18["computed"]["macs"]["1536x768"] / 1e9, 1) == 58.3
    assert [entry["miou"] for entry in r18["reported"]] == [74.83]
    assert "computed" not in part["rows"][2]


def test_an_unknown_table_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"no table 'v1-10': choose one of v1-1, .*, v1-9, v2, mmseg"):
        table("v1-10")
    with pytest.raises(ConfigError, match="no format 'html'"):
        table("v1-1", "html")


_WHOLE = """title: t
source: s
columns: [a, b]
parts:
  - classes: 19
    ours: [parameters]
    rows:
      - cells: [x, "1.0"]
notes: []
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: t", "titel: t", "t.yaml: unknown key 'titel'; did you mean title?"),
        ("source: s\n", "", "t.yaml: missing source"),
        ('"1.0"', "1.0", r"t.yaml: part 1, row 1: expected text, got 1.0 \(put it in quotes\)"),
        (', "1.0"', "", "t.yaml: part 1, row 1: expected 2 cells, got 1"),
        ("[parameters]", "[speed]", "t.yaml: part 1: unknown column of ours 'speed': expected parameters"),
        ("notes: []", "notes: none", "t.yaml: expected a list, got 'none'"),
        ("[a, b]", "[a, {group: c}]", "t.yaml: columns: missing columns"),
        ('"1.0"]', '"1.0"]\n        network: segnet/mmseg', "row 1: there is no network 'segnet/mmseg'"),
        ('"1.0"]', '"1.0"]\n        weights: [cityscapes-r18-mmsg]', "row 1: no published model 'cityscapes-r18-mmsg'"),
    ],
)
def test_a_damaged_file_is_told_by_place_and_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(_WHOLE)
    assert load_table(str(path)).parts[0].rows[0].cells == ("x", "1.0")
    assert old in _WHOLE
    path.write_text(_WHOLE.replace(old, new))
    with pytest.raises(ConfigError, match=message):
        load_table(str(path))
