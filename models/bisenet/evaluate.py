"""A model's figures on a data set: the loop over its pictures, by any protocol and on any engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from os.path import commonpath
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet.data.files import SegmentationFiles
from bisenet.errors import ConfigError, DataError
from bisenet.evaluation.boundary import TOLERANCE, BoundaryTally
from bisenet.evaluation.metrics import Evaluation, confusion_of, parse_only
from bisenet.evaluation.protocol import WHOLE, Protocol
from bisenet.evaluation.report import Conditions, Report
from bisenet.evaluation.running import running
from bisenet.evaluation.worst import WorstPictures
from bisenet.exported import ExportedModel
from bisenet.segmenter import Segmenter

__all__ = ["Evaluation", "Progress", "Scored", "Segment", "confusion_of", "evaluate", "evaluate_model"]

Segment = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
"""(H, W, 3) uint8 RGB -> (H, W) uint8 class ids."""
Progress = Callable[[Iterable[int]], Iterable[int]]
"""Wraps the picture numbers, as `tqdm.tqdm` does."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One picture of the data set, and what came of it."""

    index: int
    rgb: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    predicted: NDArray[np.uint8]
    evaluation: Evaluation
    """Of this picture alone; without boundary F1."""


def evaluate(
    segment: Segment,
    classes: ClassSet,
    data: SegmentationFiles,
    progress: Progress = iter,
    *,
    only: tuple[str, ...] = (),
    boundary: float | None = None,
    on_picture: Callable[[Scored], None] | None = None,
) -> Evaluation:
    """Segment every picture and count against its labels, at the labels' own size.

    only: the classes that the means are over (empty: all). boundary: measure boundary F1 with this tolerance, a share
    of the diagonal. on_picture is called after each. Raises DataError for a damaged file.
    """
    confusion = np.zeros((len(classes), len(classes)), np.int64)
    tally = BoundaryTally(len(classes), boundary) if boundary is not None else None
    for index in progress(range(len(data))):
        rgb, labels = data.read(index)
        predicted = segment(rgb)
        counts = confusion_of(labels, predicted, len(classes))
        confusion += counts
        if tally:
            tally.add(labels, predicted)
        if on_picture:
            on_picture(Scored(index, rgb, labels, predicted, Evaluation(classes, counts, 1, only)))
    return Evaluation(classes, confusion, len(data), only, tally.scores() if tally else None)


def evaluate_model(
    model: Segmenter | ExportedModel | str,
    data: SegmentationFiles,
    protocol: Protocol = WHOLE,
    *,
    engine: str = "auto",
    device: str = "auto",
    precision: str = "auto",
    only: str = "",
    boundary: bool | float = False,
    worst: int = 0,
    progress: Progress = iter,
) -> Report:
    """Evaluate a model by name or path under a protocol.

    engine, device, precision: as in `open_engine`. Protocols that average views need logits, and so the torch engine's
    network, which they run in float32; an exported model of one size cannot do those that choose another for it.
    only: names of classes, by commas, that the means are over. boundary: whether to measure boundary F1, or its
    tolerance (True: 0.0075) as a share of the diagonal. worst: how many of the worst pictures to keep drawn.
    Raises ConfigError for options that cannot be, DataError for the data, and what `open_engine` raises.
    """
    tolerance = (TOLERANCE if boundary else None) if isinstance(boundary, bool) else boundary
    if tolerance is not None and not 0 < tolerance < 1:
        raise ConfigError(f"the boundary tolerance is a share of the diagonal between 0 and 1, got {tolerance:g}")
    if worst < 0:
        raise ConfigError(f"--worst must not be negative, got {worst}")
    if len(data) == 0:
        raise DataError(f"{data.name} has no pictures to evaluate on")
    height, width = data.read(0)[1].shape
    with running(model, protocol, engine, device, precision, (width, height)) as ready:
        classes = ready.classes
        chosen = parse_only(only, classes) if only else ()
        kept = WorstPictures(classes, worst)
        names = _names([picture for picture, _ in data.pairs])
        scores: list[tuple[str, float]] = []

        def keep(scored: Scored) -> None:
            name, miou = names[scored.index], scored.evaluation.miou
            scores.append((name, miou))
            kept.add(name, miou, scored.rgb, scored.labels, scored.predicted)

        began = time.monotonic()
        evaluation = evaluate(ready.segment, classes, data, progress, only=chosen, boundary=tolerance, on_picture=keep)
        conditions = Conditions(data.name, protocol, ready.info, time.monotonic() - began)
    return Report(evaluation, conditions, tuple(scores), kept.pictures())


def _names(pictures: list[Path]) -> list[str]:
    """What tells the files apart: their paths from the folder that all are in."""
    folder = commonpath([picture.parent for picture in pictures])
    return [picture.relative_to(folder).as_posix() for picture in pictures]
