"""What the benchmarks of single steps share: taking turns, medians, a Markdown table and a JSON file."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any


def medians_ms(steps: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """The median milliseconds of each step. They take turns, so that other work on the machine hits all alike."""
    taken: dict[str, list[float]] = {name: [] for name in steps}
    for step in steps.values():
        step()  # not counted: machine code is compiled, memory is got
    for _ in range(repeats):
        for name, step in steps.items():
            begin = time.perf_counter()
            step()
            taken[name].append((time.perf_counter() - begin) * 1000)
    return {name: statistics.median(times) for name, times in taken.items()}


def markdown(rows: Sequence[Mapping[str, Any]]) -> str:
    """A table of rows with the same keys; numbers are given to three digits."""
    lines = ["| " + " | ".join(rows[0]) + " |", "|---" * len(rows[0]) + "|"]
    lines += ["| " + " | ".join(_text(value) for value in row.values()) + " |" for row in rows]
    return "\n".join(lines)


def write_json(path: Path, about: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """The same figures, unrounded, with what they were measured on."""
    path.write_text(json.dumps({**about, "rows": list(rows)}, indent=2) + "\n", encoding="utf-8")


def _text(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
