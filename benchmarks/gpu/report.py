"""The whole run: as JSON after each step, as Markdown for people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.comparing import markdown
from benchmarks.gpu.bars import verdicts
from benchmarks.gpu.files import write_json
from benchmarks.gpu.findings import Row
from benchmarks.gpu.step import Outcome

SCHEMA = "benchmark-gpu"


@dataclass(slots=True)
class Report:
    """What has been measured until now."""

    device: str
    """The card's own name."""
    settings: Mapping[str, object]
    when: str
    """UTC, ISO 8601."""
    outcomes: list[Outcome] = field(default_factory=list)
    partial: bool = True

    @property
    def figures(self) -> dict[str, float]:
        """Those of all steps."""
        return {key: value for outcome in self.outcomes for key, value in outcome.found.figures.items()}

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "schema": SCHEMA,
            "version": 1,
            "when": self.when,
            "partial": self.partial,
            "device": self.device,
            "settings": dict(self.settings),
            "bars": [dict(row) for row in verdicts(self.figures)],
            "steps": [outcome.to_dict() for outcome in self.outcomes],
        }

    def write(self, folder: Path, ending: str = "gpu") -> tuple[Path, Path]:
        """`DEVICE-ENDING.json` and `.md` in the folder; whole at any time. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        stem = f"{slug(self.device)}-{ending}"
        as_json, as_text = folder / f"{stem}.json", folder / f"{stem}.md"
        write_json(as_json, self.to_dict())
        partial = as_text.with_name(as_text.name + ".partial")
        partial.write_text(self.markdown(), encoding="utf-8")
        partial.replace(as_text)
        return as_json, as_text

    def markdown(self) -> str:
        """Every table, the bars last, so that they are what is read in a terminal."""
        parts = [f"# {self.device}", self.when + (", partial" if self.partial else "")]
        parts += [section(outcome) for outcome in self.outcomes]
        return "\n\n".join([*parts, self.closing()]) + "\n"

    def closing(self) -> str:
        """How each step ended, and the bars."""
        steps: list[Row] = [
            {
                "step": outcome.title,
                "took": f"{outcome.seconds:.0f} s",
                "ended": outcome.status + _failures(outcome),
            }
            for outcome in self.outcomes
        ]
        parts = ["## Steps", table(steps)] if steps else []
        return "\n\n".join([*parts, f"## Bars: {self.device}", table(verdicts(self.figures))])


def section(outcome: Outcome) -> str:
    """What one step has found."""
    parts = [f"## {outcome.title}"]
    for title, rows in outcome.found.tables.items():
        parts += [f"### {title}", table(rows)]
    parts += outcome.found.notes
    parts += [f"Could not be measured: {text}." for text in outcome.found.failures]
    if outcome.status != "done":
        parts.append(f"This step: {outcome.status}.")
    return "\n\n".join(parts)


def table(rows: Sequence[Row]) -> str:
    """Rows may differ in their columns; what one lacks is a dash."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    filled = [{name: "-" if row.get(name) is None else row[name] for name in columns} for row in rows]
    return markdown(filled)


def slug(name: str) -> str:
    """A name for files: `NVIDIA GeForce RTX 4090` is `nvidia-geforce-rtx-4090`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unknown"


def _failures(outcome: Outcome) -> str:
    count = len(outcome.found.failures)
    return f", {count} of its parts failed" if count else ""
