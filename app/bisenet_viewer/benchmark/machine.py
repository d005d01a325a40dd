"""`Machine`: on what was measured. Nothing in it names a person, a host or a folder."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = (
    "bisenet-viewer", "torch", "openvino", "onnxruntime", "onnxruntime-gpu", "tensorrt", "numpy", "opencv-python", "av",
)  # fmt: skip
_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_tile", "amx_int8", "amx_bf16", "asimd")
"""What decides which kernels and precisions are fast."""

_CPUINFO = Path("/proc/cpuinfo")
_MEMINFO = Path("/proc/meminfo")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


@dataclass(frozen=True, slots=True)
class Machine:
    """The hardware and the software."""

    cpu: str
    cpu_flags: tuple[str, ...]
    cores: int | None
    """Logical ones, of the whole machine."""
    usable_cores: int
    """That this process may run on."""
    core_quota: float | None
    """Of a container: so many cores' time; None: not limited."""
    memory_gib: float | None
    system: str
    python: str
    versions: Mapping[str, str]
    """Of the packages that matter, as far as they are installed."""
    commit: str | None
    """Of the checkout this runs from, with `-dirty` when files were changed; None for an installed package."""


def this_machine() -> Machine:
    """Look it up."""
    cpuinfo = _fields(_CPUINFO)
    flags = f"{cpuinfo.get('flags', '')} {cpuinfo.get('Features', '')}".split()
    memory = _fields(_MEMINFO).get("MemTotal")
    return Machine(
        cpu=cpuinfo.get("model name") or platform.processor() or platform.machine(),
        cpu_flags=tuple(flag for flag in _FLAGS if flag in flags),
        cores=os.cpu_count(),
        usable_cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        core_quota=_core_quota(),
        memory_gib=None if memory is None else round(int(memory.split()[0]) / 2**20, 1),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        versions={name: text for name in _PACKAGES if (text := _version(name)) is not None},
        commit=_commit(Path(__file__).resolve().parents[3]),
    )


def _fields(path: Path) -> dict[str, str]:
    """`key: value` lines, the first of each key; nothing where there is no such file."""
    fields: dict[str, str] = {}
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return fields
    for line in lines:
        key, separator, value = line.partition(":")
        if separator:
            fields.setdefault(key.strip(), value.strip())
    return fields


def _core_quota() -> float | None:
    try:
        quota, period = _QUOTA.read_text().split()
        return None if quota == "max" else round(int(quota) / int(period), 2)
    except (OSError, ValueError):
        return None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _commit(root: Path) -> str | None:
    # An environment inside somebody's repository is no checkout of ours.
    if not (root / ".git").exists():
        return None
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--exclude=*", "--abbrev=12"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None
