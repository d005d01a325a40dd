"""How numbers are written in the window. Pure functions; no Qt."""

from __future__ import annotations

from collections.abc import Mapping

NONE = "–"
"""Stands where there is nothing to tell."""


def fps(rate: float) -> str:
    """Events per second: one decimal below 100."""
    if rate <= 0:
        return NONE
    return f"{rate:.1f}" if rate < 99.95 else f"{rate:.0f}"


def latency(seconds: float | None) -> str:
    """Milliseconds; seconds from 10 s on."""
    if seconds is None:
        return NONE
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.0f} s"


def milliseconds(ms: float) -> str:
    """Without the unit: one decimal below 10."""
    return f"{ms:.1f}" if ms < 9.95 else f"{ms:.0f}"


def percent(part: float) -> str:
    """A part of something that is used, 0 to 1, in whole percent."""
    return f"{part * 100:.0f} %"


def memory(mib: float) -> str:
    """MiB, or GiB from one on."""
    return f"{mib / 1024:.1f} GiB" if mib >= 1024 else f"{mib:.0f} MiB"


def watts(power: float) -> str:
    return f"{power:.0f} W"


def share(part: float) -> str:
    """A part of the picture, 0 to 1, in percent."""
    if part <= 0:
        return NONE
    if part < 0.0005:
        return "<0.1 %"
    return f"{part * 100:.1f} %"


def clock_time(seconds: float) -> str:
    """`m:ss`, or `h:mm:ss` from an hour on; rounded down, as clocks are."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def drops(by_cause: Mapping[str, int]) -> str:
    """`120 inference busy, 3 display busy`; `0` when nothing was dropped."""
    told = [f"{count} {cause}" for cause, count in by_cause.items() if count]
    return ", ".join(told) or "0"


def picture_size(width: int, height: int) -> str:
    return f"{width}×{height}"
