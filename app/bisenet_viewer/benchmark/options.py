"""`BenchmarkOptions`: what was asked for, and what is to be measured by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bisenet_viewer.benchmark.paper_table import table_5_configurations
from bisenet_viewer.benchmark.plan import (
    ALL_PRECISIONS,
    DEFAULT_SIZES,
    Configuration,
    Size,
    Sizes,
    all_engines,
    configurations,
    fitted,
    wanted_sizes,
)
from bisenet_viewer.benchmark.schedule import Limits
from bisenet_viewer.errors import UsageError
from bisenet_viewer.sources import open_source

_CLIP_RUNS = 3


@dataclass(frozen=True, slots=True)
class BenchmarkOptions:
    """What was asked for on the command line: see `arguments`."""

    models: Sequence[str]
    engines: Sequence[str] = ()
    precisions: Sequence[str] = ()
    sizes: Sequence[Sizes] = ()
    all: bool = False
    quick: bool = False
    baseline: bool = False
    table: str | None = None
    clip_s: float | None = None
    source: str = "demo://"
    device: str = "auto"
    threads: int | None = None
    repeats: int | None = None
    seconds: float | None = None
    json: Path | None = None
    chart: Path | None = None
    markdown: Path | None = None
    compare: Path | None = None
    overwrite: bool = False

    @property
    def is_drawn(self) -> bool:
        """Whether the pictures are drawn, at any size; else they come from a file or a camera."""
        return self.source.startswith("demo:")

    @property
    def limits(self) -> Limits:
        """Of the turns; with `--clip` the repeats are of whole clips."""
        repeats = None if self.clip_s is not None else self.repeats
        return Limits.wanted(repeats, self.seconds, quick=self.quick)

    @property
    def clip_runs(self) -> int:
        """How often a whole clip is run."""
        return self.repeats or (1 if self.quick else _CLIP_RUNS)


def what_to_measure(options: BenchmarkOptions) -> tuple[list[Configuration], str]:
    """The configurations, and the source's name for the report. Raises UsageError for what does not fit together."""
    engines = options.engines or (all_engines(options.device) if options.all else ())
    precisions = options.precisions or (ALL_PRECISIONS if options.all else ())
    if options.table is not None:
        if options.sizes or options.all or options.baseline or options.clip_s is not None:
            raise UsageError("--table has its own networks and sizes: leave --size, --all, --baseline and --clip out")
        if len(engines) > 1 or len(precisions) > 1:
            raise UsageError("--table takes one engine and one precision")
        engine, precision = (*engines, "auto")[0], (*precisions, "auto")[0]
        return table_5_configurations(engine, precision, quick=options.quick), "noise"
    sizes = wanted_sizes(options.sizes, everything=options.all, quick=options.quick)
    with open_source(options.source) as source:  # a fault of it is told before the long work
        info = source.info
    if options.clip_s is not None:
        sizes = _clip_sizes(options, None if options.is_drawn else (info.width, info.height))
    return configurations(options.models, engines, precisions, sizes, baseline=options.baseline), info.name


def _clip_sizes(options: BenchmarkOptions, picture: Size | None) -> Sequence[Sizes]:
    """A file goes through `segment` in its own size; the drawn street is drawn as asked for."""
    if picture is None:
        return options.sizes or DEFAULT_SIZES[:1]
    others = [str(sizes) for sizes in options.sizes if sizes.picture != picture]
    if others:
        raise UsageError(
            f"--clip takes the pictures as they are, {picture[0]}x{picture[1]}: {', '.join(others)} is another size"
        )
    return options.sizes or [fitted(picture)]
