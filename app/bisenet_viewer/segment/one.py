"""`bisenet-viewer segment`: every frame of a recording, without a window, into a video and masks."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path, PurePosixPath
from queue import Empty, SimpleQueue
from statistics import median
from typing import Protocol
from urllib.parse import urlsplit

from bisenet.classes import ClassSet
from bisenet.engines import Engine, open_engine
from bisenet.interrupt import StopSignals
from bisenet_viewer.channel import Channel, ChannelClosed
from bisenet_viewer.errors import SourceError, UsageError
from bisenet_viewer.frame import Result, StreamInfo
from bisenet_viewer.overlay import OverlayStyle, render
from bisenet_viewer.pipeline import Ended, EngineOpened, Event, Failed, Pipeline, SourceOpened
from bisenet_viewer.progress import Progress
from bisenet_viewer.sinks.masks import MaskSink
from bisenet_viewer.sinks.video import VideoSink
from bisenet_viewer.sources import Source, open_source

DONE = 0
FRAMES_LOST = 3

_WAIT_S = 0.2
_RESULTS_WAITING = 4


@dataclass(frozen=True, slots=True)
class SegmentOptions:
    """What was asked for on the command line."""

    source: str
    output: Path | None = None
    """Where the video goes; None without `masks`: `NAME_overlay.mp4` in the current folder."""
    masks: Path | None = None
    """The folder for the masks; None: none are wanted."""
    model: str = "street-x39"
    device: str = "auto"
    imgsz: tuple[int, int] | None = None
    """The network's input (width, height); None: the model's own choice."""
    classes: tuple[str, ...] | None = None
    """Names of the classes to colour; None: all."""
    opacity: float = 0.5
    to_s: float | None = None
    """Stop when so many seconds of the source are done."""
    overwrite: bool = False

    @property
    def video(self) -> Path | None:
        """The video file, None when none is wanted."""
        if self.output is None and self.masks is None:
            return Path(f"{_stem(self.source)}_overlay.mp4")
        return self.output


class OpenEngine(Protocol):
    """As `bisenet.engines.open_engine`."""

    def __call__(self, name: str, model: str, *, imgsz: tuple[int, int] | None, device: str) -> Engine: ...


def run(
    options: SegmentOptions,
    *,
    open_source: Callable[[str], Source] = open_source,
    open_engine: OpenEngine = open_engine,
) -> int:
    """Do it all; the exit code is DONE, or FRAMES_LOST when damaged frames were left out.

    Raises AppError and BisenetError with one clear line, KeyboardInterrupt after SIGINT or SIGTERM; what was written
    until then is kept under a partial name, which is told on stderr.
    """
    _check(options)
    begin = time.monotonic()
    with ExitStack() as stack:
        stop = stack.enter_context(StopSignals())
        progress = stack.enter_context(Progress())
        work = _Work(
            partial(open_source, options.source),
            partial(open_engine, "auto", options.model, imgsz=options.imgsz, device=options.device),
        )
        stack.callback(work.stop)
        tally = _write_results(work, options, stop, progress)
        lost = {cause: count for cause, count in work.drops().items() if count}
        for cause, count in lost.items():
            progress.say(f"warning: frames left out: {count} ({cause})")
        told = work.info.frame_count
        if lost and options.to_s is None and told is not None and told > tally.frames:
            progress.say(f"warning: {work.info.name} is damaged or breaks off: {tally.frames} of {told} frames came")
    _report(options, tally, work, time.monotonic() - begin)
    return FRAMES_LOST if lost else DONE


def _check(options: SegmentOptions) -> None:
    """Everything that can be known before the input is opened and the model is loaded."""
    if options.to_s is None and options.source.startswith("demo:") and "seconds=" not in options.source:
        raise UsageError(f"{options.source} never ends: give --to SECONDS")
    video = options.video
    if video is not None:
        source = Path(options.source).expanduser()
        if video.exists() and source.exists() and video.samefile(source):
            raise UsageError(f"{video} is the input itself: choose another output")
        VideoSink.check(video, overwrite=options.overwrite)
    if options.masks is not None:
        MaskSink.check(options.masks, overwrite=options.overwrite)


class _Work:
    """The pipeline, and what its threads tell, gathered for the main thread."""

    def __init__(self, open_source: Callable[[], Source], open_engine: Callable[[], Engine]) -> None:
        self._open_engine = open_engine
        self._opened_source: SourceOpened | None = None
        self._opened_engine: EngineOpened | None = None
        self._failed: Failed | None = None
        self._results: Channel[Result] = Channel(_RESULTS_WAITING, "wait")
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._source_settled = threading.Event()
        self._wanted = True
        self._pipeline = Pipeline(
            open_source,
            self._open_engine_after_source,
            deliver=self._deliver,
            report=self._take_report,
            pacing="every-frame",
        )

    @property
    def info(self) -> StreamInfo:
        assert self._opened_source is not None
        return self._opened_source.info

    @property
    def engine(self) -> EngineOpened:
        assert self._opened_engine is not None
        return self._opened_engine

    def drops(self) -> dict[str, int]:
        """Frames that were not segmented, by cause."""
        return dict(self._pipeline.stats().drops)

    def steps(self) -> Iterator[Event | Result | None]:
        """Start, and yield what happens, in order; None when nothing does for a moment.

        Raises what broke the pipeline, after the results that came before it.
        """
        self._pipeline.start()
        while True:
            try:
                result = self._results.get(_WAIT_S)
            except ChannelClosed:
                break
            yield from self._new_events()
            yield result
        yield from self._new_events()
        if self._failed is not None:
            raise self._failed.error

    def stop(self) -> None:
        """Let both threads go, whatever they wait for, and join them."""
        self._wanted = False
        self._source_settled.set()
        self._results.close()
        self._pipeline.stop()

    def _new_events(self) -> Iterator[Event]:
        with suppress(Empty):
            while True:
                event = self._events.get_nowait()
                if isinstance(event, SourceOpened):
                    self._opened_source = event
                elif isinstance(event, EngineOpened):
                    self._opened_engine = event
                elif isinstance(event, Failed):
                    self._failed = event
                yield event

    # What follows runs on the pipeline's threads.

    def _open_engine_after_source(self) -> Engine:
        # A model takes seconds to load: that the input is not there should be told before.
        self._source_settled.wait()
        if not self._wanted:
            raise SourceError("the input was not opened")
        return self._open_engine()

    def _deliver(self, result: Result) -> None:
        with suppress(ChannelClosed):
            self._results.put(result)

    def _take_report(self, event: Event) -> None:
        self._events.put(event)
        if isinstance(event, Failed):
            self._wanted = False
        if isinstance(event, SourceOpened | Failed):
            self._source_settled.set()
        if isinstance(event, Ended | Failed):
            self._results.close()


class _Tally:
    """What was done, for the report."""

    def __init__(self) -> None:
        self.frames = 0
        self.begin_s = 0.0
        self._last_s = 0.0
        self._stage_ms: defaultdict[str, list[float]] = defaultdict(list)

    def add(self, result: Result, sinks: list[VideoSink | MaskSink]) -> None:
        if self.frames == 0:
            self.begin_s = result.frame.time_s
        self.frames += 1
        self._last_s = result.frame.time_s
        for stages in (result.stage_ms, *(sink.stage_ms for sink in sinks)):
            for stage, ms in stages.items():
                self._stage_ms[stage].append(ms)

    def seconds(self, rate: Fraction | None) -> float:
        """How long the frames last, the last one for as long as the nominal rate says."""
        return self._last_s - self.begin_s + (float(1 / rate) if rate else 0.0)

    def median_ms(self) -> dict[str, float]:
        """Per stage, in the order of the frame's path."""
        return {stage: median(values) for stage, values in self._stage_ms.items()}


