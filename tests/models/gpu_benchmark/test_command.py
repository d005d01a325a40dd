"""The whole: without a card one line and a code; with one every step, whatever becomes of those before."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import torch
from benchmarks.gpu import command
from benchmarks.gpu.bars import BARS
from benchmarks.gpu.findings import Found
from benchmarks.gpu.report import Report
from benchmarks.gpu.step import Outcome, Step
from benchmarks.gpu.wishes import STEPS, Wishes, parsed


@pytest.fixture
def no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.mark.usefixtures("no_card")
def test_without_a_card_it_says_so_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert command.main(["--output", str(tmp_path / "results")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("benchmark-gpu: cuda:0 asked for, but ")
    assert err.count("\n") == 1
    assert not (tmp_path / "results").exists()


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(command.NEEDED, "not_there_at_all", "not-there")
    assert command.obstacle("cuda:0") == "not installed: not-there"


def test_a_device_that_is_no_card_is_refused() -> None:
    assert command.obstacle("cpu") == "cpu is no CUDA device: this is about cards"
    assert "unknown device" in str(command.obstacle("gpu"))


def test_wishes_reach_the_steps(tmp_path: Path) -> None:
    wishes = parsed(["--quick", "--data", str(tmp_path), "--device", "cuda:1", "--steps", "parity", "machine"], "")
    assert wishes.steps == ("machine", "parity")  # in the order they have, whatever was written first
    assert wishes.ending == "gpu-quick-part"
    assert wishes.limit_s("parity") == STEPS["parity"][2]
    line = wishes.step_command("parity", Path("folder"))
    assert line[0] == sys.executable
    assert line[1:5] == ["-m", "benchmarks.gpu.child", "parity", "folder"]
    assert line[5:] == ["--device", "cuda:1", "--quick", "--data", str(tmp_path.resolve())]
    assert parsed([], "").ending == "gpu"
    assert parsed(["--steps", "ladder"], "").ending == "gpu-part"
    quick = parsed(["--quick"], "")
    assert quick.ending == "gpu-quick"
    assert {bar.key.partition("/")[0] for bar in BARS} <= {
        "fps", "network-fps", "demo-ratio", "busy", "tail", "differing", "miou-points", "memory-growth", "failed-tests"
    }  # fmt: skip
    assert {"frames", "network", "parity", "memory", "tests"} <= set(quick.steps)  # which measure them


@pytest.mark.parametrize("arguments", [["--data", "/not/there"], ["--picture", "/not/there.png"], ["--steps", "all"]])
def test_wishes_that_cannot_be(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parsed(arguments, "")


def test_the_limits_leave_room_for_what_starting_takes() -> None:
    """A quick run fits even if each step takes all it may; a whole one is cut by its own clock."""
    quick = parsed(["--quick"], "")
    assert quick.minutes < 3
    assert parsed([], "").minutes < 9


def test_every_step_runs_and_the_report_is_kept_after_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def run_step(step: Step, _folder: Path, remaining_s: float, environment: dict[str, str], _keep: object) -> Outcome:
        assert remaining_s > 0
        assert environment["BISENET_CACHE"].startswith(str(tmp_path))
        written = sorted(path.name for path in (tmp_path / "results").glob("*.json"))
        seen.append([step.name, *written])
        status = "failed: RuntimeError: no" if step.name == "frames" else "done"
        return Outcome(step.name, step.title, status, 1.0, Found(figures={step.name: 1.0}))

    monkeypatch.setattr(command, "run_step", run_step)
    report = Report("A Card", {}, "now")
    wishes = parsed(["--output", str(tmp_path / "results")], "")
    command.run_all(wishes, report, tmp_path)
    assert [name for name, *_ in seen] == list(STEPS)
    assert all(written == ["a-card-gpu.json"] for _, *written in seen[1:])
    assert [outcome.name for outcome in report.outcomes] == list(STEPS)
    content = json.loads((tmp_path / "results" / "a-card-gpu.json").read_text())
    assert content["partial"] is False
    assert content["steps"][1]["status"] == "failed: RuntimeError: no"


@pytest.mark.parametrize(
    ("figures", "status", "code"),
    [
        ({bar.key: bar.limit for bar in BARS}, "done", 0),
        ({bar.key: bar.limit for bar in BARS} | {"busy": 0.1}, "done", 1),
        ({bar.key: bar.limit for bar in BARS}, "failed: no", 1),
    ],
)
def test_the_exit_code(
    figures: dict[str, float], status: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_all(_wishes: Wishes, report: Report, _folder: Path) -> None:
        report.outcomes = [Outcome("frames", "Frames", status, 1.0, Found(figures=figures))]

    monkeypatch.setattr(command, "obstacle", lambda _: None)
    monkeypatch.setattr(command, "card_name", lambda _: "A Card")
    monkeypatch.setattr(command, "run_all", run_all)
    assert command.main(["--output", str(tmp_path)]) == code


def test_processes_find_the_packages_and_leave_the_users_cache_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "before")
    environment = command.step_environment(tmp_path)
    folders = environment["PYTHONPATH"].split(":" if sys.platform != "win32" else ";")
    assert [Path(folder).name for folder in folders[1:]] == ["models", "app", "before"]
    assert environment["BISENET_CACHE"] == str(tmp_path / "cache")


def test_logs_are_joined(tmp_path: Path) -> None:
    (tmp_path / "one.log").write_text("Traceback\n")
    for name in ("one", "none"):
        command.append_log(tmp_path / "all.log", name, tmp_path / f"{name}.log")
    assert (tmp_path / "all.log").read_text() == "== one\nTraceback\n\n== none\n\n"


def test_the_report_names_no_folder(tmp_path: Path) -> None:
    (tmp_path / "camvid").mkdir()
    told = command.settings(parsed(["--data", str(tmp_path / "camvid")], ""))
    assert told["data"] == "camvid"
    assert str(tmp_path) not in json.dumps(told)
