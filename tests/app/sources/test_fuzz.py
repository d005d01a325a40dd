"""The fuzzer: that it finds what it looks for, that it can repeat it, and a short run of it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

FUZZ = Path(__file__).resolve().parents[3] / "tools" / "fuzz"


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"fuzz_{name}", FUZZ / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


def run(*arguments: str, keep: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(FUZZ), "--keep", str(keep), *arguments], capture_output=True, text=True, timeout=110
    )
    assert not done.stderr
    return done.returncode, done.stdout


def test_damaged_files_end_in_frames_or_one_error(tmp_path: Path) -> None:
    code, told = run("--count", "60", "--seed", "11", keep=tmp_path)
    assert code == 0, told
    tally = {words[1]: int(words[0]) for words in (line.split() for line in told.splitlines()[1:])}
    assert tally["frames"] + tally["error"] == 60
    assert min(tally["frames"], tally["error"]) > 5
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("os._exit(77)", "2  crash: exit code 77"), ("time.sleep(100)", "2  hang: no answer within 1 s")],
)
def test_a_crash_and_a_hang_are_told_and_kept(
    tmp_path: Path, make_files: list[Path], monkeypatch: pytest.MonkeyPatch, fault: str, expected: str
) -> None:
    # The dice of the third variant do it: Python itself imports this module before the fuzzer begins.
    (tmp_path / "sitecustomize.py").write_text(
        "import os, random, sys, time\n"
        "class Dice(random.Random):\n"
        "    def __init__(self, x=None):\n"
        "        super().__init__(x)\n"
        "        if x == '1:2' and sys.argv[0].endswith('trial.py'):\n"
        f"            {fault}\n"
        "random.Random = Dice\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    code, told = run("--count", "5", "--limit", "1", "--files", *map(str, make_files), keep=tmp_path / "kept")
    assert code == 1
    assert expected in told
    assert "5 variants of 2 files" in told
    (kept,) = (tmp_path / "kept").iterdir()
    assert kept.read_bytes() == module("damage").variant([file.read_bytes() for file in make_files], 1, 2).data


def test_a_variant_can_be_made_again() -> None:
    damage = module("damage")
    files = [bytes(range(256)) * 20, b"abc" * 500]
    seen = set()
    for number in range(50):
        made = damage.variant(files, 3, number)
        assert made == damage.variant(files, 3, number)
        seen.add(made.data)
    assert len(seen) > 45
    assert damage.variant(files, 4, 0) != damage.variant(files, 3, 0)


@pytest.fixture
def make_files(tmp_path: Path) -> list[Path]:
    """Two small pictures."""
    files = []
    for k in range(2):
        files.append(tmp_path / f"still{k}.ppm")
        files[-1].write_bytes(b"P6 8 8 255\n" + bytes(192))
    return files
