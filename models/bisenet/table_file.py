"""`Table`: a published table as it stands in assets/tables, read strictly."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bisenet.errors import CheckpointError, ConfigError
from bisenet.grid import Column
from bisenet.registry import Published, published
from bisenet.resources import read_yaml
from bisenet.zoo import ARCHITECTURES

GMAC = re.compile(r"gmac ([0-9]+)x([0-9]+)")
"""The column of ours with the multiply-adds for an input of that width and height."""

_OURS = ("parameters", "mebibytes", "reported", "weights")


@dataclass(frozen=True, slots=True)
class Row:
    """A printed row, and what stands for it here."""

    cells: tuple[str, ...]
    network: tuple[str, str] | None
    """Architecture and variant."""
    weights: tuple[Published, ...]
    """Published weights of such a network."""
    classes: int
    """That the network is counted with."""


@dataclass(frozen=True, slots=True)
class Bundled:
    """Which bundled models have rows of their own, and what goes where in them."""

    models: tuple[str, ...]
    label: str
    """The column for the model's name."""
    miou: str
    """The column for its mIoU."""
    classes: Mapping[str, str]
    """Column -> class of the model."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under one header, with the columns of ours that go with them."""

    caption: str
    ours: tuple[str, ...]
    rows: tuple[Row, ...]
    bundled: Bundled | None


@dataclass(frozen=True, slots=True)
class Table:
    """One published table."""

    title: str
    source: str
    columns: tuple[Column, ...]
    parts: tuple[Part, ...]
    notes: tuple[str, ...]


def load_table(name: str) -> Table:
    """Read assets/tables/NAME.yaml. Raises ConfigError naming file, place and key."""
    values, path = read_yaml("tables", name, "table")
    where = path.name
    whole = _keys(values, where, ("title", "source", "columns", "parts", "notes"))
    columns = _columns(whole["columns"], (), where)
    parts = tuple(
        _part(part, columns, f"{where}: part {number}") for number, part in enumerate(_list(whole["parts"], where), 1)
    )
    title, source = _text(whole["title"], where), _text(whole["source"], where)
    return Table(title, source, columns, parts, _texts(whole["notes"], where))


def _columns(values: Any, groups: tuple[str, ...], where: str) -> tuple[Column, ...]:
    columns: list[Column] = []
    for value in _list(values, f"{where}: columns"):
        if isinstance(value, str):
            columns.append(Column(value, groups))
        else:
            group = _keys(value, f"{where}: columns", ("group", "columns"))
            columns += _columns(group["columns"], (*groups, _text(group["group"], where)), where)
    return tuple(columns)


def _part(values: Any, columns: tuple[Column, ...], where: str) -> Part:
    part = _keys(values, where, ("classes", "ours", "rows"), ("caption", "bundled"))
    ours = _texts(part["ours"], where)
    for kind in ours:
        if kind not in _OURS and not GMAC.fullmatch(kind):
            raise ConfigError(
                f"{where}: unknown column of ours {kind!r}: expected {', '.join(_OURS)} or gmac WIDTHxHEIGHT"
            )
    rows = tuple(
        _row(row, part["classes"], len(columns), f"{where}, row {number}")
        for number, row in enumerate(_list(part["rows"], where), 1)
    )
    return Part(_text(part.get("caption", ""), where), ours, rows, _bundled(part.get("bundled"), where))


def _row(values: Any, classes: int, width: int, where: str) -> Row:
    row = _keys(values, where, ("cells",), ("network", "weights", "classes"))
    cells = _texts(row["cells"], where)
    if len(cells) != width:
        raise ConfigError(f"{where}: expected {width} cells, got {len(cells)}")
    network = None
    if "network" in row:
        architecture, _, variant = _text(row["network"], where).partition("/")
        if variant not in ARCHITECTURES.get(architecture, {}):
            raise ConfigError(f"{where}: there is no network {row['network']!r}")
        network = (architecture, variant)
    try:
        weights = tuple(published(name) for name in _texts(row.get("weights", []), where))
    except CheckpointError as error:
        raise ConfigError(f"{where}: {error}") from error
    return Row(cells, network, weights, int(row.get("classes", classes)))


def _bundled(values: Any, where: str) -> Bundled | None:
    if values is None:
        return None
    bundled = _keys(values, f"{where}: bundled", ("models", "label", "miou", "classes"))
    classes = _keys(bundled["classes"], f"{where}: bundled: classes", tuple(bundled["classes"]))
    return Bundled(
        _texts(bundled["models"], where), _text(bundled["label"], where), _text(bundled["miou"], where), classes
    )


def _keys(values: Any, where: str, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> Mapping[str, Any]:
    if not isinstance(values, dict):
        raise ConfigError(f"{where}: expected key: value lines")
    for key in values:
        if key not in needed + optional:
            near = difflib.get_close_matches(str(key), needed + optional, 1)
            raise ConfigError(f"{where}: unknown key {key!r}{f'; did you mean {near[0]}?' if near else ''}")
    missing = [key for key in needed if key not in values]
    if missing:
        raise ConfigError(f"{where}: missing {', '.join(missing)}")
    return values


def _text(value: Any, where: str) -> str:
    # A bare 1.0 is a number to YAML, and would be printed as something else than it was.
    if not isinstance(value, str):
        raise ConfigError(f"{where}: expected text, got {value!r} (put it in quotes)")
    return value


def _list(values: Any, where: str) -> list[Any]:
    if not isinstance(values, list):
        raise ConfigError(f"{where}: expected a list, got {values!r}")
    return values


def _texts(values: Any, where: str) -> tuple[str, ...]:
    return tuple(_text(value, where) for value in _list(values, where))
