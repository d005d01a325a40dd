"""What the machine does while a turn is measured: power and clocks where they can be read, and how busy it is."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

_POWERCAP = Path("/sys/class/powercap")
_CPUS = Path("/sys/devices/system/cpu")
_CPUINFO = Path("/proc/cpuinfo")
_STAT = Path("/proc/stat")


@dataclass(frozen=True, slots=True)
class Usage:
    """Over one turn."""

    seconds: float
    watts: float | None
    """Mean of all processor packages (RAPL); None where it cannot be read."""
    mhz: float | None
    """Mean of the cores' clocks at the end."""
    busy_cores: float | None
    """Mean number of cores at work, for whomever."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The counters at one moment."""

    at_s: float
    energy_uj: tuple[int, ...] | None
    busy_s: float | None


def read() -> Reading:
    """The counters now."""
    return Reading(time.perf_counter(), _energies(), _busy_s())


def usage(before: Reading, after: Reading) -> Usage:
    """What happened between two readings."""
    seconds = after.at_s - before.at_s
    watts = busy = None
    if before.energy_uj is not None and after.energy_uj is not None:
        spans = zip(before.energy_uj, after.energy_uj, _energy_ranges(), strict=True)
        # A counter that went back began again at its range.
        used_uj = sum(end - begin if end >= begin else end - begin + whole for begin, end, whole in spans)
        watts = used_uj / 1e6 / seconds
    if before.busy_s is not None and after.busy_s is not None:
        busy = (after.busy_s - before.busy_s) / seconds
    return Usage(seconds, watts, clock_mhz(), busy)


def clock_mhz() -> float | None:
    """Mean of the cores' clocks now, in MHz; None where it cannot be read."""
    try:
        files = sorted(_CPUS.glob("cpu[0-9]*/cpufreq/scaling_cur_freq"))
        clocks = [int(file.read_text()) / 1000 for file in files]
        if not clocks:
            lines = _CPUINFO.read_text().splitlines()
            clocks = [float(line.partition(":")[2]) for line in lines if line.startswith("cpu MHz")]
    except (OSError, ValueError):
        return None
    return sum(clocks) / len(clocks) if clocks else None


def _packages() -> list[Path]:
    # `intel-rapl:0` is a package, also on AMD; `intel-rapl:0:1` a part of it.
    return sorted(path for path in _POWERCAP.glob("intel-rapl:*") if path.name.count(":") == 1)


def _energies() -> tuple[int, ...] | None:
    try:
        energies = tuple(int((package / "energy_uj").read_text()) for package in _packages())
    except (OSError, ValueError):
        return None  # most systems let only root read it
    return energies or None


def _energy_ranges() -> tuple[int, ...]:
    return tuple(int((package / "max_energy_range_uj").read_text()) for package in _packages())


def _busy_s() -> float | None:
    """Seconds that all cores together were at work since the start of the machine."""
    try:
        line = next(line for line in _STAT.read_text().splitlines() if line.startswith("cpu "))
        user, nice, system, _idle, _iowait, irq, softirq = (int(value) for value in line.split()[1:8])
    except (OSError, ValueError, StopIteration):
        return None
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")
