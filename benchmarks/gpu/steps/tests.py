"""The tests marked `gpu`, which have to pass where there is a card."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks.gpu.context import Context
from benchmarks.gpu.findings import ROOT, without_folders

_MARK = re.compile(r"\bmark\.gpu\b")
_CLOSING = re.compile(r"^=*\s*(\d+ \w+.* in [\d.]+s.*?)\s*=*$")
_COUNT = re.compile(r"(\d+) (failed|errors?|passed|skipped)")
NEEDED_BY_APP = {"pytestqt": "pytest-qt", "PyQt6": "PyQt6", "av": "av"}


def run(context: Context) -> None:
    """See `child.StepModule`."""
    if find_spec("pytest") is None:
        context.findings.note("Not run: pytest is not installed.")
        return
    files = marked(ROOT / "tests" / "models")
    missing = [package for module, package in NEEDED_BY_APP.items() if find_spec(module) is None]
    if missing:
        context.findings.note(f"Not run: tests/app, which needs {', '.join(missing)}.")
    else:
        files += marked(ROOT / "tests" / "app")
    # In two processes, as `make test` does: Qt and FFmpeg in one, what compiles networks in the other.
    folders = [
        [file for file in files if folder in file.parents] for folder in (ROOT / "tests" / n for n in ("models", "app"))
    ]
    failed = 0
    for some in filter(None, folders):
        done = subprocess.run(
            command(some), cwd=ROOT, env={**os.environ, "REQUIRE_GPU": "1"}, capture_output=True, text=True, check=False
        )
        print(done.stdout, done.stderr)
        line = closing_line(done.stdout)
        context.findings.row(
            "Tests marked gpu", tests=f"tests/{some[0].relative_to(ROOT).parts[1]}", files=len(some),
            ended=line or f"exit code {done.returncode}", skipped="; ".join(skips(done.stdout)) or None,
        )  # fmt: skip
        failed += failures(line, done.returncode)
        context.findings.figure("failed-tests", failed)


def marked(folder: Path) -> list[Path]:
    """The test files that mark tests so: others may import what is not installed here."""
    return [path for path in sorted(folder.rglob("test_*.py")) if _MARK.search(path.read_text(encoding="utf-8"))]


def command(files: Sequence[Path]) -> list[str]:
    """Settings of plugins that are not installed are no error here."""
    unknown = "ignore:Unknown config option:pytest.PytestConfigWarning"
    options = ["-q", "-m", "gpu", "-W", unknown, "-p", "no:cacheprovider", "--continue-on-collection-errors"]
    return [sys.executable, "-m", "pytest", *options, *(str(file.relative_to(ROOT)) for file in files)]


def closing_line(output: str) -> str:
    """`12 passed, 1 skipped in 3.45s`; empty without one."""
    found = [match[1] for line in output.splitlines() if (match := _CLOSING.match(line.strip()))]
    return found[-1] if found else ""


def skips(output: str) -> list[str]:
    """Why tests were skipped, from the short summary."""
    lines = [line for line in output.splitlines() if line.startswith("SKIPPED ")]
    return [without_folders(line.removeprefix("SKIPPED ").strip()) for line in lines]


def failures(closing: str, code: int) -> int:
    """How many failed or could not be run; at least one when pytest was not content, unless it found no test."""
    counts = {kind.removesuffix("s"): int(number) for number, kind in _COUNT.findall(closing)}
    counted = counts.get("failed", 0) + counts.get("error", 0)
    no_tests = code == 5
    return counted or int(code != 0 and not no_tests)
