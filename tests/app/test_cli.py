"""The command line: exit codes, one line per fault, and an import that costs nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import bisenet_viewer.gui
import bisenet_viewer.segment
from bisenet.errors import CheckpointError, ConfigError, EngineError
from bisenet_viewer import cli
from bisenet_viewer.errors import DisplayError, SinkError, SourceError, UsageError
from bisenet_viewer.segment.request import BY_NAME, Request


class FakeCommand:
    """Stands where a command's module would be; keeps what it is run with."""

    def __init__(self, outcome: int | BaseException) -> None:
        self.outcome = outcome
        self.given: Request | None = None

    def run(self, request: Request) -> int:
        self.given = request
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome


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
        monkeypatch.setattr(bisenet_viewer.segment, "command", fake, raising=False)
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
        "segment a.mp4 b.mp4 -o out --masks m --cvat --coco c.json --confidence --dataset --certain 0.8 --stats csv "
        "--view side-by-side "
        "--codec hevc --encoder software --bitrate 2.5M --model m.safetensors --engine torch --precision bf16 "
        "--device cuda:1 --imgsz 640x360 --context-every 3 --classes road,car --opacity 0.25 --from 1 "
        "--to 2.5 --every 5 --jobs 3 --resume --overwrite --dry-run --report r.json"
    )
    assert cli.main(given.split()) == 3
    assert fake.given == Request(
        sources=("a.mp4", "b.mp4"),
        output=Path("out"),
        masks="m",
        cvat=BY_NAME,
        coco="c.json",
        confidence=BY_NAME,
        dataset=BY_NAME,
        certain=0.8,
        stats="csv",
        view="side-by-side",
        codec="hevc",
        encoder="software",
        bitrate=2_500_000,
        model="m.safetensors",
        engine="torch",
        device="cuda:1",
        precision="bf16",
        imgsz=(640, 360),
        context_every=3,
        classes=("road", "car"),
        opacity=0.25,
        from_s=1.0,
        to_s=2.5,
        every=5,
        jobs=3,
        resume=True,
        overwrite=True,
        dry_run=True,
        report=Path("r.json"),
    )


def test_segment_wants_no_more_than_it_was_asked_for(segment_command):
    fake = segment_command(0)
    assert cli.main(["segment", "a.mp4"]) == 0
    assert fake.given == Request(("a.mp4",))
    assert cli.main(["segment", "a.mp4", "--no-video", "--crf", "30"]) == 0
    assert fake.given == Request(("a.mp4",), video=False, crf=30)


def test_the_window_gets_what_was_asked_for(window):
    given = "clip.mp4 --device cpu --engine openvino --precision f32 --context-every 2 --classes road"
    assert cli.main(given.split()) == 0
    assert window.given == {
        "source": "clip.mp4",
        "model": "street-x39",
        "device": "cpu",
        "engine": "openvino",
        "precision": "f32",
        "imgsz": None,
        "context_every": 2,
        "opacity": None,
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
        (["segment", "a", "--from", "-1"], "seconds from 0"),
        (["segment", "a", "--every", "0"], "from 1"),
        (["segment", "a", "--jobs", "two"], "from 1"),
        (["segment", "a", "--crf", "low"], "whole number"),
        (["segment", "a", "--bitrate", "4G"], "4M"),
        (["segment", "a", "--bitrate", "4M", "--crf", "20"], "not allowed"),
        (["segment", "a", "--view", "wipe"], "side-by-side"),
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
