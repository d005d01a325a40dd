"""Which tests need a card, how they are run, and what their end says."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.gpu.findings import ROOT
from benchmarks.gpu.steps.tests import closing_line, command, failures, marked, skips

MARK = "mark." + "gpu"
"""In parts, so that this file is not taken for one of them."""


def test_only_files_that_mark_tests_are_run(tmp_path: Path) -> None:
    (tmp_path / "test_card.py").write_text(f"@pytest.{MARK}\ndef test(): ...\n")
    (tmp_path / "test_host.py").write_text("import nncf\n")
    (tmp_path / "helper.py").write_text(f"marks=pytest.{MARK}\n")
    assert marked(tmp_path) == [tmp_path / "test_card.py"]
    assert ROOT / "tests" / "models" / "engines" / "test_contract.py" in marked(ROOT / "tests" / "models")


def test_the_command_names_files_in_the_checkout() -> None:
    line = command([ROOT / "tests" / "models" / "test_x.py"])
    assert line[-1] == str(Path("tests", "models", "test_x.py"))
    assert line[line.index("-m", 3) + 1] == "gpu"


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("....\n12 passed, 3 deselected in 4.56s\n", "12 passed, 3 deselected in 4.56s"),
        ("==== 1 failed, 2 passed in 61.20s (0:01:01) ====\n", "1 failed, 2 passed in 61.20s (0:01:01)"),
        ("no tests ran in 0.01s\n", ""),
        ("", ""),
    ],
)
def test_the_closing_line(output: str, line: str) -> None:
    assert closing_line(output) == line


@pytest.mark.parametrize(
    ("line", "code", "count"),
    [
        ("12 passed in 4s", 0, 0),
        ("2 failed, 10 passed, 1 error in 4s", 1, 3),
        ("1 passed, 2 errors in 4s", 1, 2),
        ("", 2, 1),  # it did not come to an end
        ("3 deselected in 1s", 5, 0),  # none of them needs a card
    ],
)
def test_failures(line: str, code: int, count: int) -> None:
    assert failures(line, code) == count


def test_skips_are_told_without_folders() -> None:
    output = f"SKIPPED [1] {ROOT}/tests/app/test_x.py:3: this card does not encode\nPASSED\n"
    assert skips(output) == [f"[1] {ROOT.name}/tests/app/test_x.py:3: this card does not encode"]
