"""What `bisenet models` lists: the networks that can be built, and the weights there are for them."""

from __future__ import annotations

import functools
import json
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Literal

from bisenet.card import ModelCard
from bisenet.checkpoint import read_card
from bisenet.classes import load_classes
from bisenet.complexity import counted
from bisenet.grid import Column, Grid, point, require_format, shortened
from bisenet.registry import Published, load_registry
from bisenet.weights import bundled_models, pulled_file
from bisenet.zoo import ARCHITECTURES

_WIDTH, _HEIGHT, _CLASSES = 640, 360, 19
"""What multiply-adds are counted for: the V1 paper's tables 1 and 4."""

_ABOUT_NETWORKS = (
    f"GMAC: thousand millions of multiply-adds for an input of {_WIDTH}x{_HEIGHT} and {_CLASSES} classes. The first "
    "variant of an architecture is its default."
)
_ABOUT_WEIGHTS = (
    f"GMAC: for an input of {_WIDTH}x{_HEIGHT} and the model's own classes. mIoU: per cent, val split, single scale; "
    "`us`: measured by us, else reported by those who published the weights. `bisenet models pull NAME` fetches what "
    "is not on disk; where that takes a browser, it says how."
)


@dataclass(frozen=True, slots=True)
class Weights:
    """One model that can be used by its name."""

    name: str
    architecture: str
    variant: str
    dataset: str
    classes: int
    miou: float | None
    """Per cent, on the val split."""
    miou_by: str
    licence: str
    source: Literal["bundled", "direct", "browser"]
    """Comes with the project; a program can fetch it; only a person with a browser can."""
    file: Path
    """Where it is, or will be once it was fetched."""
    notes: str
    """What a person who uses it should know."""

    @property
    def size(self) -> int | None:
        """Bytes on disk; None while it is not there."""
        return self.file.stat().st_size if self.file.is_file() else None


def models(format: str = "text") -> str:
    """Networks and weights for people (`text`, `markdown`) or programs (`json`).

    Raises ConfigError for an unknown format, and CheckpointError for a damaged bundled model.
    """
    require_format(format)
    weights = all_weights()
    if format == "json":
        return json.dumps({"networks": _plain_networks(), "weights": _plain_weights(weights)}, indent=2)
    parts = (
        _networks_part(format),
        _weights_part(weights, format),
        _list_part("Notes", _by_note(weights), format),
    )
    return "\n\n".join(parts)


def all_weights() -> list[Weights]:
    """The bundled models, then the published ones."""
    bundled = [_bundled(path, read_card(path)) for path in bundled_models().values()]
    return bundled + [_published(entry) for entry in load_registry().values()]


def _bundled(path: Path, card: ModelCard) -> Weights:
    figures = card.training.get("val")
    return Weights(
        name=card.name,
        architecture=card.architecture,
        variant=card.variant,
        dataset=", ".join(map(_folder, card.training.get("data", ()))),
        classes=len(card.classes),
        miou=round(100 * figures["miou"], 2) if figures else None,
        miou_by="us" if figures else "",
        licence=card.licence,
        source="bundled",
        file=path,
        notes="",
    )


def _folder(spec: str) -> str:
    """The folder's own name, of LAYOUT:PATH or LAYOUT:PATH[FIRST:LAST]."""
    whole = re.sub(r"\[-?\d*:-?\d*\]$", "", spec)
    return PurePath(whole.rpartition(":")[2]).name


def _published(entry: Published) -> Weights:
    return Weights(
        name=entry.name,
        architecture=entry.architecture,
        variant=entry.variant,
        dataset=entry.dataset,
        classes=_class_count(entry.classes),
        miou=entry.miou,
        miou_by=entry.reported_by,
        licence=entry.licence,
        source=entry.download,
        file=pulled_file(entry),
        notes=entry.notes,
    )


@functools.cache
def _class_count(name: str) -> int:
    return len(load_classes(name))


