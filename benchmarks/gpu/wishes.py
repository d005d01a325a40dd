"""`Wishes`: what the benchmark was asked for, from its own command line and to those of its steps."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.gpu.effort import FULL, QUICK, Effort
from benchmarks.gpu.findings import ROOT

STEPS = {
    "machine": ("Machine and ceilings", 60, 40),
    "frames": ("Frames, host to host", 160, 75),
    "network": ("Networks alone, and the roofline", 110, 45),
    "parity": ("Against float32 eager", 90, 50),
    "tests": ("Tests marked gpu", 120, 60),
    "memory": ("Memory over changing sizes", 50, 30),
    "ladder": ("What each step brings", 90, 45),
    "backends": ("Other back ends", 130, 30),
    "kernels": ("Kernels", 100, 45),
}
"""Name -> title, seconds at most, and those of a quick run; in the order of what is missed most if time runs out."""
QUICK_STEPS = ("machine", "frames", "network", "parity", "tests", "memory")
"""What the bars are about."""
MINUTES, QUICK_MINUTES = 8.75, 2.8


@dataclass(frozen=True, slots=True)
class Wishes:
    """Checked."""

    device: str
    quick: bool
    data: Path | None
    picture: Path | None
    output: Path
    steps: tuple[str, ...]
    minutes: float
    log: Path | None = None

    @property
    def effort(self) -> Effort:
        """How long and how often to measure."""
        return QUICK if self.quick else FULL

    @property
    def ending(self) -> str:
        """Of the files' names: less than everything does not take the place of everything."""
        everything = QUICK_STEPS if self.quick else STEPS
        return "gpu" + ("-quick" if self.quick else "") + ("" if set(everything) <= set(self.steps) else "-part")

    def limit_s(self, step: str) -> float:
        """Of one step."""
        _, whole_s, quick_s = STEPS[step]
        return quick_s if self.quick else whole_s

    def step_command(self, step: str, folder: Path) -> list[str]:
        """What runs it, with its findings and what steps share in `folder`."""
        command = [sys.executable, "-m", "benchmarks.gpu.child", step, str(folder), "--device", self.device]
        command += ["--quick"] if self.quick else []
        command += ["--data", str(self.data)] if self.data else []
        return command + (["--picture", str(self.picture)] if self.picture else [])


def parser() -> argparse.ArgumentParser:
    """Of what the whole and its steps have in common."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--device", default="cuda:0", help="cuda:N")
    common.add_argument("--quick", action="store_true", help="under three minutes, and only what is promised")
    common.add_argument("--data", type=Path, metavar="DIR", help="CamVid, for the mIoU")
    common.add_argument("--picture", type=Path, metavar="FILE", help="a picture beside the drawn street and noise")
    return common


def parsed(arguments: list[str] | None, about: str) -> Wishes:
    """From the command line; ends the process with one line on what is wrong there."""
    whole = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=about, parents=[parser()])
    whole.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results", metavar="DIR")
    whole.add_argument(
        "--steps", nargs="+", choices=STEPS, metavar="STEP", help=f"some of {', '.join(STEPS)}; all, or what is quick"
    )
    whole.add_argument("--minutes", type=float, help="for all of it; what does not fit is left out")
    whole.add_argument("--log", type=Path, metavar="FILE", help="what the steps print, tracebacks of failures too")
    given = whole.parse_args(arguments)
    wanted = given.steps or (QUICK_STEPS if given.quick else STEPS)
    for path, kind in ((given.data, "folder"), (given.picture, "file")):
        if path is not None and not (path.is_dir() if kind == "folder" else path.is_file()):
            whole.error(f"no {kind} {path}")
    return Wishes(
        device=given.device,
        quick=given.quick,
        data=given.data and given.data.resolve(),
        picture=given.picture and given.picture.resolve(),
        output=given.output,
        steps=tuple(step for step in STEPS if step in wanted),
        minutes=given.minutes or (QUICK_MINUTES if given.quick else MINUTES),
        log=given.log,
    )
