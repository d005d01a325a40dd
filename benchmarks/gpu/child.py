"""One step of the benchmark, in this process: `python -m benchmarks.gpu.child STEP FOLDER`."""

from __future__ import annotations

import argparse
import logging
from importlib import import_module
from pathlib import Path
from typing import Protocol

import torch
from benchmarks.gpu.context import Context
from benchmarks.gpu.effort import FULL, QUICK
from benchmarks.gpu.findings import Findings
from benchmarks.gpu.wishes import STEPS, parser


class StepModule(Protocol):
    """A module of `benchmarks.gpu.steps`."""

    def run(self, context: Context) -> None:
        """Measure; what can be measured alone is attempted alone."""
        ...


def step_module(name: str) -> StepModule:
    """By the step's name."""
    module: StepModule = import_module(f"benchmarks.gpu.steps.{name}")
    return module


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, parents=[parser()])
    arguments.add_argument("step", choices=STEPS)
    arguments.add_argument("folder", type=Path)
    given = arguments.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")  # into the step's log
    device = torch.device(given.device)
    if device.type == "cuda":
        torch.cuda.set_device(device)
    findings = Findings(given.folder / f"{given.step}.json")
    effort = QUICK if given.quick else FULL
    step_module(given.step).run(Context(device, effort, given.folder, findings, given.data, given.picture))


if __name__ == "__main__":
    main()