def _networks_part(format: str) -> str:
    rows = []
    for architecture, variants in ARCHITECTURES.items():
        for number, variant in enumerate(variants):
            count = counted(architecture, variant, _CLASSES, _WIDTH, _HEIGHT)
            figures = (f"{count.parameters / 1e6:.2f}M", shortened(count.macs / 1e9))
            rows.append((architecture if number == 0 else "", variant, *figures))
    return _part("Networks", _ABOUT_NETWORKS, ("architecture", "variant", "params", "GMAC"), rows, format)


def _weights_part(weights: Sequence[Weights], format: str) -> str:
    """In text letters stand for the licences, and versions are left out: no terminal shows lines of that length."""
    licences = sorted({entry.licence for entry in weights})
    letters = {licence: chr(ord("a") + number) for number, licence in enumerate(licences)}
    rows = []
    for entry in weights:
        count = counted(entry.architecture, entry.variant, entry.classes, _WIDTH, _HEIGHT)
        rows.append(
            (
                entry.name,
                f"{entry.architecture}/{entry.variant}",
                f"{count.parameters / 1e6:.2f}M",
                shortened(count.macs / 1e9),
                entry.dataset,
                str(entry.classes),
                "-" if entry.miou is None else f"{entry.miou:.2f}",
                re.split("[ /]", entry.miou_by)[0] if format == "text" else entry.miou_by,
                letters[entry.licence] if format == "text" else entry.licence,
                "-" if entry.size is None else f"{entry.size / 1e6:.1f} MB",
                _on_disk(entry),
            )
        )
    names = ("name", "network", "params", "GMAC", "data", "classes", "mIoU", "mIoU by", "licence", "size", "on disk")
    part = _part("Weights", _ABOUT_WEIGHTS, names, rows, format)
    if format != "text":
        return part
    legend = _list_part("Licences", [f"{letter}: {licence}" for licence, letter in letters.items()], format)
    return f"{part}\n\n{legend}"


def _on_disk(entry: Weights) -> str:
    if entry.source == "bundled":
        return "bundled"
    if entry.size is not None:
        return "yes"
    return "no (browser)" if entry.source == "browser" else "no"


def _by_note(weights: Sequence[Weights]) -> list[str]:
    names: dict[str, list[str]] = {}
    for entry in weights:
        if entry.notes:
            names.setdefault(entry.notes, []).append(entry.name)
    return [f"{', '.join(of)}: {note}" for note, of in names.items()]


def _part(title: str, about: str, names: Sequence[str], rows: Sequence[tuple[str, ...]], format: str) -> str:
    grid = Grid(tuple(Column(name) for name in names), tuple(rows))
    if format == "markdown":
        return f"## {title}\n\n{about}\n\n{grid.markdown()}"
    return f"{title}\n{textwrap.fill(about, 120, break_on_hyphens=False)}\n\n{grid.text()}"


def _list_part(title: str, lines: Sequence[str], format: str) -> str:
    points = "\n".join(point(line, format) for line in lines)
    return f"## {title}\n\n{points}" if format == "markdown" else f"{title}\n{points}"


def _plain_networks() -> list[dict[str, Any]]:
    plain = []
    for architecture, variants in ARCHITECTURES.items():
        for number, variant in enumerate(variants):
            count = counted(architecture, variant, _CLASSES, _WIDTH, _HEIGHT)
            plain.append(
                {"architecture": architecture, "variant": variant, "default": number == 0}
                | {"parameters": count.parameters, f"macs_{_WIDTH}x{_HEIGHT}": count.macs}
            )
    return plain


def _plain_weights(weights: Sequence[Weights]) -> list[dict[str, Any]]:
    plain = []
    for entry in weights:
        count = counted(entry.architecture, entry.variant, entry.classes, _WIDTH, _HEIGHT)
        plain.append(
            {"name": entry.name, "architecture": entry.architecture, "variant": entry.variant}
            | {"parameters": count.parameters, f"macs_{_WIDTH}x{_HEIGHT}": count.macs}
            | {"dataset": entry.dataset, "classes": entry.classes, "miou": entry.miou, "miou_by": entry.miou_by}
            | {"licence": entry.licence, "source": entry.source, "size_bytes": entry.size}
            | {"notes": entry.notes}
        )
    return plain
