"""Two processes on one batch are one process on that batch; a killed one is started again and the run completes."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bisenet.distributed import Share, World
from bisenet.errors import ConfigError

pytestmark = pytest.mark.timeout(300)

RECIPE = """
name: tiny
architecture: bisenetv1-x39
init: street-x39  # normalisation over few samples in a fresh network turns rounding into percents
crop_width: {width}
crop_height: {height}
short_side: 64
scale_min: 1.0
iterations: {iterations}
batch_size: {batch}
learning_rate: 0.0001
warmup_iterations: 3
loss: cross-entropy
workers: 0
precision: f32
log_every: 1
evaluate_every: {iterations}
checkpoint_every: 2
"""


def run(processes: int, recipe: Path, data: Path, folder: Path, *more: str) -> subprocess.Popen[str]:
    launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}", *more]
    train = ["-m", "bisenet.cli", "train", str(recipe), "--data", str(data), "-o", str(folder), "--device", "cpu"]
    return subprocess.Popen(
        [sys.executable, *(launcher if processes > 1 else []), *train],
        env={**os.environ, "OMP_NUM_THREADS": "1"}, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def losses(folder: Path) -> list[float]:
    with (folder / "log.csv").open(newline="") as file:
        return [float(row["loss"]) for row in csv.DictReader(file) if row["loss"]]


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(RECIPE.format(iterations=6, width=192, height=128, batch=8))
    return path


def test_two_processes_have_the_losses_of_one(stripes: Path, recipe: Path, tmp_path: Path) -> None:
    runs = [
        (tmp_path / str(processes), run(processes, recipe, stripes, tmp_path / str(processes))) for processes in (1, 2)
    ]
    for _, process in runs:
        _, errors = process.communicate(timeout=240)
        assert process.returncode == 0, errors
    one, two = (losses(folder) for folder, _ in runs)
    assert len(one) == 6
    print([f"{a:.6f} {b:.6f}" for a, b in zip(one, two, strict=True)])
    assert two == pytest.approx(one, rel=1e-4)
    assert (tmp_path / "2" / "tiny.safetensors").is_file()


def test_a_killed_worker_is_started_again_and_the_run_completes(stripes: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "tiny.yaml"
    recipe.write_text(RECIPE.format(iterations=14, width=96, height=64, batch=4))
    folder = tmp_path / "run"
    process = run(2, recipe, stripes, folder, "--max-restarts=1")
    deadline = time.monotonic() + 200
    while not (folder / "last.pt").exists():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.05)
    workers = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True).stdout
    os.kill(int(workers.split()[-1]), signal.SIGKILL)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    with (folder / "log.csv").open(newline="") as file:
        iterations = [int(row["iteration"]) for row in csv.DictReader(file)]
    assert iterations == list(range(15)), "0 is what it began with"
    assert (folder / "tiny.safetensors").is_file()


def test_each_takes_every_nth_sample_and_together_they_take_all() -> None:
    import torch

    samples = list(range(12))
    parts = [list(Share(samples, 4, World(rank, 2, torch.device("cpu")))) for rank in range(2)]  # type: ignore[arg-type]
    assert parts == [samples[::2], samples[1::2]]
    with pytest.raises(ConfigError, match="batch_size 4 must be a multiple of the 3 processes"):
        Share(samples, 4, World(0, 3, torch.device("cpu")))  # type: ignore[arg-type]
