"""`GpuMeter`: power, clock, load and memory of an NVIDIA card, as nvidia-smi tells them all the while."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import dataclass
from statistics import fmean

from bisenet.closing import Closing

EVERY_MS = 200
_END_S = 2.0
_COLUMNS = ("power.draw", "clocks.sm", "utilization.gpu", "memory.used", "memory.total", "name")
"""The name is the last: it may have commas."""


@dataclass(frozen=True, slots=True)
class GpuUsage:
    """Means over one turn; None where the card does not say."""

    watts: float | None = None
    mhz: float | None = None
    load: float | None = None
    """Part of the time in which it computed, 0 to 1."""
    memory_mib: float | None = None
    """In use, by whomever."""
    memory_total_mib: float | None = None
    name: str = ""
    """Empty where no card has answered."""


class GpuMeter(Closing):
    """Listens to nvidia-smi, one process that stays: to start one for each reading would take a core from the host."""

    def __init__(self, index: int, program: str = "nvidia-smi", every_ms: int = EVERY_MS) -> None:
        """index: of the card. Without nvidia-smi every usage is unknown."""
        command = [
            program, f"--id={index}", f"--query-gpu={','.join(_COLUMNS)}", "--format=csv,noheader,nounits",
            f"--loop-ms={every_ms}",
        ]  # fmt: skip
        self._samples: list[list[float | None]] = []
        self._name = ""
        self._process: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        try:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        except OSError:
            return
        self._thread = threading.Thread(target=self._listen, name="gpu-meter", daemon=True)
        self._thread.start()

    def usage(self) -> GpuUsage:
        """Means since the last call."""
        samples, self._samples = self._samples, []
        watts, mhz, percent, used, total = (_mean([sample[place] for sample in samples]) for place in range(5))
        return GpuUsage(watts, mhz, None if percent is None else percent / 100, used, total, self._name)

    def close(self) -> None:
        """End nvidia-smi."""
        if self._process is not None and self._thread is not None:
            self._process.terminate()
            try:
                self._process.wait(_END_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
            self._thread.join(_END_S)
            self._process = None

    def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                cells = [cell.strip() for cell in line.split(",", len(_COLUMNS) - 1)]
                numbers = [_number(cell) for cell in cells[:5]]
                self._samples.append(numbers + [None] * (5 - len(numbers)))
                self._name = cells[5] if len(cells) == len(_COLUMNS) else self._name


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None  # `[N/A]`


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
