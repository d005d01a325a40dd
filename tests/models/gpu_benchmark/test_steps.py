"""Every step that measures, on the processor: tiny networks, a card that is none, and nothing that fails."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from benchmarks.gpu import kernel_work
from benchmarks.gpu.bars import FRAME_CASES
from benchmarks.gpu.child import step_module
from benchmarks.gpu.context import Context
from benchmarks.gpu.steps import backends, frames, kernels, ladder, machine, memory, network, parity
from benchmarks.gpu.wishes import STEPS

from bisenet.segmenter import Segmenter

SMALL, INPUT = (96, 64), (64, 32)


@pytest.fixture(autouse=True)
def tiny_everything(monkeypatch: pytest.MonkeyPatch, plain: Segmenter) -> None:
    for module in (backends, frames, ladder, memory, network, parity):
        monkeypatch.setattr(module, "subject", lambda _: plain)
    monkeypatch.setattr(network, "untrained", lambda *_: plain)
    for case, (name, _, _) in FRAME_CASES.items():
        monkeypatch.setitem(FRAME_CASES, case, (name, SMALL, INPUT))
    monkeypatch.setattr(frames, "_TRACED_FRAMES", 3)
    for case, (name, _) in network.CASES.items():
        monkeypatch.setitem(network.CASES, case, (name, INPUT))
    for name in parity.INPUTS:
        monkeypatch.setitem(parity.INPUTS, name, INPUT)
    monkeypatch.setattr(parity, "PICTURES", (SMALL, (97, 65)))
    monkeypatch.setattr(memory, "SIZES", (SMALL, (64, 64)))
    monkeypatch.setattr(memory, "INPUT", INPUT)
    monkeypatch.setattr(memory, "FRAMES_EACH", 2)
    monkeypatch.setattr(kernels, "PAIRS", ((SMALL, INPUT),))
    monkeypatch.setattr(kernel_work, "_BEYOND_CACHES", 1)


def ran(module: ModuleType, context: Context) -> Context:
    module.run(context)
    assert context.findings.found.failures == []
    return context


def test_every_step_has_a_module() -> None:
    for name in STEPS:
        assert callable(step_module(name).run)


def test_machine(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "GIB", 1 << 20)
    found = ran(machine, context).findings.found
    assert {"copy-gbs", "matrix-tflops", "to-card-gbs", "to-host-gbs", "host-copy-gbs"} == set(found.figures)
    assert min(found.figures.values()) > 0


@pytest.mark.usefixtures("engine_without_card")
def test_frames(context: Context) -> None:
    found = ran(frames, context).findings.found
    assert [row["case"] for row in found.tables["Frames"]] == list(FRAME_CASES)
    assert {f"fps/{case}" for case in FRAME_CASES} <= set(found.figures)
    assert found.figures["demo-ratio"] == min(found.figures[f"demo-ratio/{case}"] for case in FRAME_CASES)
    assert found.figures["tail"] == max(found.figures[f"tail/{case}"] for case in FRAME_CASES)
    assert len(found.tables["How busy the card is when fed"]) == len(FRAME_CASES)


@pytest.mark.usefixtures("engine_without_card")
def test_a_case_that_fails_costs_no_other(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    for case in list(FRAME_CASES)[2:]:
        monkeypatch.delitem(FRAME_CASES, case)
    monkeypatch.setitem(FRAME_CASES, "v2-1024x512", ("v2", SMALL, (0, 0)))
    frames.run(context)
    found = context.findings.found
    assert len(found.failures) == 1
    assert found.failures[0].startswith("v2-1024x512: ")
    assert [row["case"] for row in found.tables["Frames"]] == ["x39-1536x768"]


def test_network(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what earlier steps have found; only a card's profile has kernels, and so these are given."""
    for case in list(network.CASES)[2:]:
        monkeypatch.delitem(network.CASES, case)
    figures = {"copy-gbs": 1.0, "matrix-tflops": 1.0, "to-card-gbs": 1.0, "to-host-gbs": 1.0}
    figures |= {f"fps/{case}": 10.0 for case in FRAME_CASES}
    monkeypatch.setattr(Context, "earlier", lambda _self, _step: figures)
    monkeypatch.setattr(network, "by_category", lambda _events, _runs: {"convolutions": 1.0})
    found = ran(network, context).findings.found
    assert [row["case"] for row in found.tables["Networks alone"]] == list(network.CASES)
    assert found.figures["network-fps/r18-2048x1024-2"] == pytest.approx(
        2000 / found.figures["network-ms/r18-2048x1024-2"]
    )
    assert len(found.tables["Roofline"]) == len(network.CASES)
    assert {row["operations"] for row in found.tables["What fills the gap"]} >= {"convolutions", "the rest"}


