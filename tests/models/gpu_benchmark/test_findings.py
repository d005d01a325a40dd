"""What a step finds is on disk at once, and one failure costs nothing else."""

from __future__ import annotations

from pathlib import Path

from benchmarks.gpu.findings import ROOT, Findings, Found, brief, read_found


def test_what_was_found_is_there_after_each_addition(tmp_path: Path) -> None:
    path = tmp_path / "step.json"
    findings = Findings(path)
    assert read_found(path) == Found()
    findings.row("Table", what="copy", per_second=3.5)
    findings.figure("copy", 3)
    findings.note("Of one run.")
    assert read_found(path) == Found({"Table": [{"what": "copy", "per second": 3.5}]}, {"copy": 3.0}, ["Of one run."])
    assert [each.name for each in tmp_path.iterdir()] == ["step.json"]


def test_a_failure_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "step.json"
    findings = Findings(path)
    with findings.attempt("the first"):
        raise RuntimeError(f"\nno kernel in {ROOT}/models\nlong story")
    with findings.attempt("the second"):
        findings.figure("second", 2)
    found = read_found(path)
    assert found.failures == [f"the first: RuntimeError: no kernel in {ROOT.name}/models"]
    assert found.figures == {"second": 2.0}


def test_a_step_that_left_nothing_has_found_nothing(tmp_path: Path) -> None:
    assert read_found(tmp_path / "none.json") == Found()


def test_an_error_without_words_has_its_kind() -> None:
    assert brief(KeyError()) == "KeyError: "
    assert len(brief(ValueError("x" * 1000))) == 300
