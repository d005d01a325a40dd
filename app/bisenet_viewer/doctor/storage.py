"""Memory, disk, and the folders that are written to."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bisenet.download import cache_dir
from bisenet_viewer import settings
from bisenet_viewer.doctor.finding import Finding

LITTLE_MEMORY_GIB = 1.0
LITTLE_DISK_GIB = 2.0
TOO_LITTLE_DISK_GIB = 0.2
_MEMINFO = Path("/proc/meminfo")
_GIB = 2**30


def check_memory() -> Finding:
    return judge_memory(*_memory_gib())


def judge_memory(free_gib: float | None, whole_gib: float | None) -> Finding:
    """None: the system does not say."""
    if free_gib is None or whole_gib is None:
        return Finding("Memory", "ok", "the system does not say how much is free")
    text = f"{free_gib:.1f} of {whole_gib:.1f} GiB free"
    if free_gib < LITTLE_MEMORY_GIB:
        return Finding("Memory", "warn", text, "close other programs; a network takes up to 1 GiB")
    return Finding("Memory", "ok", text)


def check_folders() -> Finding:
    folders = {"the cache": cache_dir().parent, "the settings": settings.settings_path().parent}
    faults = {what: fault for what, folder in folders.items() if (fault := write_fault(folder))}
    return judge_folders(faults, shutil.disk_usage(nearest(cache_dir())).free / _GIB)


def judge_folders(faults: Mapping[str, str], free_gib: float) -> Finding:
    """faults: what cannot be written, and why."""
    text = f"{free_gib:.1f} GiB of disk free"
    if faults:
        told = "; ".join(f"{what}: {why}" for what, why in faults.items())
        fix = "make the folder yours (sudo chown -R $USER FOLDER), or set BISENET_CACHE to another"
        return Finding("Folders", "warn", f"cannot write {told}", fix)
    if free_gib < LITTLE_DISK_GIB:
        state = "fail" if free_gib < TOO_LITTLE_DISK_GIB else "warn"
        return Finding("Folders", state, text, "make room: recordings take about 1 GiB an hour")  # type: ignore[arg-type]
    return Finding("Folders", "ok", f"cache and settings can be written, {text}")


def write_fault(folder: Path) -> str:
    """Why nothing can be written there, in one line; empty: it can. Leaves nothing behind."""
    try:
        with tempfile.TemporaryFile(dir=nearest(folder)) as file:
            file.write(b"0")
    except OSError as error:
        return f"{folder} ({error.strerror})"
    return ""


def nearest(folder: Path) -> Path:
    """The folder, or the first above it that is there."""
    return next((each for each in (folder, *folder.parents) if each.is_dir()), folder)


def _memory_gib() -> tuple[float | None, float | None]:
    """Free and all."""
    try:
        rows = (line.partition(":") for line in _MEMINFO.read_text().splitlines())
        kib = {name: int(value.split()[0]) for name, _, value in rows}
        return kib["MemAvailable"] / 2**20, kib["MemTotal"] / 2**20
    except (OSError, KeyError, ValueError):
        return None, None
