"""Graphs between starts: found again, made again when damaged, and not more than a few."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from bisenet.card import ModelCard
from bisenet.engines import graph_cache, networks, open_engine
from bisenet.engines.graph_cache import Graph, read_graph, write_graph
from bisenet.engines.networks import GivenNetwork
from bisenet.segmenter import Segmenter

from .conftest import FIVE, need, smooth

CARD = ModelCard("tiny", "bisenetv2", "mmseg", FIVE, 64)
GRAPH = Graph(CARD, "bilinear-corners", (b"<xml>", b"\0\n\1" * 100))


def test_a_graph_is_found_as_it_was_written(empty_cache: Path) -> None:
    assert read_graph("key") is None
    write_graph("key", GRAPH)
    assert read_graph("key") == GRAPH
    assert [file.name for file in empty_cache.iterdir()] == ["key.graph"]


def test_no_damage_goes_unseen(empty_cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_graph("key", GRAPH)
    file = empty_cache / "key.graph"
    whole = file.read_bytes()
    with caplog.at_level(logging.WARNING):
        for length in range(len(whole)):
            file.write_bytes(whole[:length])
            assert read_graph("key") is None
        rng = np.random.default_rng(0)
        for position in [*range(16), *rng.integers(16, len(whole), 300)]:
            file.write_bytes(whole[:position] + bytes([whole[position] ^ 0x10]) + whole[position + 1 :])
            assert read_graph("key") is None
    assert "damaged and will be made again" in caplog.text


@pytest.fixture(scope="module")
def x39_graph(x39: Segmenter) -> Graph:
    """Made once for all tests here: it takes a second."""
    need("openvino")
    return GivenNetwork(x39).graph()


@pytest.mark.parametrize("damage", ["cut", "empty", "bits", "other"])
def test_a_damaged_cache_is_made_again(
    empty_cache: Path,
    x39: Segmenter,
    x39_graph: Graph,
    damage: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(networks, "make_graph", lambda _: x39_graph)
    rgb = smooth(64, 96)
    with open_engine("openvino", x39, device="cpu", threads=1) as engine:
        wanted = engine.infer(rgb)
    (file,) = empty_cache.glob("*.graph")
    whole = file.read_bytes()
    middle = len(whole) // 2
    damaged = {
        "cut": whole[:middle],
        "empty": b"",
        "bits": whole[:middle] + bytes(byte ^ 0xFF for byte in whole[middle : middle + 64]) + whole[middle + 64 :],
        "other": b"something else altogether\n" * 100,
    }
    file.write_bytes(damaged[damage])
    with caplog.at_level(logging.WARNING), open_engine("openvino", x39, device="cpu", threads=1) as engine:
        assert np.array_equal(engine.infer(rgb), wanted)
    assert "damaged" in caplog.text
    assert file.stat().st_size == len(whole)
    assert list(empty_cache.glob("*.graph")) == [file]


def test_a_graph_is_made_once(empty_cache: Path, x39: Segmenter, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def make(model: Segmenter) -> Graph:
        made.append(model)
        return GRAPH

    monkeypatch.setattr(networks, "make_graph", make)
    for _ in range(2):
        assert GivenNetwork(x39).graph() == GRAPH
    assert len(made) == 1
    assert len(list(empty_cache.iterdir())) == 1


def test_other_weights_cards_and_kinds_of_graphs_are_other_graphs(
    x39: Segmenter, v2: Segmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {GivenNetwork(x39)._key, GivenNetwork(v2)._key, GivenNetwork(replace(x39, card=CARD))._key}
    bias = next(value for name, value in x39.network.named_parameters() if name.endswith("bias"))
    with torch.no_grad():
        bias[0] += 1
        keys.add(GivenNetwork(x39)._key)
        bias[0] -= 1
    monkeypatch.setattr(networks, "graph_kind", lambda: "another")
    keys.add(GivenNetwork(x39)._key)
    monkeypatch.setattr(networks, "_code_digest", lambda: b"changed")
    keys.add(GivenNetwork(x39)._key)
    assert len(keys) == 6


def test_graphs_that_were_not_used_for_longest_are_deleted(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_cache, "MOST_FILES", 3)
    for number in range(3):
        write_graph(str(number), GRAPH)
        os.utime(empty_cache / f"{number}.graph", (1000 + number, 1000 + number))
    assert read_graph("0") is not None  # and so it was used just now
    write_graph("3", GRAPH)
    assert sorted(file.name for file in empty_cache.iterdir()) == ["0.graph", "2.graph", "3.graph"]


def test_large_graphs_are_fewer_and_the_newest_stays(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_cache, "MOST_BYTES", 100)
    for number in range(3):
        write_graph(str(number), GRAPH)
        os.utime(empty_cache / f"{number}.graph", (1000 + number, 1000 + number))
    assert [file.name for file in empty_cache.iterdir()] == ["2.graph"]


@pytest.mark.parametrize("kind", ["onnx", "openvino"])
def test_both_kinds_of_graphs_are_run(
    empty_cache: Path, x39: Segmenter, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("openvino")
    need(kind)
    for module in ("networks", "graphs"):
        monkeypatch.setattr(f"bisenet.engines.{module}.graph_kind", lambda: kind)
    rgb = smooth(64, 96)
    for _ in range(2):
        with open_engine("openvino", x39, device="cpu", threads=1) as engine:
            assert float(np.mean(engine.infer(rgb) != x39.segment(rgb))) <= 0.005
    (file,) = empty_cache.glob("*.graph")
    assert kind in file.name
