"""The command line: exit codes, one line per fault, and an import that costs nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import bisenet_viewer.gui
from bisenet.errors import CheckpointError, ConfigError, EngineError
from bisenet_viewer import cli
from bisenet_viewer.errors import DisplayError, SinkError, SourceError, UsageError


class FakeCommand:
    """Stands where a command's module would be; keeps what it is run with."""

    def __init__(self, outcome: int | BaseException) -> None:
        self.outcome = outcome
        self.given: dict[str, object] = {}

    def run(self, options: dict[str, object]) -> int:
        self.given = options
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome

    SegmentOptions = dict  # keyword arguments, as the real one takes them


class FakeWindow:
    def __init__(self) -> None:
        self.given: dict[str, object] = {}

    def run(self, **options: object) -> int:
        self.given = options
        return 0


@pytest.fixture
def segment_command(monkeypatch):
    def install(outcome: int | BaseException) -> FakeCommand:
        fake = FakeCommand(outcome)
        monkeypatch.setattr(bisenet_viewer, "segment", fake, raising=False)
        return fake

    return install


@pytest.fixture
def window(monkeypatch):
    fake = FakeWindow()
    monkeypatch.setattr(bisenet_viewer.gui, "app", fake, raising=False)
    return fake


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_importing_the_command_line_imports_nothing_heavy():
    code = (
        "import sys, bisenet_viewer.cli;"
        "print([name for name in ('numpy', 'cv2', 'torch', 'PyQt6', 'av', 'yaml', 'tqdm') if name in sys.modules])"
    )
    process = run_python("-c", code)
    assert (process.returncode, process.stdout.strip()) == (0, "[]"), process.stderr


def test_help_names_every_exit_code():
    process = run_python("-m", "bisenet_viewer", "--help")
    assert process.returncode == 0
    for code in ("0 ", "1 ", "2 ", "3 ", "4 ", "5 ", "6 ", "7 ", "130 "):
        assert f"\n  {code}" in process.stdout
    assert "segment" in process.stdout


def test_version(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("bisenet-viewer ")


def test_segment_gets_what_was_asked_for(segment_command):
    fake = segment_command(3)
    given = (
        "segment clip.mp4 -o o.mkv --masks m --model m.safetensors --device cuda:1 --imgsz 640x360 --classes road,car"
    )
    assert cli.main([*given.split(), "--opacity", "0.25", "--to", "2.5", "--overwrite"]) == 3
    assert fake.given == {
        "source": "clip.mp4",
        "output": Path("o.mkv"),
        "masks": Path("m"),
        "model": "m.safetensors",
        "device": "cuda:1",
        "imgsz": (640, 360),
        "classes": ("road", "car"),
        "opacity": 0.25,
        "to_s": 2.5,
        "overwrite": True,
    }


def test_the_window_gets_what_was_asked_for(window):
    assert cli.main(["clip.mp4", "--device", "cpu", "--classes", "road"]) == 0
    assert window.given == {
        "source": "clip.mp4",
        "model": "street-x39",
        "device": "cpu",
        "imgsz": None,
        "opacity": 0.5,
        "classes": ("road",),
    }


@pytest.mark.parametrize(
    ("nodes", "source", "line"),
    [(["video10", "video2"], "video2", ""), ([], "demo://", ": showing demo://")],
)
def test_without_a_source_the_first_camera_or_the_demo_is_shown(
    window, tmp_path, monkeypatch, capsys, nodes, source, line
):
    for node in nodes:
        (tmp_path / node).touch()
    monkeypatch.setattr(cli, "_DEVICES", tmp_path)
    assert cli.main([]) == 0
    assert str(window.given["source"]).endswith(source)
    assert line in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (SourceError("x"), 4),
        (CheckpointError("x"), 5),
        (ConfigError("x"), 5),
        (EngineError("x"), 6),
        (DisplayError("x"), 6),
        (SinkError("x"), 7),
    ],
)
def test_a_fault_is_one_line_and_its_exit_code(segment_command, capsys, error, code):
    segment_command(error)
    assert cli.main(["segment", "clip.mp4"]) == code
    assert one_line(capsys) == "bisenet-viewer: error: x"


def test_a_fault_of_many_lines_is_told_in_one(segment_command, capsys):
    segment_command(CheckpointError("first\n  second"))
    assert cli.main(["segment", "clip.mp4"]) == 5
    assert one_line(capsys) == "bisenet-viewer: error: first second"


def test_an_interruption_ends_with_130(segment_command, capsys):
    segment_command(KeyboardInterrupt())
    assert cli.main(["segment", "clip.mp4"]) == 130
    assert one_line(capsys) == "bisenet-viewer: interrupted"


def test_a_bug_keeps_its_traceback(segment_command):
    segment_command(RuntimeError("a bug"))
    with pytest.raises(RuntimeError):
        cli.main(["segment", "clip.mp4"])


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["segment"], "IN"),
        (["segment", "a", "--imgsz", "640"], "640x360"),
        (["segment", "a", "--imgsz", "0x360"], "640x360"),
        (["segment", "a", "--opacity", "1.1"], "0 to 1"),
        (["segment", "a", "--opacity", "nan"], "0 to 1"),
        (["segment", "a", "--opacity", "much"], "a number"),
        (["segment", "a", "--to", "0"], "seconds above 0"),
        (["segment", "a", "--to", "inf"], "seconds above 0"),
        (["segment", "a", "--device", "gpu"], "cuda:N"),
        (["segment", "a", "--classes", ","], "names"),
        (["segment", "a", "--over"], "--over"),
        (["a", "b"], "b"),
    ],
)
def test_wrong_usage_is_one_line_and_2(segment_command, window, capsys, arguments, text):
    segment_command(0)
    assert cli.main(arguments) == 2
    assert text in one_line(capsys)
    assert window.given == {}


def one_line(capsys) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err.rstrip()


def test_the_process_ends_while_foreign_code_holds_a_thread() -> None:
    code = """
import threading, time
from bisenet_viewer import cli
def main():
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    print("told")
    return 3
cli.main = main
cli.run_process()
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (3, "told\n", "")
