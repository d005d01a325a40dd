"""Everything in one run: is there a card, every step in its own process, results kept after each, one table last."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from benchmarks.gpu.bars import all_met
from benchmarks.gpu.findings import ROOT
from benchmarks.gpu.report import Report, section
from benchmarks.gpu.step import Outcome, Step, run_step
from benchmarks.gpu.wishes import STEPS, Wishes, parsed

NEEDED = {
    "torch": "torch", "numpy": "numpy", "cv2": "opencv-python-headless", "yaml": "pyyaml", "numba": "numba",
    "safetensors": "safetensors", "psutil": "psutil", "filelock": "filelock", "tqdm": "tqdm",
}  # fmt: skip
"""Module -> the package that has it."""
SOURCES = (ROOT, ROOT / "models", ROOT / "app")

ALL_MET, NOT_ALL, CANNOT_RUN = 0, 1, 2
"""Exit codes: every step ran and every bar was met; or not; or there is nothing to run on."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and return the exit code."""
    wishes = parsed(None if arguments is None else list(arguments), (__doc__ or "").strip())
    sys.path[:0] = [str(folder) for folder in SOURCES if str(folder) not in sys.path]
    if problem := obstacle(wishes.device):
        print(f"benchmark-gpu: {problem}", file=sys.stderr)
        return CANNOT_RUN
    report = Report(card_name(wishes.device), settings(wishes), datetime.now(UTC).isoformat(timespec="seconds"))
    with tempfile.TemporaryDirectory(prefix="benchmark-gpu-") as folder:
        run_all(wishes, report, Path(folder))
    files = report.write(wishes.output, wishes.ending)
    print(f"\n{report.closing()}\n\nWritten: {', '.join(file.name for file in files)}")
    return ALL_MET if all_met(report.figures) and all(each.is_whole for each in report.outcomes) else NOT_ALL


def obstacle(device: str) -> str | None:
    """Why nothing can be measured here; None when it can."""
    missing = [package for module, package in NEEDED.items() if find_spec(module) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    from bisenet.engines.device import resolve_device
    from bisenet.errors import EngineError

    try:
        # What a step would fail at after the card was waited for.
        import bisenet.segmenter  # noqa: F401

        if resolve_device(device).type != "cuda":
            return f"{device} is no CUDA device: this is about cards"
    except ModuleNotFoundError as error:
        return f"not installed: {error.name}"
    except EngineError as error:
        return str(error)
    return None


def card_name(device: str) -> str:
    """Its own."""
    import torch

    return torch.cuda.get_device_name(device)


def run_all(wishes: Wishes, report: Report, folder: Path) -> None:
    """Every step that is wanted, in turn; the report is on disk after each, and while it runs."""
    end = time.monotonic() + wishes.minutes * 60
    environment = step_environment(folder)
    for number, name in enumerate(wishes.steps, 1):
        title = STEPS[name][0]
        print(f"{number}/{len(wishes.steps)} {title} ...", flush=True)
        step = Step(name, title, wishes.step_command(name, folder), wishes.limit_s(name))
        before = list(report.outcomes)

        def keep(outcome: Outcome, before: list[Outcome] = before) -> None:
            report.outcomes = [*before, outcome]
            report.write(wishes.output, wishes.ending)

        outcome = run_step(step, folder, end - time.monotonic(), environment, keep)
        report.partial = number < len(wishes.steps)
        keep(outcome)
        if wishes.log is not None:
            append_log(wishes.log, title, folder / f"{name}.log")
        print(f"\n{section(outcome)}\n", flush=True)


def append_log(path: Path, title: str, log: Path) -> None:
    """Add what a step has printed to the log of all. Raises OSError."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    with path.open("a", encoding="utf-8") as all_of_them:
        all_of_them.write(f"== {title}\n{text}\n")


def step_environment(folder: Path) -> dict[str, str]:
    """Of the processes: they find the packages in the checkout, and keep nothing in the user's cache."""
    before = os.environ.get("PYTHONPATH")
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([*map(str, SOURCES), *([before] if before else [])]),
        "PYTHONUNBUFFERED": "1",
        "BISENET_CACHE": str(folder / "cache"),
        "BISENET_OFFLINE": "1",
    }


def settings(wishes: Wishes) -> dict[str, object]:
    """For the report; of files only their names."""
    return {
        "device": wishes.device,
        "quick": wishes.quick,
        "data": wishes.data and wishes.data.name,
        "picture": wishes.picture and wishes.picture.name,
        "steps": list(wishes.steps),
        "minutes": wishes.minutes,
    }
