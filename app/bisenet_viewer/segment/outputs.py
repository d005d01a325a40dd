"""From what is wanted of an input to the sinks that make it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol, Self

from bisenet.classes import ClassSet
from bisenet_viewer.errors import UsageError
from bisenet_viewer.frame import Result, StreamInfo
from bisenet_viewer.overlay import class_shares
from bisenet_viewer.segment.naming import stem_of
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.segment.views import blend_of, chosen_ids, renderer_of
from bisenet_viewer.sinks import Sink, coco, stats
from bisenet_viewer.sinks.coco import CocoSink
from bisenet_viewer.sinks.confidence import ConfidenceSink
from bisenet_viewer.sinks.cvat import CvatSink
from bisenet_viewer.sinks.dataset import DatasetSink
from bisenet_viewer.sinks.masks import MaskSink
from bisenet_viewer.sinks.numbered import NumberedPictures
from bisenet_viewer.sinks.stats import StatsSink
from bisenet_viewer.sinks.target import check_new_file
from bisenet_viewer.sinks.video import VideoSink
from bisenet_viewer.sources.listing import is_picture


class TimedSink(Sink, Protocol):
    """A sink that tells what its last `write` took."""

    @property
    def stage_ms(self) -> Mapping[str, float]:
        """Milliseconds per stage."""
        ...

    def __enter__(self) -> Self: ...


def check_outputs(options: SegmentOptions) -> None:
    """Raise SinkError or UsageError for what can be known before the input is opened and the model is loaded."""
    source = Path(options.source).expanduser()
    for path in options.outputs:
        if path.exists() and source.exists() and path.samefile(source):
            raise UsageError(f"{path} is the input itself: choose another output")
    if options.video is not None:
        VideoSink.check(options.video, overwrite=options.overwrite, encoding=options.encoding)
    if options.cvat is not None:
        CvatSink.check(options.cvat, overwrite=options.overwrite)
    for file, formats in ((options.coco, coco.FORMATS), (options.stats, stats.FORMATS)):
        if file is not None:
            check_new_file(file, formats, overwrite=options.overwrite)
    for folder in (options.masks, options.confidence):
        if folder is not None:
            NumberedPictures.check(folder, overwrite=options.overwrite)
    if options.dataset is not None:
        DatasetSink.check(options.dataset, overwrite=options.overwrite)


def open_sinks(
    options: SegmentOptions,
    info: StreamInfo,
    classes: ClassSet,
    *,
    lost: Callable[[], int],
    say: Callable[[str], None],
) -> Iterator[TimedSink]:
    """The sinks one after the other, the statistics last: the times of the others go into them. Raises SinkError.

    info: of what is read. lost: how many frames were left out until now. say: takes one line for people.
    """
    overwrite, chosen = options.overwrite, chosen_ids(options, classes)
    if options.video is not None:
        yield VideoSink(
            options.video,
            info,
            render=renderer_of(options, classes),
            blend=blend_of(options, classes),
            encoding=options.encoding,
            tracks_from=_tracks_from(options.source),
            whole_tracks=options.to_s is None,
            from_zero=options.from_s > 0,
            overwrite=overwrite,
            say=say,
        )
    if options.masks is not None:
        yield MaskSink(options.masks, classes, overwrite=overwrite)
    if options.confidence is not None:
        yield ConfidenceSink(options.confidence, overwrite=overwrite)
    if options.dataset is not None:
        name = stem_of(options.source)
        yield DatasetSink(options.dataset, name, classes, certain=options.certain, overwrite=overwrite)
    if options.cvat is not None:
        yield CvatSink(options.cvat, classes, chosen=chosen, overwrite=overwrite, say=say)
    if options.coco is not None:
        yield CocoSink(options.coco, classes, chosen=chosen, overwrite=overwrite, say=say)
    if options.stats is not None:
        yield StatsSink(options.stats, classes, shares=class_shares, lost=lost, overwrite=overwrite, say=say)


def write_all(sinks: list[TimedSink], result: Result) -> dict[str, float]:
    """Give one result to each sink; what the frame took in all, milliseconds per stage. Raises SinkError."""
    stages = dict(result.stage_ms)
    for sink in sinks:
        sink.write(replace(result, stage_ms=dict(stages)))
        stages.update(sink.stage_ms)
    return stages


def _tracks_from(source: str) -> Path | None:
    """The file whose sound and other tracks belong to the frames, where these come from one video file."""
    path = Path(source).expanduser()
    return path if path.is_file() and not is_picture(path) and path.suffix.lower() != ".txt" else None
