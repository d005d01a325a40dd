"""`Grid`: cells under columns that may stand in groups, drawn as aligned text or as Markdown; and lists like it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from bisenet.errors import ConfigError

FORMATS = ("text", "markdown", "json")
"""What lists and tables can be printed as."""

_NUMBER = re.compile(r"[0-9][0-9.,]*( ?[KMG]B?)?( \(.*\))?")
_NO_FIGURE = ("", "-", "n/a")


def require_format(format: str) -> None:
    """Raise ConfigError for one that is none of FORMATS."""
    if format not in FORMATS:
        raise ConfigError(f"no format {format!r}: choose one of {', '.join(FORMATS)}")


def shortened(value: float) -> str:
    """As many decimals as a reader can use: 143.3, 11.58, 0.187."""
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 100 else f"{value:.1f}"


def point(text: str, format: str) -> str:
    """One point of a list; wrapped, unless it is Markdown."""
    if format == "markdown":
        return f"- {text}"
    return textwrap.fill(text, 120, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, and the groups it belongs to, the widest first."""

    name: str
    groups: tuple[str, ...] = ()

    @property
    def whole_name(self) -> str:
        """Groups and name in one line."""
        return ": ".join((", ".join(self.groups), self.name)) if self.groups else self.name


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of text, one cell per column."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"expected {len(self.columns)} cells, got {len(row)}: {' | '.join(row)}")

    def markdown(self) -> str:
        """A Markdown table; groups go before the names of their columns."""
        lines = [[column.whole_name for column in self.columns]]
        lines.append(["---:" if self._is_numeric(place) else "---" for place in range(len(self.columns))])
        lines += [list(row) for row in self.rows]
        return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)

    def text(self) -> str:
        """Aligned by spaces: a line per level of groups, the names, a rule, the rows. Numbers stand on the right."""
        header = self._header()
        widths = [max(len(line[place]) for line in (header[-1], *self.rows)) for place in range(len(self.columns))]
        for spans in header[:-1]:
            _make_room(spans, widths)
        lines = [_spanned(spans, widths) for spans in header[:-1]]
        for cells in (header[-1], tuple("-" * width for width in widths), *self.rows):
            aligned = (
                cell.rjust(width) if self._is_numeric(place) else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
            )
            lines.append("  ".join(aligned).rstrip())
        return "\n".join(lines)

    def _is_numeric(self, place: int) -> bool:
        cells = [row[place] for row in self.rows if row[place] not in _NO_FIGURE]
        return bool(cells) and all(_NUMBER.fullmatch(cell) for cell in cells)

    def _header(self) -> list[Sequence[str]]:
        """Per level the text over each column: an empty one goes on with what is left of it. The last are the names."""
        levels = max(len(column.groups) for column in self.columns)
        header: list[Sequence[str]] = []
        for level in range(levels):
            line = []
            before: tuple[str, ...] | None = None
            for column in self.columns:
                here = column.groups[: level + 1]
                line.append("" if here == before else here[level] if len(here) > level else " ")
                before = here if len(here) > level else None
            header.append(line)
        return [*header, [column.name for column in self.columns]]


def _make_room(spans: Sequence[str], widths: list[int]) -> None:
    """Widen the last column under each group that is longer than all of its columns."""
    for place, end in _runs(spans):
        missing = len(spans[place]) - (sum(widths[place:end]) + 2 * (end - place - 1))
        widths[end - 1] += max(0, missing)


def _spanned(spans: Sequence[str], widths: Sequence[int]) -> str:
    parts = [spans[place].ljust(sum(widths[place:end]) + 2 * (end - place - 1)) for place, end in _runs(spans)]
    return "  ".join(parts).rstrip()


def _runs(spans: Sequence[str]) -> list[tuple[int, int]]:
    """Begin and end of each group."""
    begins = [place for place, text in enumerate(spans) if text]
    return list(zip(begins, [*begins[1:], len(spans)], strict=True))
