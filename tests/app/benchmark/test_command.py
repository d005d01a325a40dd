"""`bisenet-viewer benchmark`: outputs, faults, interruptions; and once in earnest."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest
import torch
from tests.app.benchmark.fakes import FakeSubject, report

from bisenet.errors import EngineError
from bisenet_viewer import cli
from bisenet_viewer.benchmark import command
from bisenet_viewer.benchmark.bench import Bench, Order
from bisenet_viewer.benchmark.command import run
from bisenet_viewer.benchmark.options import BenchmarkOptions
from bisenet_viewer.benchmark.plan import Configuration, Sizes
from bisenet_viewer.benchmark.report_file import read_report, to_json
from bisenet_viewer.benchmark.worker import Worker
from bisenet_viewer.errors import SinkError, SourceError, UsageError

SMALL = Sizes.parse("64x48")


@pytest.fixture(autouse=True)
def in_a_folder_with_a_clip(make_clip, tmp_path, monkeypatch):
    make_clip("clip.mkv", count=6)
    monkeypatch.chdir(tmp_path)


def asked(**options) -> BenchmarkOptions:
    wanted = {"models": ["street-x39"], "engines": ["torch"], "sizes": [SMALL], "source": "clip.mkv", "repeats": 4}
    return BenchmarkOptions(**(wanted | options))


def open_fake(before_turn: Callable[[int], None] = lambda _number: None):
    def open_subject(order: Order, _check: Callable[[], None]) -> FakeSubject:
        return FakeSubject(order, 10.0, [], before_turn)

    return open_subject


def test_everything_is_written_and_printed(capsys):
    options = asked(json=Path("r.json"), chart=Path("r.png"), markdown=Path("r.md"))
    assert run(options, open_subject=open_fake()) == 0
    found = read_report(Path("r.json"))
    (measured,) = found.measurements
    assert (measured.model, measured.engine, measured.sizes) == ("street-x39", "torch", SMALL)
    assert measured.notes == ("engine: the cache is torch.bin",)
    assert (found.settings.source, found.settings.repeats, found.partial) == ("clip.mkv", 4, False)
    assert cv2.imread("r.png") is not None
    assert Path("r.md").read_text().startswith("# Benchmark")
    printed = capsys.readouterr().out
    for part in ("Slowest stage", "wrote   r.json", "wrote   r.png", "wrote   r.md"):
        assert part in printed
    assert sorted(path.name for path in Path().iterdir()) == ["clip.mkv", "r.json", "r.md", "r.png"]
    assert str(Path.cwd()) not in Path("r.json").read_text()


def test_an_earlier_run_is_compared_with(capsys):
    run(asked(json=Path("old.json")), open_subject=open_fake())
    capsys.readouterr()
    run(asked(compare=Path("old.json")), open_subject=open_fake())
    assert "Compared with old.json" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"json": Path("there.json")}, SinkError, r"there\.json exists; choose another name, or give --overwrite"),
        ({"json": Path("nowhere/r.json")}, SinkError, "no such folder"),
        ({"chart": Path()}, SinkError, "is a folder"),
        ({"json": Path("r"), "markdown": Path("r")}, UsageError, "same name"),
        ({"compare": Path("there.json")}, SourceError, "no JSON"),
        ({"source": "none.mkv"}, SourceError, "no such file"),
    ],
)
def test_faults_are_told_before_anything_is_measured(options, error, text):
    Path("there.json").write_text("precious")

    def never(_order: Order, _check: Callable[[], None]) -> FakeSubject:
        raise AssertionError("was opened")

    with pytest.raises(error, match=text):
        run(asked(**options), open_subject=never)
    assert Path("there.json").read_text() == "precious"


def test_overwriting_is_asked_for():
    Path("r.json").write_text(to_json(report()))
    assert run(asked(json=Path("r.json"), overwrite=True), open_subject=open_fake()) == 0
    assert read_report(Path("r.json")).measurements[0].sizes == SMALL


def test_where_nothing_can_be_measured_the_first_fault_is_told():
    def refuse(order: Order, _check: Callable[[], None]) -> FakeSubject:
        raise EngineError(f"no {order.configuration.engine} here")

    with pytest.raises(EngineError, match="no openvino here"):
        run(asked(engines=["openvino", "torch"]), open_subject=refuse)


def test_ctrl_c_keeps_what_was_measured(capsys):
    before = signal.getsignal(signal.SIGINT)

    def press(number: int) -> None:
        if number == 2:
            os.kill(os.getpid(), signal.SIGINT)

    assert run(asked(json=Path("r.json")), open_subject=open_fake(press)) == 130
    found = read_report(Path("r.json"))
    # The turn at hand is finished; of four turns of one frame three are done.
    assert (found.partial, found.measurements[0].stages["network"].count) == (True, 3)
    assert "Interrupted: partial results." in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_before_anything_was_measured_writes_nothing():
    def press(_number: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(asked(json=Path("r.json")), open_subject=open_fake(press))
    assert not Path("r.json").exists()


def test_the_command_line_gives_what_was_asked_for(monkeypatch):
    given: list[BenchmarkOptions] = []
    monkeypatch.setattr(command, "run", lambda options: given.append(options) or 3)
    line = (
        "benchmark --model street-x39 enet/paper --engine torch --precision f32 int8 --size 64x48 128x64@64x32 "
        "--baseline --device cpu --threads 2 --repeats 5 --seconds 1.5 --source a.mp4 --json a --chart b --markdown c "
        "--compare d --overwrite --clip"
    )
    assert cli.main(line.split()) == 3
    assert given == [
        BenchmarkOptions(
            models=["street-x39", "enet/paper"], engines=["torch"], precisions=["f32", "int8"],
            sizes=[SMALL, Sizes((128, 64), (64, 32))], baseline=True, device="cpu", threads=2, repeats=5, seconds=1.5,
            source="a.mp4", json=Path("a"), chart=Path("b"), markdown=Path("c"), compare=Path("d"), overwrite=True,
            clip_s=3.0,
        )
    ]  # fmt: skip
    assert cli.main(["benchmark"]) == 3
    assert given[1] == BenchmarkOptions(models=["street-x39"], engines=[], precisions=[], sizes=[])


@pytest.mark.parametrize(
    "line", ["--size 10x10", "--threads 0", "--repeats x", "--table 4", "--clip 0", "--seconds -1"]
)
def test_wrong_usage_is_one_line(line, capsys):
    assert cli.main(["benchmark", *line.split()]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_once_in_earnest(capsys):
    line = "benchmark --engine torch --size 64x48 --repeats 3 --threads 1 --device cpu --source clip.mkv --json r.json"
    assert cli.main(line.split()) == 0
    plain = json.loads(Path("r.json").read_text())
    (measured,) = plain["measurements"]
    assert (measured["model"], measured["engine"], measured["precision"]) == ("street-x39", "torch", "f32")
    assert measured["stages"]["network"]["count"] == 3
    assert all(stage["median"] > 0 for stage in measured["stages"].values())
    assert measured["frame"]["median"] >= max(stage["median"] for stage in measured["stages"].values())
    (video,) = plain["videos"]
    assert video["picture"] == [64, 48]
    assert "Slowest stage (street-x39, torch f32, 64x48)" in capsys.readouterr().out


@pytest.fixture
def threads_as_before():
    torch_threads, cv2_threads = torch.get_num_threads(), cv2.getNumThreads()
    yield
    torch.set_num_threads(torch_threads)
    cv2.setNumThreads(cv2_threads)


@pytest.mark.usefixtures("threads_as_before")
def test_the_baseline_and_the_engine_are_measured_alike():
    turns = {}
    for chain in ("engine", "baseline"):
        configuration = Configuration("bisenetv1-x39/torchseg", SMALL, "torch", "f32", chain)
        with Bench(Order(configuration, Path("clip.mkv"), "cpu", 1)) as bench:
            assert (bench.opened.untrained, bench.opened.info.model) == (True, "bisenetv1-x39-torchseg")
            turns[chain] = bench.turn(3)
            decode_ms, encode_ms = bench.video(Path("clip.mkv"), Path("encoded.mp4"), 5)
            assert (len(decode_ms), encode_ms > 0) == (5, True)
            clip = bench.clip(Path("clip.mkv"), Path("segmented.mp4"), 1.0)
            assert clip.frames == 6
    for turn in turns.values():
        assert len(turn.total_ms) == 3
        assert [list(stages) for stages in turn.stage_ms] == [["pre", "network", "post", "overlay"]] * 3


def test_a_process_that_is_killed_is_told_of():
    def kill() -> None:
        (child,) = multiprocessing.active_children()
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(EngineError, match="was ended by SIGKILL: the memory may be full"):
        Worker(Order(Configuration("street-x39", SMALL), None, "cpu", 1), kill)
    assert multiprocessing.active_children() == []


def test_a_fault_in_the_process_is_raised_here_and_ends_it():
    with pytest.raises(SourceError, match=r"no such file: gone\.mkv"):
        Worker(Order(Configuration("street-x39", SMALL), Path("gone.mkv"), "cpu", 1), lambda: None)
    assert multiprocessing.active_children() == []


def test_the_wait_for_a_process_can_be_interrupted():
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Worker(Order(Configuration("street-x39", SMALL), None, "cpu", 1), interrupt)
    assert multiprocessing.active_children() == []
