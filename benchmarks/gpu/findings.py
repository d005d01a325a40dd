"""`Findings`: what a step has measured until now, kept on disk row by row; `Found`: the same, read back."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.gpu.files import read_json, write_json

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""

Row = Mapping[str, object]
"""One line of a table: by column a number, a text, or None for what could not be measured."""


@dataclass(slots=True)
class Found:
    """Tables by their titles, figures by keys that other steps and the bars know, and what is to be said of them."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """What was tried and could not be measured."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "tables": {title: [dict(row) for row in rows] for title, rows in self.tables.items()},
            "figures": self.figures,
            "notes": self.notes,
            "failures": self.failures,
        }


def read_found(path: Path) -> Found:
    """What a step has left, also one that was stopped; nothing where it left nothing."""
    content = read_json(path)
    return Found() if content is None else Found(**content)


class Findings:
    """Collects; after each addition the file holds all there is."""

    def __init__(self, path: Path) -> None:
        self.found = Found()
        self._path = path
        self._keep()

    def row(self, table: str, **columns: object) -> None:
        """Add a line to a table. Names with an underscore become ones with a space."""
        line = {name.replace("_", " "): value for name, value in columns.items()}
        self.found.tables.setdefault(table, []).append(line)
        self._keep()

    def rows(self, table: str, lines: list[Row]) -> None:
        """Add lines whose columns are no words of Python."""
        self.found.tables.setdefault(table, []).extend(lines)
        self._keep()

    def figure(self, key: str, value: float) -> None:
        """Keep a figure that a bar, or another step, is about."""
        self.found.figures[key] = float(value)
        self._keep()

    def note(self, text: str) -> None:
        """Say something about it."""
        self.found.notes.append(text)
        self._keep()

    @contextmanager
    def attempt(self, what: str) -> Iterator[None]:
        """What goes wrong within is told as a failure of `what`, and the step goes on."""
        try:
            yield
        # One engine that does not open must not cost what all others would have told: a lent card is gone afterwards.
        except Exception as error:  # noqa: BLE001
            traceback.print_exc()
            self.found.failures.append(f"{what}: {brief(error)}")
            self._keep()

    def _keep(self) -> None:
        write_json(self._path, self.found.to_dict())


def brief(error: BaseException) -> str:
    """Its kind and its first line, without the folders of this machine."""
    first = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    return without_folders(f"{type(error).__name__}: {first}"[:300])


def without_folders(text: str) -> str:
    """Results are published: they name no folder of the machine they come from."""
    for folder in (ROOT, Path.home()):
        if folder != Path(folder.anchor):
            text = text.replace(str(folder), folder.name or "~")
    return text
