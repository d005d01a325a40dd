"""`Context`: what a step gets: the card, how long to measure, where to keep what it finds, and what others found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from benchmarks.gpu.effort import Effort
from benchmarks.gpu.findings import Findings, read_found


@dataclass(frozen=True, slots=True)
class Context:
    """Of one step."""

    device: torch.device
    effort: Effort
    folder: Path
    """What steps share."""
    findings: Findings
    data: Path | None = None
    picture: Path | None = None

    def earlier(self, step: str) -> dict[str, float]:
        """The figures of a step that ran before; empty when it did not."""
        return read_found(self.folder / f"{step}.json").figures
