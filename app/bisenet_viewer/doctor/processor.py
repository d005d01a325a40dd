"""The processor: what it is good at, how much of it one may use, and how busy it is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from bisenet.engines.processor import default_threads, processor_name, usable_processors
from bisenet_viewer.doctor.finding import Finding

_NAME = "Processor"
_CPUINFO = Path("/proc/cpuinfo")
_FEATURES = {
    "AMX": {"amx_tile"},
    "bf16": {"avx512_bf16", "amx_bf16", "bf16"},
    "VNNI": {"avx512_vnni", "avx_vnni"},
    "AVX-512": {"avx512f"},
    "AVX2": {"avx2"},
    "NEON": {"asimd"},
}
_VECTORS = {"AVX2", "NEON"}


@dataclass(frozen=True, slots=True)
class Processor:
    """What there is."""

    name: str
    flags: frozenset[str]
    """As the kernel names them; empty where it does not."""
    count: int
    """Processors that this process may run on."""
    usable: int
    """How many of them its container gives it time for."""
    threads: int
    """That a network gets here."""
    load: float | None
    """Processes that computed or wanted to, this one included, over a minute; None where the system does not say."""


def check_processor() -> Finding:
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return judge_processor(Processor(processor_name(), _flags(), count, usable_processors(), default_threads(), load))


def judge_processor(found: Processor) -> Finding:
    features = [name for name, flags in _FEATURES.items() if not flags.isdisjoint(found.flags)]
    parts = [found.name, f"{found.threads} threads of {found.count} processors", *features]
    if found.load is not None:
        parts.append(f"load {found.load:.1f}")
    text = ", ".join(parts)
    if found.usable < found.count:
        fix = "give the container more processors (docker run --cpus)"
        return Finding(_NAME, "warn", f"{text}; this container gets {found.usable} of them", fix)
    if found.flags and _VECTORS.isdisjoint(features):
        return Finding(_NAME, "warn", f"{text}; no AVX2: slow", "use a newer processor, or a graphics card")
    return Finding(_NAME, "ok", text)


def _flags() -> frozenset[str]:
    try:
        lines = _CPUINFO.read_text().splitlines()
    except OSError:
        return frozenset()
    for text in lines:
        name, _, value = text.partition(":")
        if name.strip() in ("flags", "Features"):
            return frozenset(value.split())
    return frozenset()
