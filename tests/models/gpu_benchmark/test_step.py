"""A step is a process that is over when its time is, and what it has found until then is kept."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from benchmarks.gpu.step import Outcome, Step, run_step

FOUND = """
import json, pathlib, time
found = dict(tables={{"T": [{{"a": 1}}]}}, figures={{"f": 2}}, notes=[], failures=[])
pathlib.Path("{file}").write_text(json.dumps(found))
"""


def run(tmp_path: Path, code: str, *, limit_s: float = 60, remaining_s: float = 60) -> Outcome:
    step = Step("frames", "Frames", [sys.executable, "-c", code], limit_s)
    return run_step(step, tmp_path, remaining_s, dict(os.environ))


def found_code(tmp_path: Path) -> str:
    return FOUND.format(file=tmp_path / "frames.json")


def test_what_a_step_has_found(tmp_path: Path) -> None:
    outcome = run(tmp_path, found_code(tmp_path))
    assert outcome.status == "done"
    assert outcome.is_whole
    assert outcome.found.tables == {"T": [{"a": 1}]}
    assert outcome.found.figures == {"f": 2}


def test_a_step_that_breaks_keeps_what_it_had_and_says_why(tmp_path: Path) -> None:
    outcome = run(tmp_path, found_code(tmp_path) + "raise RuntimeError('the card is gone')")
    assert outcome.status == "failed: RuntimeError: the card is gone"
    assert outcome.found.figures == {"f": 2}


def test_a_step_that_says_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, "import os; os._exit(7)").status == "failed: exit code 7"


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_a_step_that_hangs_is_ended_with_what_it_has_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.gpu.step.SOON_S", 0.1)
    child = "import subprocess, sys, time; "
    child += f"p = subprocess.Popen(['sleep', '60']); open({str(tmp_path / 'pid')!r}, 'w').write(str(p.pid)); "
    began = time.monotonic()
    outcome = run(tmp_path, found_code(tmp_path) + child + "time.sleep(60)", limit_s=2)
    assert outcome.status == "stopped after 2 s"
    assert outcome.found.figures == {"f": 2}
    assert time.monotonic() - began < 30
    assert _ends(int((tmp_path / "pid").read_text()))


def test_meanwhile_what_there_is_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.gpu.step._KEEP_EVERY_S", 0.05)
    kept: list[Outcome] = []
    step = Step("frames", "Frames", [sys.executable, "-c", found_code(tmp_path) + "time.sleep(0.5)"], 60)
    run_step(step, tmp_path, 60, dict(os.environ), kept.append)
    assert {outcome.status for outcome in kept} == {"running"}
    assert kept[-1].found.figures == {"f": 2}


def test_a_step_is_not_begun_without_time_for_it(tmp_path: Path) -> None:
    outcome = run(tmp_path, found_code(tmp_path), remaining_s=1)
    assert outcome.status == "left out: no time remained"
    assert not (tmp_path / "frames.json").exists()


def _ends(pid: int) -> bool:
    """Whether a process that is nobody's child here any more is gone, or dead and waiting to be told so, in time."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False
