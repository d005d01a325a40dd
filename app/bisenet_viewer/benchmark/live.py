"""`python -m bisenet_viewer.benchmark.live MODEL@WxH ...`: networks measured for another program that looks on.

Each line on stdout is a JSON object: `doing` (text), `figure` (a median that changes as repeats are added), `left_out`
(what could not be measured, and why), `done`. Size by size, the models of a size in turns. SIGTERM, and nobody who
reads any more, end it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from bisenet.interrupt import StopSignals
from bisenet_viewer.benchmark.bench import Order
from bisenet_viewer.benchmark.measuring import Found, How, Measuring, Subject
from bisenet_viewer.benchmark.plan import Configuration, Sizes
from bisenet_viewer.benchmark.schedule import Limits
from bisenet_viewer.benchmark.tally import Tally, busy_elsewhere
from bisenet_viewer.benchmark.worker import Worker
from bisenet_viewer.errors import UsageError

LIMITS = Limits(repeats=24, seconds=8.0)
"""For each network and size."""

OpenSubject = Callable[[Order, Callable[[], None]], Subject]
Tell = Callable[[dict[str, Any]], None]


def main(arguments: Sequence[str]) -> int:
    """0 when all was measured, 130 when it was ended before. Raises UsageError."""
    wanted = [_configuration(text) for text in arguments]
    with StopSignals() as stop:
        try:
            measure(wanted, _print, stop.check)
        except (KeyboardInterrupt, BrokenPipeError):
            return 130
    return 0


def measure(
    wanted: Sequence[Configuration],
    tell: Tell,
    check: Callable[[], None],
    *,
    open_subject: OpenSubject = Worker,
    limits: Limits = LIMITS,
) -> None:
    """Tell what is found while it is found. check: raises what is to end it."""
    found = Found()
    progress = _Progress(found, tell)
    with tempfile.TemporaryDirectory(prefix="bisenet-viewer-") as folder:
        how = How(device="auto", threads=None, limits=limits, clips={}, folder=Path(folder))

        def note(text: str) -> None:
            check()
            progress.tell_news()
            tell({"kind": "doing", "text": _named(text)})

        measuring = Measuring(how, lambda order: open_subject(order, check), note, found=found)
        for _, group in groupby(wanted, key=lambda configuration: configuration.sizes):
            measuring.measure(list(group))
            progress.tell_news()
    tell({"kind": "done", "busy_elsewhere": busy_elsewhere(found.tallies)})


class _Progress:
    """Tells each figure when it has changed, and each fault once."""

    def __init__(self, found: Found, tell: Tell) -> None:
        self._found, self._tell = found, tell
        self._told: dict[str, dict[str, Any]] = {}
        self._told_left_out = 0

    def tell_news(self) -> None:
        for tally in self._found.tallies:
            figure = _figure(tally)
            label = tally.configuration.label
            if figure is not None and self._told.get(label) != figure:
                self._told[label] = figure
                self._tell(figure)
        for left in self._found.left_out[self._told_left_out :]:
            self._tell({"kind": "left_out", "what": _named(left.what), "why": left.why})
        self._told_left_out = len(self._found.left_out)


def _named(text: str) -> str:
    """Of a configuration's label, what differs: all run on what is fastest."""
    return text.replace(" auto auto ", " at ")


def _figure(tally: Tally) -> dict[str, Any] | None:
    measurement = tally.measurement()
    if measurement is None:
        return None
    network = measurement.stages["network"]
    return {
        "kind": "figure",
        "model": tally.configuration.model,
        "size": list(measurement.sizes.imgsz),
        "ms": network.median,
        "repeats": network.count,
        "engine": measurement.engine,
        "precision": measurement.precision,
        "device": measurement.device_name,
    }


def _configuration(text: str) -> Configuration:
    model, at, size = text.rpartition("@")
    try:
        return Configuration(model, Sizes.parse(size), network_only=True)
    except ValueError as error:
        raise UsageError(f"expected MODEL@WxH, got {text!r}" if not at else f"{text!r}: {error}") from None


def _print(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
