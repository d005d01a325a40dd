"""`bisenet-viewer benchmark`: what runs how fast on this machine, in figures that can be believed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from bisenet.interrupt import StopSignals
from bisenet_viewer.benchmark.bench import PICTURES, Order
from bisenet_viewer.benchmark.chart import chart_png
from bisenet_viewer.benchmark.compare import comparison
from bisenet_viewer.benchmark.machine import this_machine
from bisenet_viewer.benchmark.measuring import Found, How, Measuring, Subject
from bisenet_viewer.benchmark.options import BenchmarkOptions, what_to_measure
from bisenet_viewer.benchmark.outputs import check_outputs, write_whole
from bisenet_viewer.benchmark.paper_table import table_5
from bisenet_viewer.benchmark.plan import Configuration, Size
from bisenet_viewer.benchmark.report_file import read_report, to_json
from bisenet_viewer.benchmark.results import Report, Settings
from bisenet_viewer.benchmark.tables import report_markdown, report_text
from bisenet_viewer.benchmark.tally import busy_elsewhere
from bisenet_viewer.benchmark.video import prepare_clip
from bisenet_viewer.benchmark.worker import Worker

DONE = 0
INTERRUPTED = 130

_PICTURES_S = PICTURES / 30

OpenSubject = Callable[[Order, Callable[[], None]], Subject]


def run(options: BenchmarkOptions, *, open_subject: OpenSubject = Worker) -> int:
    """Measure, print, and write what was asked for. DONE, or INTERRUPTED with what was measured until then.

    Raises AppError and BisenetError with one clear line where nothing could be measured; KeyboardInterrupt where
    nothing was measured yet.
    """
    outputs = [path for path in (options.json, options.chart, options.markdown) if path is not None]
    check_outputs(outputs, overwrite=options.overwrite)
    earlier = None if options.compare is None else read_report(options.compare)
    wanted, source = what_to_measure(options)
    found = Found()
    partial = False
    try:
        _measure(options, wanted, found, open_subject)
    except KeyboardInterrupt:
        partial = True
    report = _report(options, source, found, partial=partial)
    if not report.measurements:
        raise found.errors[0] if found.errors and not partial else KeyboardInterrupt
    if options.table:
        print(f"{table_5(report, 'text')}\n")
    print(report_text(report))
    if earlier is not None and options.compare is not None:
        print(f"\n{comparison(report, earlier, options.compare.name)}")
    _write(options, report)
    return INTERRUPTED if partial else DONE


def _measure(
    options: BenchmarkOptions, wanted: Sequence[Configuration], found: Found, open_subject: OpenSubject
) -> None:
    with ExitStack() as stack:
        stop = stack.enter_context(StopSignals())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bisenet-viewer-")))
        line = stack.enter_context(tqdm(desc="benchmark", bar_format="{desc} [{elapsed}]", leave=False, disable=None))

        def tell(text: str) -> None:
            stop.check()
            line.set_description_str(text)

        how = How(
            device=options.device,
            threads=options.threads,
            limits=options.limits,
            clips=_clips(options, wanted, folder, tell, stop.check),
            folder=folder,
            clip_s=options.clip_s,
            clip_runs=options.clip_runs,
        )
        Measuring(how, lambda order: open_subject(order, stop.check), tell, found=found).measure(wanted)


def _clips(
    options: BenchmarkOptions,
    wanted: Sequence[Configuration],
    folder: Path,
    tell: Callable[[str], None],
    check: Callable[[], None],
) -> dict[Size, Path]:
    """A file of pictures for each size that more than the network is measured at."""
    clips = {}
    for picture in dict.fromkeys(each.sizes.picture for each in wanted if not each.network_only):
        if options.clip_s is not None and not options.is_drawn:
            clips[picture] = Path(options.source).expanduser()
            continue
        tell(f"preparing pictures of {picture[0]}x{picture[1]}")
        clips[picture] = folder / f"{picture[0]}x{picture[1]}.mp4"
        prepare_clip(options.source, picture, options.clip_s or _PICTURES_S, clips[picture], check)
    return clips


def _report(options: BenchmarkOptions, source: str, found: Found, *, partial: bool) -> Report:
    limits = options.limits
    measured = [measurement for tally in found.tallies if (measurement := tally.measurement()) is not None]
    together = list(dict.fromkeys(measurement.peers for measurement in measured))
    measured.sort(key=lambda each: (together.index(each.peers), each.chain == "baseline"))
    return Report(
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        partial=partial,
        machine=this_machine(),
        settings=Settings(
            source, options.device, options.threads, limits.repeats, limits.seconds, options.clip_s
        ),
        busy_elsewhere=busy_elsewhere(found.tallies),
        measurements=tuple(measured),
        videos=tuple(found.videos),
        left_out=tuple(found.left_out),
    )  # fmt: skip


def _write(options: BenchmarkOptions, report: Report) -> None:
    if options.json is not None:
        write_whole(options.json, to_json(report).encode())
    if options.markdown is not None:
        table = table_5(report, "markdown") + "\n" if options.table else ""
        write_whole(options.markdown, (report_markdown(report) + "\n" + table).encode())
    if options.chart is not None:
        write_whole(options.chart, chart_png(report))
    for path in (options.json, options.markdown, options.chart):
        if path is not None:
            print(f"wrote   {path}")
