"""The V1 paper's table of speeds with this machine beside it."""

from __future__ import annotations

import textwrap

from bisenet.grid import Column, Grid
from bisenet.table_file import Row, Table, load_table
from bisenet_viewer.benchmark.plan import PAPER_SIZES, Configuration, Sizes
from bisenet_viewer.benchmark.results import Report

_SIZES = PAPER_SIZES[:3]
_NOTE = (
    "This machine: the network alone, as in the paper; median of repeats in turns. The networks have random weights "
    "and 19 classes: their speed does not depend on the weights. Ours 1 is Xception39, Ours 2 ResNet-18."
)


def table_5_configurations(engine: str, precision: str, *, quick: bool) -> list[Configuration]:
    """SegNet, ENet, X39 and R18, at the first size or at all three of the table."""
    return [
        Configuration(_network(row), sizes, engine, precision, network_only=True)
        for sizes in (_SIZES[:1] if quick else _SIZES)
        for row in _rows(load_table("v1-5"))
    ]


def table_5(report: Report, format: str) -> str:
    """The table as printed, and our columns; `text` or `markdown`."""
    published = load_table("v1-5")
    columns = tuple(
        Column(unit, ("this machine", f"{sizes.picture[0]}×{sizes.picture[1]}"))
        for sizes in _SIZES
        for unit in ("ms", "fps")
    )
    rows = tuple(
        row.cells + tuple(cell for sizes in _SIZES for cell in _cells(report, row, sizes)) for row in _rows(published)
    )
    grid = Grid(published.columns + columns, rows)
    title = f"{published.title}\n{published.source}"
    if format == "markdown":
        return f"## {published.title}\n\n{published.source}\n\n{grid.markdown()}\n\n{_NOTE}\n"
    return f"{title}\n\n{grid.text()}\n\n{textwrap.fill(_NOTE, 120)}"


def _cells(report: Report, row: Row, sizes: Sizes) -> tuple[str, str]:
    """Milliseconds and frames per second of the network; `-` where it was not measured."""
    found = (each for each in report.measurements if each.model == _network(row) and each.sizes == sizes)
    measurement = next(found, None)
    if measurement is None:
        return "-", "-"
    ms = measurement.stages["network"].median
    return f"{ms:.0f}" if ms >= 100 else f"{ms:.1f}", f"{1000 / ms:.1f}" if ms <= 1000 else f"{1000 / ms:.2f}"


def _rows(table: Table) -> list[Row]:
    return [row for part in table.parts for row in part.rows if row.network]


def _network(row: Row) -> str:
    assert row.network is not None
    return "/".join(row.network)
