"""What the speed page shows: frozen, made anew with each figure that comes in. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bisenet_viewer.gui.numbers.paper_figures import V1_SIZES, V2_SIZE, PaperSpeed, Size

SUBJECTS: tuple[tuple[str, str], ...] = (
    ("bisenetv1-x39/torchseg", "street-x39"),
    ("bisenetv1-r18/torchseg", "street-r18"),
    ("bisenetv2/coincheung", "street-v2"),
)
"""The papers' networks that are measured here, each by the bundled model that stands for it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One network measured here at one size."""

    model: str
    size: Size
    ms: float
    repeats: int
    engine: str
    precision: str
    device: str

    @property
    def fps(self) -> float:
        return 1000 / self.ms


@dataclass(frozen=True, slots=True)
class Row:
    """One network: as published, and here."""

    method: str
    model: str | None
    """What stands for it here; None: it is not measured."""
    paper_fps: float
    paper_ms: float
    here: Figure | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One input size."""

    size: Size
    card: str
    """What the paper measured on."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class SpeedContent:
    """The whole page."""

    panels: tuple[Panel, ...]
    left_out: tuple[str, ...] = ()
    """What could not be measured, and why."""
    busy_elsewhere: float | None = None
    """Cores that other programs kept busy meanwhile, in the mean."""
    figures: tuple[Figure, ...] = ()
    """All that was measured."""

    @classmethod
    def of(cls, speeds: Sequence[PaperSpeed], v1_card: str, v2_card: str) -> SpeedContent:
        """The papers' figures alone."""
        models = dict(SUBJECTS)
        return cls(
            tuple(
                Panel(
                    size,
                    v2_card if size == V2_SIZE else v1_card,
                    tuple(
                        Row(speed.method, models.get(speed.network), speed.fps, speed.ms)
                        for speed in speeds
                        if speed.size == size
                    ),
                )
                for size in (*V1_SIZES, V2_SIZE)
            )
        )

    def with_figure(self, figure: Figure) -> SpeedContent:
        """With what was measured here, in place of an earlier figure of the same."""
        others = tuple(each for each in self.figures if (each.model, each.size) != (figure.model, figure.size))
        panels = tuple(
            replace(panel, rows=tuple(_with_here(row, figure) for row in panel.rows))
            if panel.size == figure.size
            else panel
            for panel in self.panels
        )
        return replace(self, panels=panels, figures=(*others, figure))

    def without_figures(self) -> SpeedContent:
        """As before anything was measured."""
        panels = tuple(
            replace(panel, rows=tuple(replace(row, here=None) for row in panel.rows)) for panel in self.panels
        )
        return SpeedContent(panels)

    def with_left_out(self, what: str) -> SpeedContent:
        """With one more that could not be measured."""
        return replace(self, left_out=(*self.left_out, what))

    def with_load(self, busy_elsewhere: float | None) -> SpeedContent:
        """With what other programs did meanwhile."""
        return replace(self, busy_elsewhere=busy_elsewhere)

    def orders(self) -> list[str]:
        """What is to be measured, as MODEL@WxH, size by size."""
        return [
            f"{row.model}@{panel.size[0]}x{panel.size[1]}"
            for panel in self.panels
            for row in panel.rows
            if row.model is not None
        ]


def _with_here(row: Row, figure: Figure) -> Row:
    return replace(row, here=figure) if row.model == figure.model else row