def _write_results(work: _Work, options: SegmentOptions, stop: StopSignals, progress: Progress) -> _Tally:
    tally = _Tally()
    sinks: list[VideoSink | MaskSink] = []
    with ExitStack() as stack:
        for step in work.steps():
            stop.check()
            if isinstance(step, SourceOpened):
                if step.info.live and options.to_s is None:
                    raise UsageError(f"{step.info.name} never ends: give --to SECONDS")
                progress.expect(step.info, options.to_s)
            elif isinstance(step, EngineOpened):
                _check_names(options.classes, step.classes)
            elif isinstance(step, Result):
                if options.to_s is not None and tally.frames and step.frame.time_s - tally.begin_s >= options.to_s:
                    break
                if not sinks:
                    for sink in _open_sinks(options, work, progress):
                        stack.enter_context(sink)
                        sinks.append(sink)
                for sink in sinks:
                    sink.write(step)
                tally.add(step, sinks)
                progress.advance()
        if tally.frames == 0:
            raise SourceError(f"{work.info.name}: no frame could be read")
    return tally


def _check_names(wanted: tuple[str, ...] | None, classes: ClassSet) -> None:
    unknown = [name for name in wanted or () if name not in classes.names]
    if unknown:
        raise UsageError(f"no class {', '.join(unknown)}: the model knows {', '.join(classes.names)}")


def _open_sinks(options: SegmentOptions, work: _Work, progress: Progress) -> Iterator[VideoSink | MaskSink]:
    classes = work.engine.classes
    if options.video is not None:
        style = replace(OverlayStyle.of(classes), opacity=options.opacity)
        if options.classes is not None:
            style = replace(style, visible=frozenset(classes.names.index(name) for name in options.classes))
        source = Path(options.source).expanduser()
        yield VideoSink(
            options.video,
            work.info,
            render=partial(render, style=style),
            audio_from=source if source.is_file() else None,
            whole_audio=options.to_s is None,
            overwrite=options.overwrite,
            say=progress.say,
        )
    if options.masks is not None:
        yield MaskSink(options.masks, classes, overwrite=options.overwrite)


def _report(options: SegmentOptions, tally: _Tally, work: _Work, wall_s: float) -> None:
    info = work.engine.info
    for target in (options.video, options.masks):
        if target is not None:
            print(f"wrote   {target}")
    print(f"frames  {tally.frames}, {tally.seconds(work.info.rate):.2f} s of video")
    print(f"took    {wall_s:.1f} s, {tally.frames / wall_s:.1f} frames per second")
    print("ms      " + ", ".join(f"{stage} {ms:.1f}" for stage, ms in tally.median_ms().items()) + " (medians)")
    print(f"model   {info.model} ({info.engine}, {info.precision}) on {info.device}, {info.device_name}")


def _stem(uri: str) -> str:
    """A name for outputs: of a file its own, of a URL the last part of its path, never its user and password."""
    if "://" in uri:
        url = urlsplit(uri)
        return PurePosixPath(url.path).stem or url.hostname or url.scheme
    return f"camera{uri}" if uri.isdigit() else Path(uri).stem
