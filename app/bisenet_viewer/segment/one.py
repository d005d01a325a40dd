"""One input from its first frame to its last."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Protocol

from bisenet.engines import Engine, open_engine
from bisenet.interrupt import StopSignals
from bisenet_viewer.address import public
from bisenet_viewer.errors import SourceError, UsageError
from bisenet_viewer.frame import Result, StreamInfo
from bisenet_viewer.log import SourceLog
from bisenet_viewer.pipeline.events import EngineOpened, SourceOpened
from bisenet_viewer.progress import Progress
from bisenet_viewer.segment.excerpt import excerpt_of
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.segment.outputs import TimedSink, check_outputs, open_sinks, write_all
from bisenet_viewer.segment.report import print_outcome
from bisenet_viewer.segment.tally import Outcome, Tally
from bisenet_viewer.segment.views import blend_of, chosen_ids
from bisenet_viewer.segment.work import Work
from bisenet_viewer.sinks.video import VideoSink
from bisenet_viewer.sources import Source, open_source

DONE = 0
FRAMES_LOST = 3

_log = logging.getLogger(__name__)


class OpenSource(Protocol):
    """As `bisenet_viewer.sources.open_source`."""

    def __call__(self, uri: str, /, *, on_card: int | None = None) -> Source: ...


class OpenEngine(Protocol):
    """As `bisenet.engines.open_engine`."""

    def __call__(
        self,
        name: str,
        model: str,
        *,
        imgsz: tuple[int, int] | None,
        device: str,
        precision: str,
        threads: int | None,
        context_every: int,
        say: Callable[[str], None],
    ) -> Engine: ...


class Stop(Protocol):
    """Whether to go on."""

    def check(self) -> None:
        """Raise KeyboardInterrupt when it was asked to stop."""
        ...


class Watcher(Protocol):
    """Sees how far one input is."""

    def expect(self, info: StreamInfo) -> None:
        """The input is open."""
        ...

    def advance(self) -> None:
        """One more frame is done."""
        ...

    def say(self, text: str) -> None:
        """Tell one line."""
        ...


def run(
    options: SegmentOptions, *, open_source: OpenSource = open_source, open_engine: OpenEngine = open_engine
) -> int:
    """Do it all, and tell about it; the exit code is DONE, or FRAMES_LOST when damaged frames were left out.

    Raises AppError and BisenetError with one clear line, KeyboardInterrupt after SIGINT or SIGTERM; what was written
    until then is kept under a partial name, which is told on stderr.
    """
    check_outputs(options)
    check_end(options)
    with StopSignals() as stop, Progress() as progress:
        outcome = segment_one(
            options, open_source=open_source, open_engine=engine_opener(options, open_engine, progress.say),
            stop=stop, watcher=progress,
        )  # fmt: skip
    print_outcome(outcome)
    return FRAMES_LOST if outcome.lost else DONE


def engine_opener(options: SegmentOptions, open_engine: OpenEngine, say: Callable[[str], None]) -> Callable[[], Engine]:
    """Opens the engine that is asked for; say: takes a line about which it chose."""
    return partial(
        open_engine,
        options.engine,
        options.model,
        imgsz=options.imgsz,
        device=options.device,
        precision=options.precision,
        threads=options.threads,
        context_every=options.context_every,
        say=say,
    )


def check_end(options: SegmentOptions) -> None:
    """Raise UsageError where the address says that the input never ends, and no end is given."""
    if options.to_s is None and options.source.startswith("demo:") and "seconds=" not in options.source:
        raise UsageError(f"{options.source} never ends: give --to SECONDS")


def segment_one(
    options: SegmentOptions,
    *,
    open_source: OpenSource,
    open_engine: Callable[[], Engine],
    stop: Stop,
    watcher: Watcher,
    card: int | None = None,
) -> Outcome:
    """Segment all frames that are wanted of one input into its outputs, which were checked.

    card: of the engine, where that is open already and on one.

    Raises AppError and BisenetError with one clear line, KeyboardInterrupt when `stop` says so; what was written until
    then is kept under a partial name, which is told.
    """
    begin = time.monotonic()
    with ExitStack() as stack:
        work = Work(
            lambda on_card: _opened(options, open_source, on_card),
            open_engine,
            confidence=options.wants_confidence,
            blend=lambda classes: blend_of(options, classes),
            keeps_on_card=options.keeps_on_card,
            known_card=card,
        )
        stack.callback(work.stop)
        tally, encoder = _write_results(work, options, stop, watcher)
        lost = work.lost()
        _tell_losses(lost, work.info, tally, options, watcher)
    return Outcome(
        source=public(options.source),
        ending="done",
        outputs=tuple(str(path) for path in options.outputs),
        frames=tally.frames,
        seconds=tally.seconds(work.info.rate),
        wall_s=time.monotonic() - begin,
        lost=lost,
        stage_ms=tally.median_ms(),
        engine=work.engine.info,
        encoder=encoder,
    )


def _opened(options: SegmentOptions, open_source: OpenSource, card: int | None) -> Source:
    """card: where its pictures may stay."""
    source = open_source(options.source) if card is None else open_source(options.source, on_card=card)
    return excerpt_of(source, from_s=options.from_s, to_s=options.to_s, every=options.every)


def _write_results(work: Work, options: SegmentOptions, stop: Stop, watcher: Watcher) -> tuple[Tally, str | None]:
    """What was counted, and FFmpeg's name of the video's encoder."""
    tally = Tally()
    sinks: list[TimedSink] = []
    events = SourceLog(_log, public(options.source))
    with ExitStack() as stack:
        for step in work.steps():
            stop.check()
            if isinstance(step, SourceOpened):
                if step.info.live and options.to_s is None:
                    raise UsageError(f"{step.info.name} never ends: give --to SECONDS")
                rate = "unknown" if step.info.rate is None else f"{float(step.info.rate):.2f}"
                events.info("opened: %dx%d, frames per second: %s", step.info.width, step.info.height, rate)
                watcher.expect(step.info)
            elif isinstance(step, EngineOpened):
                events.info("engine: %s %s on %s", step.info.engine, step.info.precision, step.info.device)
                chosen_ids(options, step.classes)  # before anything is written
            elif isinstance(step, Result):
                if not sinks:
                    for sink in open_sinks(
                        options, work.info, work.engine.classes,
                        lost=lambda: sum(work.lost().values()), say=watcher.say,
                    ):  # fmt: skip
                        stack.enter_context(sink)
                        sinks.append(sink)
                tally.add(step, write_all(sinks, step).items())
                watcher.advance()
        if tally.frames == 0:
            raise SourceError(f"{work.info.name}: no frame could be read")
    events.info("written: %d frames", tally.frames)
    return tally, next((sink.encoder for sink in sinks if isinstance(sink, VideoSink)), None)


def _tell_losses(
    lost: dict[str, int], info: StreamInfo, tally: Tally, options: SegmentOptions, watcher: Watcher
) -> None:
    for cause, count in lost.items():
        watcher.say(f"warning: frames left out: {count} ({cause})")
    told = info.frame_count
    if lost and options.is_whole and told is not None and told > tally.frames:
        watcher.say(f"warning: {info.name} is damaged or breaks off: {tally.frames} of {told} frames came")
