"""How much memory this process has and had."""

from __future__ import annotations

import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def resident_mib() -> float | None:
    """MiB in RAM now; None where the system does not say."""
    return _status_mib("VmRSS")


def peak_mib() -> float | None:
    """MiB that were in RAM at most since the process began; None where the system does not say."""
    peak = _status_mib("VmHWM")
    if peak is not None or sys.platform == "win32":
        return peak
    import resource

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _status_mib(key: str) -> float | None:
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 2**10 for line in lines if line.startswith(f"{key}:")), None)
