"""`bisenet train` and `bisenet evaluate` as a person runs them: output, exit codes, one line for every fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bisenet.cli import main

SETTINGS = ["iterations=2", "batch_size=2", "crop_width=96", "crop_height=64", "workers=0", "precision=f32"]


def test_train_then_evaluate(stripes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    chosen = [part for setting in SETTINGS for part in ("--set", setting)]
    assert main(["train", "street-x39", "--data", str(stripes), "-o", str(run), *chosen, "--device", "cpu"]) == 0
    model = run / "street-x39.safetensors"
    assert f"model: {model}" in capsys.readouterr().out
    report = tmp_path / "report.json"
    assert main(["evaluate", str(model), "--data", f"camvid:{stripes}", "--json", str(report), "--device", "cpu"]) == 0
    output = capsys.readouterr().out
    assert "mIoU" in output
    figures = json.loads(report.read_text())
    assert {"miou", "iou", "pixel_accuracy", "pictures", "protocol", "confusion"} <= set(figures)
    assert figures["pictures"] == 2
    assert len(figures["iou"]) == 11


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["train", "nope", "--data", "DATA"], 2, "no recipe 'nope'"),
        (["train", "street-x39", "--data", "DATA", "--set", "itertions=3"], 2, "did you mean iterations?"),
        (["train", "street-x39", "--data", "nowhere"], 4, "no folder nowhere"),
        (["train", "street-x39", "--data", "DATA", "--device", "cuda:99"], 6, "cuda:99 asked for, but"),
        (["evaluate", "nope", "--data", "DATA"], 5, "unknown model 'nope'"),
        (["evaluate", "street-x39", "--data", "DATA", "--split", "test"], 4, "has no split 'test', only train, val"),
    ],
)
def test_faults_are_one_line_and_an_exit_code(
    stripes: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    assert main([str(stripes) if a == "DATA" else a for a in arguments]) == code
    error = capsys.readouterr().err
    assert error.startswith("bisenet: error: ")
    assert message in error
    assert error.count("\n") == 1
