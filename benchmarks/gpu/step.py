"""`Step`: one part of the benchmark, run in a process of its own, so that what breaks or hangs in it ends with it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from benchmarks.gpu.findings import ROOT, Found, read_found, without_folders

SOON_S = 5.0
"""A step is not begun with less time than this."""
_KEEP_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Step:
    """What to run, and how long at most."""

    name: str
    title: str
    command: Sequence[str]
    limit_s: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended, and what it has found until then."""

    name: str
    title: str
    status: str
    """`done`, or why not, or why not all of it."""
    seconds: float
    found: Found

    @property
    def is_whole(self) -> bool:
        """Whether all that was tried could be measured."""
        return self.status == "done" and not self.found.failures

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "name": self.name,
            "title": self.title,
            "status": self.status,
            "seconds": round(self.seconds, 1),
            **self.found.to_dict(),
        }


def run_step(
    step: Step,
    folder: Path,
    remaining_s: float,
    environment: Mapping[str, str],
    keep: Callable[[Outcome], None] = lambda _: None,
) -> Outcome:
    """Run it with its output in `folder`/NAME.log; its findings are read from `folder`/NAME.json.

    It is killed when its own time or all that remains is over: a card that hangs makes a process that waits for ever.
    keep: gets what there is until now, every few seconds.
    """
    limit_s = min(step.limit_s, remaining_s)
    if limit_s < SOON_S:
        return Outcome(step.name, step.title, "left out: no time remained", 0.0, Found())
    findings, log = folder / f"{step.name}.json", folder / f"{step.name}.log"
    began = time.monotonic()

    def outcome(status: str) -> Outcome:
        return Outcome(step.name, step.title, status, time.monotonic() - began, read_found(findings))

    with log.open("wb") as output, _started(step.command, environment, output) as process:
        while True:
            left_s = began + limit_s - time.monotonic()
            if left_s <= 0:
                return outcome(f"stopped after {limit_s:.0f} s")
            try:
                process.wait(min(left_s, _KEEP_EVERY_S))
                break
            except subprocess.TimeoutExpired:
                keep(outcome("running"))
    return outcome("done" if process.returncode == 0 else f"failed: {last_words(log, process.returncode)}")


@contextmanager
def _started(
    command: Sequence[str], environment: Mapping[str, str], output: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends here with all that it has started, whatever happens: nothing is left running on the card."""
    group = 0 if os.name == "posix" else None
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, process_group=group
    )
    try:
        yield process
    finally:
        if os.name == "posix":
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()


def last_words(log: Path, code: int) -> str:
    """The last line that a process has left, which of Python is the error; else its exit code."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return without_folders(lines[-1][:300]) if lines else f"exit code {code}"
