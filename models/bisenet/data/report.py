"""What `bisenet data check` found: faults, remarks, and what each split holds; as text and as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

FAULTS = {
    "split": "split that is missing, empty or wrongly listed",
    "mask": "picture without a mask",
    "picture": "mask without a picture",
    "damaged": "file that cannot be read whole",
    "form": "mask of a form that labels cannot be read from",
    "size": "mask of another size than its picture",
    "value": "label values that are no class",
    "color": "colours that are no class",
    "ignored": "mask without a class",
    "leak": "picture that is in two splits",
}
"""Kind of fault, by which it is grouped -> what it is, for people."""
REMARKS = {
    "absent": "class that never occurs",
    "name": "file name that is in two splits, of different pictures",
}
"""Kinds of what may be meant so."""
SHOWN = 10
"""Of each kind in the text; the plain data has all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or remark."""

    kind: str
    split: str
    file: str
    """From the data set's folder; of an absent class its name."""
    text: str


@dataclass(frozen=True, slots=True)
class SplitFigures:
    """What the files of one split hold that could be read."""

    name: str
    pictures: int
    """With a mask of their size."""
    sizes: Mapping[str, int]
    """`WIDTHxHEIGHT` -> pictures, most first."""
    pixels: Mapping[str, int]
    """Class -> pixels."""
    occurs: Mapping[str, int]
    """Class -> pictures it occurs in."""
    ignored: int
    """Pixels without a class."""
    unknown: Mapping[str, tuple[int, int]]
    """Value or colour that is no class -> files, pixels."""


@dataclass(frozen=True, slots=True)
class Report:
    """Of a whole data set."""

    data: str
    """As it was asked for."""
    classes: str
    """Name of the class list; empty: there is none."""
    splits: tuple[SplitFigures, ...]
    faults: tuple[Finding, ...]
    remarks: tuple[Finding, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    def text(self) -> str:
        """For people: what the splits hold, then faults and remarks by kind."""
        known = f"classes of {self.classes}" if self.classes else "ids as they are; --classes NAME gives them names"
        parts = [f"{self.data}, {known}", _sizes(self.splits), _frequencies(self.splits), _unknown(self.splits)]
        parts += _grouped(self.remarks, REMARKS) + _grouped(self.faults, FAULTS)
        count = len(self.faults)
        parts.append(f"{count} {'fault' if count == 1 else 'faults'}" if count else "no faults")
        return "\n\n".join(part for part in parts if part)


def _sizes(splits: Sequence[SplitFigures]) -> str:
    lines = [f"{'split':<8}{'pictures':>9}  sizes"]
    for split in splits:
        sizes = [f"{size} ({count})" if len(split.sizes) > 1 else size for size, count in split.sizes.items()]
        more = f" and {len(sizes) - 5} more" if len(sizes) > 5 else ""
        lines.append(f"{split.name:<8}{split.pictures:>9}  {', '.join(sizes[:5])}{more}")
    return "\n".join(lines)


def _frequencies(splits: Sequence[SplitFigures]) -> str:
    names = list(dict.fromkeys(name for split in splits for name in split.pixels))
    width = max((len(name) for name in (*names, "ignored")), default=0) + 2
    lines = ["class".ljust(width) + "".join(f"{split.name + ' pixels':>14}{'pictures':>10}" for split in splits)]
    for name in names:
        cells = (f"{_percent(split.pixels.get(name, 0), split):>14}{split.occurs.get(name, 0):>10}" for split in splits)
        lines.append(name.ljust(width) + "".join(cells))
    cells = (f"{_percent(split.ignored, split):>14}{'':>10}" for split in splits)
    lines.append(("ignored".ljust(width) + "".join(cells)).rstrip())
    return "\n".join(lines)


def _unknown(splits: Sequence[SplitFigures]) -> str:
    lines = []
    for split in splits:
        rows = [
            f"  {what}: {files} {'file' if files == 1 else 'files'}, {_percent(pixels, split)} of the pixels"
            for what, (files, pixels) in split.unknown.items()
        ]
        lines += [f"no class in {split.name}:", *_first(rows)] if rows else []
    return "\n".join(lines)


def _percent(pixels: int, split: SplitFigures) -> str:
    total = sum(split.pixels.values()) + split.ignored
    return f"{100 * pixels / total:.2f} %" if total else "-"


def _grouped(findings: Sequence[Finding], kinds: Mapping[str, str]) -> list[str]:
    parts = []
    for kind, title in kinds.items():
        rows = [f"  {found.file}: {found.text}" for found in findings if found.kind == kind]
        if rows:
            parts.append("\n".join([f"{title} ({len(rows)})", *_first(rows)]))
    return parts


def _first(rows: list[str]) -> list[str]:
    return rows if len(rows) <= SHOWN else [*rows[:SHOWN], f"  and {len(rows) - SHOWN} more"]
