"""What `bisenet models` lists."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bisenet import listing
from bisenet.complexity import Complexity, complexity, counted
from bisenet.errors import ConfigError
from bisenet.listing import all_weights, models
from bisenet.registry import load_registry
from bisenet.weights import bundled_models
from bisenet.zoo import ARCHITECTURES, build


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("BISENET_CACHE", str(tmp_path))
    return tmp_path / "checkpoints"


@pytest.fixture
def _uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting every network takes seconds; what is counted is another test's."""
    monkeypatch.setattr(listing, "counted", lambda *_: Complexity(1_500_000, 2_340_000_000))


def _cells(text: str, first: str) -> list[str]:
    (line,) = (line for line in text.splitlines() if re.match(rf"{re.escape(first)} ", line))
    return re.split(r" {2,}", line)


@pytest.mark.usefixtures("_uncounted")
def test_text_has_every_network_and_every_model() -> None:
    text = models()
    for architecture, variants in ARCHITECTURES.items():
        assert _cells(text, architecture) == [architecture, next(iter(variants)), "1.50M", "2.34"]
    assert _cells(text, "street-x39")[:7] == [
        "street-x39", "bisenetv1-x39/torchseg", "1.50M", "2.34", "camvid, facades", "11", "64.06",
    ]  # fmt: skip
    assert _cells(text, "street-x39")[-2:] == ["3.8 MB", "bundled"]
    assert _cells(text, "cityscapes-r18-coincheung")[5:8] == ["19", "75.44", "CoinCheung"]
    assert all(_cells(text, name) for name in load_registry())
    assert max(map(len, text.splitlines())) <= 160


@pytest.mark.usefixtures("_uncounted")
def test_who_says_so_and_under_what_licence() -> None:
    text = models()
    assert _cells(text, "street-r18")[7] == "us"
    letter = _cells(text, "street-r18")[8]
    assert f"- {letter}: non-commercial research (trained on CamVid and LabelMeFacade)" in text.splitlines()
    notes = text[text.index("Notes\n") :]
    assert re.search(r"cityscapes-x39-torchseg-speed: .*labels shrunk\s+to 192x96", notes, re.S)


@pytest.mark.usefixtures("_uncounted")
def test_what_was_fetched_is_on_disk(cache: Path) -> None:
    assert _cells(models(), "cityscapes-r18-mmseg")[-2:] == ["-", "no"]
    assert _cells(models(), "cityscapes-x39-torchseg")[-2:] == ["-", "no (browser)"]
    cache.mkdir()
    (cache / "cityscapes-r18-mmseg.safetensors").write_bytes(bytes(2_500_000))
    assert _cells(models(), "cityscapes-r18-mmseg")[-2:] == ["2.5 MB", "yes"]


@pytest.mark.usefixtures("_uncounted")
def test_markdown_has_whole_licences() -> None:
    lines = models("markdown").splitlines()
    assert [line for line in lines if line.startswith("##")] == ["## Networks", "## Weights", "## Notes"]
    (row,) = (line for line in lines if line.startswith("| cityscapes-v2-mmseg |"))
    assert "| Apache-2.0 code, non-commercial data |" in row
    assert "| mmsegmentation 1.2.2 |" in row


@pytest.mark.usefixtures("_uncounted")
def test_json_has_everything_as_values(cache: Path) -> None:
    plain = json.loads(models("json"))
    assert len(plain["networks"]) == sum(map(len, ARCHITECTURES.values()))
    assert [row["default"] for row in plain["networks"]].count(True) == len(ARCHITECTURES)
    weights = {row["name"]: row for row in plain["weights"]}
    assert set(weights) == {*bundled_models(), *load_registry()}
    assert weights["street-x39"]["size_bytes"] == bundled_models()["street-x39"].stat().st_size
    assert weights["ade20k-v2-coincheung"] == {
        "name": "ade20k-v2-coincheung", "architecture": "bisenetv2", "variant": "coincheung",
        "parameters": 1_500_000, "macs_640x360": 2_340_000_000,
        "dataset": "ADE20K", "classes": 150, "miou": 32.53, "miou_by": "CoinCheung/BiSeNet 6b4b67a",
        "licence": "MIT code, non-commercial data", "source": "direct", "size_bytes": None,
        "notes": load_registry()["ade20k-v2-coincheung"].notes,
    }  # fmt: skip
    assert not cache.exists()  # to list is not to write


def test_every_model_names_a_network_that_can_be_built() -> None:
    for entry in all_weights():
        assert entry.variant in ARCHITECTURES[entry.architecture]


def test_networks_are_counted_as_they_are_built() -> None:
    """By name and without weights, as by building them; and for the model's own number of classes."""
    whole = complexity(lambda: build("bisenetv1-x39", 11, "torchseg"), 640, 360)
    assert counted("bisenetv1-x39", "torchseg", 11, 640, 360) == whole
    assert counted("bisenetv1-x39", "torchseg", 19, 640, 360).parameters == 1_541_963


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ConfigError, match="no format 'html': choose one of text, markdown, json"):
        models("html")