@pytest.mark.usefixtures("engine_without_card")
def test_parity(context: Context) -> None:
    found = ran(parity, context).findings.found
    assert found.figures["differing"] <= 0.02  # small pictures have many borders
    rest = found.tables["Confidence, overlay, NV12"]
    assert [row["what"] for row in rest] == ["confidence", "overlay", "NV12"] * 3
    assert all(row["differing ids"] <= 0.02 for row in rest)  # type: ignore[operator]
    assert all(row["most"] <= 2 for row in rest if row["what"] == "overlay")  # type: ignore[operator]
    assert "miou-points" not in found.figures


@pytest.mark.usefixtures("engine_without_card")
def test_parity_sees_what_is_wrong(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parity.Eager, "ids", lambda *_: np.full(SMALL[::-1], 250, np.uint8))
    monkeypatch.setattr(parity, "PICTURES", (SMALL,))
    parity.run(context)
    assert context.findings.found.figures["differing"] == 1.0


@pytest.mark.usefixtures("engine_without_card")
def test_miou(context: Context, stripes: Path) -> None:
    found = ran(parity, dataclasses.replace(context, data=stripes)).findings.found
    assert found.figures["miou-points"] <= 1
    assert [row["pictures"] for row in found.tables["mIoU on CamVid val"]] == [2, 2, 2]


@pytest.mark.usefixtures("engine_without_card")
def test_ladder(context: Context) -> None:
    found = ran(ladder, context).findings.found
    rows = found.tables["Step by step, v2-1024x512"]
    assert [row["step"] for row in rows][0::6] == [ladder.FIRST, ladder.FED]
    assert len(rows) == 7
    assert {f"Kernels {when}, {case}" for case in ladder.CASES for when in ("before", "after")} <= set(found.tables)


def test_each_rung_is_held_against_the_one_before_and_the_first() -> None:
    rows = ladder.ladder_rows({"a": 8.0, "b": 4.0, "c": 1.0})
    assert [row["x the one before"] for row in rows] == [1, 2, 4]
    assert [row["x the first"] for row in rows] == [1, 2, 8]
    assert rows[2]["FPS"] == 1000


@pytest.mark.usefixtures("engine_without_card")
def test_memory(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    reserved = iter((100.0, 300.0, 310.0, 305.0, 312.0))
    monkeypatch.setattr(memory, "memory", lambda _: {"reserved MiB": next(reserved)})
    monkeypatch.setattr(memory, "monotonic", iter(range(1000)).__next__)
    found = ran(memory, dataclasses.replace(context, effort=dataclasses.replace(context.effort, frames=17))).findings
    rows = found.found.tables["Memory over frames of changing sizes"]
    assert [row["frames"] for row in rows] == [4, 8, 12, 16, 20]
    assert found.found.figures["memory-growth"] == 2


def test_growth() -> None:
    rows = [{"reserved MiB": value} for value in (999.0, 300.0, 310.0, 305.0, 312.0)]
    assert memory.growth(rows) == 2  # the first line does not count: 310, then 312
    assert memory.growth([rows[0], *rows[:0:-1]]) == 0
    assert memory.memory(torch.device("cpu")).keys() == {"host MiB"}


def test_kernels(context: Context) -> None:
    found = ran(kernels, context).findings.found
    assert [row["kernel"] for row in found.tables["Kernels, by size"]] == list(kernel_work.KINDS)
    assert all(float(str(row["torch us"])) > 0 for row in found.tables["Kernels, by size"])


@pytest.mark.parametrize("kind", kernel_work.KINDS)
def test_the_same_seed_makes_the_same_work(kind: str) -> None:
    one, other = (kernel_work.work(kind, SMALL, INPUT, torch.device("cpu"), "torch", 5) for _ in range(2))
    for each in (one, other):
        each.calls[0]()
    assert kernels.apart(one.written, other.written) == 0
    assert one.bytes == other.bytes > SMALL[0] * SMALL[1]


def test_a_block_is_changed_for_a_while() -> None:
    before = kernels.blocks.LABELS
    block = kernels.Block(4, 64, 2)
    with kernels.changed("LABELS", block):
        assert kernels.blocks.LABELS is block
    assert kernels.blocks.LABELS is before


@pytest.mark.usefixtures("engine_without_card")
def test_backends_that_are_not_there_are_told(context: Context) -> None:
    found = ran(backends, context).findings.found
    first = found.tables["Back ends"][0]
    assert first == {
        "case": "v2-1024x512",
        "engine": "torch-compile",
        "why": "torch-compile is not installed",
    }


@pytest.mark.usefixtures("engine_without_card")
def test_backends_are_held_against_the_projects_own(context: Context, plain: Segmenter) -> None:
    with (
        backends.opened(plain, INPUT, context.device) as own,
        backends.opened(plain, INPUT, context.device) as other,
    ):
        row = backends.beside(own, other, list(np.load(context.folder / "street.npy")), context)
    assert row["differing ids"] == 0
    assert float(str(row["x fed"])) > 0
