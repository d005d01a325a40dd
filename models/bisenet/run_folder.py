"""What a training run keeps on disk: `last.pt` to resume from, `log.csv`, and the model it makes."""

from __future__ import annotations

import csv
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from bisenet.errors import CheckpointError
from bisenet.network import SegmentationNetwork
from bisenet.optimisation import AveragedWeights


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


def log_row(path: Path, figures: dict[str, float]) -> None:
    """Append a row to the CSV: iteration, loss, miou, seconds."""
    fresh = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["iteration", "loss", "miou", "seconds"])
        if fresh:
            writer.writeheader()
        writer.writerow(figures)
