"""`GpuMeter`: power and clock of an NVIDIA card, as nvidia-smi tells them all the while."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import dataclass
from statistics import fmean

from bisenet.closing import Closing

_EVERY_MS = 200
_END_S = 2.0


@dataclass(frozen=True, slots=True)
class GpuUsage:
    """Over one turn; None where the card does not say."""

    watts: float | None
    mhz: float | None


class GpuMeter(Closing):
    """Listens to nvidia-smi, one process that stays: to start one for each reading would take a core from the host."""

    def __init__(self, index: int, program: str = "nvidia-smi") -> None:
        """index: of the card. Without nvidia-smi every usage is unknown."""
        command = [
            program, f"--id={index}", "--query-gpu=power.draw,clocks.sm", "--format=csv,noheader,nounits",
            f"--loop-ms={_EVERY_MS}",
        ]  # fmt: skip
        self._samples: list[tuple[float | None, float | None]] = []
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
        watts, mhz = ([sample[place] for sample in samples] for place in (0, 1))
        return GpuUsage(_mean(watts), _mean(mhz))

    def close(self) -> None:
        """End nvidia-smi."""
        if self._process is not None and self._thread is not None:
            self._process.terminate()
            self._process.wait(_END_S)
            self._thread.join(_END_S)
            self._process = None

    def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                watts, _, mhz = line.partition(",")
                self._samples.append((_number(watts), _number(mhz)))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None  # `[N/A]`


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
