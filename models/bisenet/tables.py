"""The tables that the papers and mmsegmentation published, with what we compute and have measured beside them."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from bisenet.card import ModelCard
from bisenet.checkpoint import read_card
from bisenet.complexity import Complexity, counted
from bisenet.errors import ConfigError
from bisenet.grid import Column, Grid, point, require_format, shortened
from bisenet.registry import Published
from bisenet.table_file import GMAC, Bundled, Part, Row, Table, load_table
from bisenet.weights import bundled_models

NAMES = ("v1-1", "v1-2", "v1-3", "v1-4", "v1-5", "v1-6", "v1-7", "v1-8", "v1-9", "v2", "mmseg")

_PUBLISHERS = {"torchseg": "TorchSeg", "coincheung": "CoinCheung", "mmseg": "mmseg"}


def table(name: str, format: str = "text") -> str:
    """A published table for people (`text`, `markdown`) or programs (`json`).

    Raises ConfigError for an unknown name or format, with the known ones, and for a damaged file in assets/tables.
    """
    if name not in NAMES:
        raise ConfigError(f"no table {name!r}: choose one of {', '.join(NAMES)}")
    require_format(format)
    content = load_table(name)
    if format == "json":
        return json.dumps(_plain(name, content), indent=2, ensure_ascii=False)
    lines = [f"{content.title}\n{content.source}" if format == "text" else f"## {content.title}\n\n{content.source}"]
    for part in content.parts:
        if part.caption:
            lines.append(part.caption)
        grid = _grid(content, part)
        lines.append(grid.text() if format == "text" else grid.markdown())
    lines.append("\n".join(point(note, format) for note in (*content.notes, *_weights_notes(content))))
    return "\n\n".join(lines)


def _weights_notes(content: Table) -> list[str]:
    """Where reported figures stand beside rows: whose weights they are of, by the names that `bisenet` knows."""
    names = {
        entry.name: None
        for part in content.parts if "reported" in part.ours
        for row in part.rows
        for entry in row.weights
    }  # fmt: skip
    return [f"The reported figures are of {', '.join(names)}."] if names else []


def _grid(content: Table, part: Part) -> Grid:
    ours = _our_columns(part)
    rows = [(*row.cells, *(cell(row) for _, cell in ours)) for row in part.rows]
    for model, card in _bundled_cards(part):
        assert part.bundled is not None
        row = _bundled_row(content.columns, part.bundled, model, card)
        rows.append((*row.cells, *(cell(row) for _, cell in ours)))
    return Grid((*content.columns, *(column for column, _ in ours)), tuple(rows))


def _our_columns(part: Part) -> list[tuple[Column, Callable[[Row], str]]]:
    columns: list[tuple[Column, Callable[[Row], str]]] = []
    for kind in part.ours:
        if match := GMAC.fullmatch(kind):
            width, height = int(match[1]), int(match[2])
            cell = functools.partial(_gmac_cell, width=width, height=height)
            columns.append((Column(f"GMAC {width}x{height}", ("computed by us",)), cell))
        elif kind == "parameters":
            columns.append((Column("parameters, M", ("computed by us",)), _parameters_cell))
        elif kind == "mebibytes":
            columns.append((Column("parameters, MiB", ("computed by us",)), _mebibytes_cell))
        elif kind == "weights":
            columns.append((Column("weights"), lambda row: ", ".join(entry.name for entry in row.weights)))
        else:
            for publisher in _publishers(part):
                column = Column(_PUBLISHERS[publisher], ("mIoU as reported",))
                columns.append((column, functools.partial(_reported_cell, publisher=publisher)))
    return columns


def _publishers(part: Part) -> list[str]:
    there = {_publisher(entry) for row in part.rows for entry in row.weights}
    return [publisher for publisher in _PUBLISHERS if publisher in there]


def _publisher(entry: Published) -> str:
    return next(word for word in entry.name.split("-") if word in _PUBLISHERS)


def _counted(row: Row, width: int, height: int) -> Complexity | None:
    return counted(*row.network, row.classes, width, height) if row.network else None


def _gmac_cell(row: Row, *, width: int, height: int) -> str:
    count = _counted(row, width, height)
    return shortened(count.macs / 1e9) if count else ""


def _parameters_cell(row: Row) -> str:
    count = _counted(row, 64, 64)
    return f"{count.parameters / 1e6:.2f}" if count else ""


def _mebibytes_cell(row: Row) -> str:
    count = _counted(row, 64, 64)
    return f"{count.mebibytes:.2f}" if count else ""


def _reported_cell(row: Row, *, publisher: str) -> str:
    """Single scale, and in brackets over several scales and both ways round."""
    figures = [
        f"{entry.miou:.2f}" + (f" ({entry.miou_ms_flip:.2f})" if entry.miou_ms_flip else "")
        for entry in row.weights if _publisher(entry) == publisher
    ]  # fmt: skip
    return ", ".join(figures)


def _bundled_cards(part: Part) -> list[tuple[str, ModelCard]]:
    files = bundled_models()
    return [(model, read_card(files[model])) for model in (part.bundled.models if part.bundled else ())]


def _bundled_row(columns: tuple[Column, ...], bundled: Bundled, model: str, card: ModelCard) -> Row:
    figures = card.training["val"]
    cells = []
    for column in columns:
        if column.name == bundled.label:
            cells.append(f"{model} on val, by us")
        else:
            value = figures["miou"] if column.name == bundled.miou else figures["iou"][bundled.classes[column.name]]
            cells.append("-" if value is None else f"{100 * value:.1f}")
    return Row(tuple(cells), (card.architecture, card.variant), (), len(card.classes))


def _plain(name: str, content: Table) -> dict[str, Any]:
    return {
        "name": name,
        "title": content.title,
        "source": content.source,
        "parts": [
            {"caption": part.caption, "rows": [_plain_row(content, part, row) for row in part.rows]}
            | {"measured": {model: dict(card.training["val"]) for model, card in _bundled_cards(part)}}
            for part in content.parts
        ],
        "notes": list(content.notes),
    }  # fmt: skip


def _plain_row(content: Table, part: Part, row: Row) -> dict[str, Any]:
    """What is printed, and our figures unrounded."""
    plain: dict[str, Any] = {
        "published": {column.whole_name: cell for column, cell in zip(content.columns, row.cells, strict=True)}
    }
    if row.network:
        sizes = [(int(match[1]), int(match[2])) for kind in part.ours if (match := GMAC.fullmatch(kind))]
        counts = {f"{width}x{height}": counted(*row.network, row.classes, width, height) for width, height in sizes}
        plain["network"] = "/".join(row.network)
        plain["computed"] = {
            "classes": row.classes,
            "parameters": counted(*row.network, row.classes, 64, 64).parameters,
            "macs": {size: count.macs for size, count in counts.items()},
        }
    if row.weights:
        plain["reported"] = [
            {"weights": entry.name, "by": entry.reported_by, "split": entry.split}
            | {"miou": entry.miou, "miou_ms_flip": entry.miou_ms_flip}
            for entry in row.weights
        ]
    return plain
