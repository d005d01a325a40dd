"""From a name to a model: bundled, in the cache, or converted from an original; every published one."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.models.reference import filled_state, rows_of

import bisenet
from bisenet.checkpoint import read_card
from bisenet.cli import main
from bisenet.download import original_file
from bisenet.errors import CheckpointError
from bisenet.registry import Published, load_registry, published
from bisenet.weights import bundled_models, find_model, pull, pulled_file

SMALL = "cityscapes-x39-torchseg"
"""Quickly made, and without a published hash."""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BISENET_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("BISENET_OFFLINE", "1")
    return tmp_path / "cache"


def make_original(entry: Published, path: Path) -> Path:
    classes = {"cityscapes19": 19, "cocostuff171": 171, "ade20k150": 150}[entry.classes]
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"state_dict": filled_state(rows_of(entry.architecture, entry.variant, classes))}, path)
    return path


def _distinct(entries: Iterable[Published]) -> list[Published]:
    """One entry of each network: the others differ in their weights and class lists only."""
    return list({(each.architecture, each.variant): each for each in entries}.values())


@pytest.mark.parametrize("entry", _distinct(load_registry().values()), ids=lambda entry: entry.name)
def test_every_published_network_converts_and_segments(entry: Published, tmp_path: Path) -> None:
    source = make_original(entry, tmp_path / entry.filename)
    out = tmp_path / "ours.safetensors"
    assert main(["convert", str(source), "-o", str(out), "--name", entry.name]) == 0
    model = bisenet.load(str(out))
    assert (model.card.name, model.card.architecture, model.card.variant) == (
        entry.name, entry.architecture, entry.variant
    )  # fmt: skip
    assert (model.card.mean, model.card.std, model.card.short_side) == (entry.mean, entry.std, entry.short_side)
    assert model.card.classes.name == entry.classes
    labels = model.segment(np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8), imgsz=(96, 64))
    assert labels.shape == (60, 90)
    assert labels.max() < len(model.card.classes)


def test_a_name_is_enough_once_the_original_is_here() -> None:
    entry = published(SMALL)
    original = make_original(entry, original_file(entry))
    model = bisenet.load(SMALL)
    assert model.card.name == SMALL
    assert model.card.training["reported"] == {"miou": 70.32, "split": "val", "by": entry.reported_by}
    assert not original.exists(), "the original takes as much space again"
    before = pulled_file(entry).stat().st_mtime_ns
    assert find_model(SMALL) == pulled_file(entry)
    assert pulled_file(entry).stat().st_mtime_ns == before


def test_pull_of_a_file_fetched_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = make_original(published(SMALL), tmp_path / "downloads" / "whatever.pth")
    assert main(["models", "pull", SMALL, "--file", str(mine)]) == 0
    assert capsys.readouterr().out == f"{SMALL}: {pulled_file(published(SMALL))}\n"
    assert mine.is_file()
    assert read_card(find_model(SMALL)).name == SMALL


def test_pull_of_another_networks_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = make_original(published("cityscapes-r18-torchseg"), tmp_path / "other.pth")
    assert main(["models", "pull", SMALL, "--file", str(other)]) == 5
    told = capsys.readouterr().err
    assert "is bisenetv1-r18 torchseg, and cityscapes-x39-torchseg is bisenetv1-x39 torchseg" in told
    assert not pulled_file(published(SMALL)).exists()
    # The wrong original does not stay in the way of the right one.
    assert not original_file(published(SMALL)).exists()


def test_names_that_are_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(
        CheckpointError, match=r"unknown model 'nope' \(give a \.safetensors file, one of person-x39, street"
    ):
        find_model("nope")
    with pytest.raises(
        CheckpointError, match="unknown model 'cityscapes-r18-mseg'; did you mean 'cityscapes-r18-mmseg'"
    ):
        find_model("cityscapes-r18-mseg")
    with pytest.raises(CheckpointError, match="no model file"):
        find_model(str(tmp_path / "gone.safetensors"))
    (tmp_path / "theirs.pth").touch()
    with pytest.raises(CheckpointError, match=r"make one of a published \.pth with `bisenet convert"):
        find_model(str(tmp_path / "theirs.pth"))
    assert main(["models", "pull", "street-x39"]) == 5
    assert "no published model 'street-x39'" in capsys.readouterr().err


def test_bundled_models_are_found_without_a_network() -> None:
    for name, path in bundled_models().items():
        assert find_model(name) == path


def _pull_in_process(name: str) -> None:
    torch.set_num_threads(1)
    pull(published(name))


def test_two_processes_at_once_convert_once() -> None:
    entry = published(SMALL)
    make_original(entry, original_file(entry))
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_pull_in_process, args=(SMALL,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert bisenet.load(SMALL).card.name == SMALL
