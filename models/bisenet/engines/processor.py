"""The processor: its name, the arithmetic it has, and how much of it this process may use."""

from __future__ import annotations

import os
import platform
from functools import cache
from math import ceil
from pathlib import Path

MOST_THREADS = 16
"""Of one network: its deepest maps have few rows, and more threads than rows wait for each other."""


def processor_name() -> str:
    """The processor's own name."""
    return _cpuinfo("model name") or platform.processor() or platform.machine()


@cache
def has_bf16() -> bool:
    """Whether there are instructions for bfloat16. Without them it is emulated, several times slower than float32."""
    flags = _cpuinfo("flags")
    if flags:
        return not {"avx512_bf16", "amx_bf16"}.isdisjoint(flags.split())
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return False
    import torch

    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def default_threads(engine: str = "auto") -> int:
    """How many threads an engine gets when nobody says: one per core, but not every last processor.

    What is left, a core or the second halves of hyper-threaded ones, is for decoding and the window. Of two processors
    both are used, since work that waits for one is done by the other; but not by torch, whose threads wait for each
    other in a loop: with a busy process on one of two cores it took 22 times as long, the others 1.6 times.
    """
    allowed = _allowed()
    usable = usable_processors()
    if usable <= 2:
        return 1 if engine == "torch" else usable
    return min(_cores(allowed) if allowed else usable, usable - 1, MOST_THREADS)


def usable_processors() -> int:
    """Processors, as the system counts them, that this process and its container's share of time may use; 1 or more."""
    count = len(_allowed()) or os.cpu_count() or 1
    quota = _quota(Path("/sys/fs/cgroup"), Path("/proc/self/cgroup"))
    return max(1, count if quota is None else min(count, ceil(quota)))


def _allowed() -> frozenset[int]:
    """The processors by number; empty where the system does not tell."""
    return frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset()


def _cores(processors: frozenset[int], root: Path = Path("/sys/devices/system/cpu")) -> int:
    """How many cores these are: hyper-threads of one core share its arithmetic."""
    cores = set()
    for number in processors:
        try:
            cores.add((root / f"cpu{number}/topology/thread_siblings_list").read_text().strip())
        except OSError:
            cores.add(str(number))
    return len(cores)


def _quota(root: Path, membership: Path) -> float | None:
    """Processors' worth of time by the control groups that this process is in, version 2 or 1; None: no limit."""
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        return None
    quotas = []
    for line in lines:
        _, controllers, name = line.split(":", 2)
        if controllers == "":
            # The limit may be any parent's; inside a container the folder of this name may not be there, the root is.
            below = Path(name.lstrip("/"))
            quotas += [_read_quota(root / folder / "cpu.max") for folder in (below, *below.parents)]
        elif "cpu" in controllers.split(","):
            for folder in (root / "cpu" / name.lstrip("/"), root / "cpu"):
                quotas.append(_read_quota(folder / "cpu.cfs_quota_us", folder / "cpu.cfs_period_us"))
    return min((quota for quota in quotas if quota is not None), default=None)


def _read_quota(*files: Path) -> float | None:
    try:
        quota, period = " ".join(file.read_text().strip() for file in files).split()
        return float(quota) / float(period) if float(quota) > 0 else None
    except (OSError, ValueError):  # no such limit: no file, "max" or -1
        return None


def _cpuinfo(field: str) -> str:
    """The first processor's field; empty where there is none, as on other systems than Linux."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == field:
                return value.strip()
    except OSError:
        pass
    return ""
