"""What a training run keeps on disk beside its model: `last.pt` to resume from, `log.csv`, TensorBoard's files."""

from __future__ import annotations

import csv
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from bisenet.closing import Closing
from bisenet.errors import CheckpointError, ConfigError
from bisenet.network import SegmentationNetwork
from bisenet.optimisation import AveragedWeights

LAST = "last.pt"
"""The file that a run is resumed from."""


@dataclass(slots=True)
class TrainingState:
    """Everything that changes while training."""

    network: SegmentationNetwork
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler
    average: AveragedWeights
    iteration: int
    """Steps done."""
    best: float
    """Highest val mIoU so far; -1 before the first evaluation."""
    history: list[str]
    """One line for the start and one for each resumption, for the model card."""


def save_state(path: Path, state: TrainingState) -> None:
    """Write whole or not at all; tensors and plain values only, so that it loads with weights_only. Raises OSError."""
    temporary = path.with_suffix(".partial")
    content = {
        "iteration": state.iteration,
        "best": state.best,
        "history": state.history,
        "network": state.network.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "scaler": state.scaler.state_dict(),
        "average": state.average.state,
    }
    try:
        torch.save(content, temporary)
        temporary.replace(path)
    except RuntimeError as error:  # how torch's zip writer reports a full disk
        raise OSError(None, f"cannot write: {str(error).splitlines()[0]}", str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)


def restore_state(path: Path, state: TrainingState) -> None:
    """Fill a fresh state with what was saved. Raises CheckpointError when that is missing, damaged or does not fit."""
    if not path.is_file():
        raise CheckpointError(f"nothing to resume: no {path}")
    try:
        saved: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        state.network.load_state_dict(saved["network"])
        state.optimizer.load_state_dict(saved["optimizer"])
        state.scaler.load_state_dict(saved["scaler"])
        for key, value in state.average.state.items():
            value.copy_(saved["average"][key])
        state.iteration, state.best = int(saved["iteration"]), float(saved["best"])
        state.history = [str(line) for line in saved["history"]]
    except (RuntimeError, ValueError, KeyError, TypeError, EOFError, OSError, pickle.UnpicklingError) as error:
        raise CheckpointError(f"cannot resume from {path}: {str(error).splitlines()[0][:200]}") from error


class RunLog(Closing):
    """Figures of a run, by iteration: rows of `log.csv`, and TensorBoard's files where that is wanted."""

    COLUMNS = ("iteration", "loss", "learning_rate", "images_per_s", "miou", "seconds")

    def __init__(self, run: Path, *, done: int = 0, tensorboard: bool = False) -> None:
        """done: steps that the run goes on from; what an earlier try wrote of later ones is dropped, they come again.

        Raises ConfigError when TensorBoard is wanted and not installed.
        """
        self._path = run / "log.csv"
        if self._path.exists():
            with self._path.open(newline="", encoding="utf-8") as file:
                # A process that was killed may have left half a row.
                rows = [
                    row
                    for row in csv.DictReader(file)
                    if done and row["iteration"].isdigit() and int(row["iteration"]) <= done
                ]
            self._path.unlink()
            for row in rows:
                self._write(row)
        self._writer: Any = None
        if tensorboard:
            try:
                from torch.utils.tensorboard import SummaryWriter
            except ImportError as error:
                raise ConfigError("TensorBoard is not installed: pip install 'bisenet-viewer[tensorboard]'") from error
            self._writer = SummaryWriter(run / "tensorboard")

    def add(self, figures: dict[str, float]) -> None:
        """Write a row; columns that are not given stay empty."""
        self._write(figures)
        if self._writer:
            for name, value in figures.items():
                if name != "iteration":
                    self._writer.add_scalar(name, value, int(figures["iteration"]))
            self._writer.flush()

    def close(self) -> None:
        if self._writer:
            self._writer.close()

    def _write(self, row: Mapping[str, object]) -> None:
        fresh = not self._path.exists()
        with self._path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self.COLUMNS, extrasaction="ignore")
            if fresh:
                writer.writeheader()
            writer.writerow(row)
