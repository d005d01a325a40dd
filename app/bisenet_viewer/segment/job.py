"""`Job`: does one input after the other with one engine, and says how each ended."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from bisenet.engines import Engine
from bisenet.errors import BisenetError, CheckpointError, ConfigError, EngineError
from bisenet_viewer.address import public
from bisenet_viewer.errors import AppError, SinkError, UsageError
from bisenet_viewer.log import SourceLog
from bisenet_viewer.segment.engine_thread import EngineThread
from bisenet_viewer.segment.one import OpenSource, Stop, Watcher, segment_one
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.segment.record import note_begun, note_done
from bisenet_viewer.segment.tally import Outcome
from bisenet_viewer.sinks.target import is_disk_full

_WAIT_S = 0.2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settled:
    """One input is over and done with."""

    outcome: Outcome
    fatal: AppError | BisenetError | None = None
    """What would end all further inputs in the same way."""


class Job:
    """The model is loaded for the first input, and once for all: they have the same settings."""

    def __init__(self, open_source: OpenSource, engine: EngineThread, stop: Stop) -> None:
        """engine: other jobs may use it too, each on a thread of its own, where it is on a card."""
        self._open_source = open_source
        self._engine = engine
        self._stop = stop
        self._was_lent = False

    def do(self, options: SegmentOptions, watcher: Watcher) -> Settled:
        """Segment one input. A fault of it is in the outcome; only a wish to stop is raised, as KeyboardInterrupt."""
        begin = time.monotonic()
        # A card that is lost must not fail one input after the other while others have still to find out.
        while not self._engine.await_settled(_WAIT_S):
            self._stop.check()
        self._was_lent = False
        try:
            note_begun(options)
            outcome = segment_one(
                options,
                open_source=self._open_source,
                open_engine=self._borrow,
                stop=self._stop,
                watcher=watcher,
                card=self._engine.card,
            )
            note_done(options, outcome)
        except (AppError, BisenetError) as error:
            fatal = error if self._ends_all(error) else None
            if isinstance(error, EngineError):
                self._engine.drop()
            text = " ".join(str(error).split())
            return Settled(failed(options, text, time.monotonic() - begin), fatal)
        except Exception as error:  # noqa: BLE001  the top of an input, as of a thread
            # A bug that one input brings out must not end a night's work on the others.
            SourceLog(_log, public(options.source)).exception("internal error")
            text = f"internal error: {type(error).__name__}: {error}; please report it"
            return Settled(failed(options, text, time.monotonic() - begin))
        return Settled(outcome)

    def _borrow(self) -> Engine:
        engine = self._engine.lend()
        self._was_lent = True
        return engine

    def _ends_all(self, error: AppError | BisenetError) -> bool:
        if isinstance(error, EngineError):
            return not self._was_lent
        if isinstance(error, SinkError):
            return is_disk_full(error)
        return isinstance(error, UsageError | CheckpointError | ConfigError)


def failed(options: SegmentOptions, text: str, wall_s: float = 0.0) -> Outcome:
    """The outcome of an input that failed."""
    outputs = tuple(str(path) for path in options.outputs)
    return Outcome(public(options.source), "failed", outputs, wall_s=wall_s, error=text)


def interrupted(options: SegmentOptions, wall_s: float = 0.0) -> Outcome:
    """The outcome of an input that was being done when it was asked to stop."""
    outputs = tuple(str(path) for path in options.outputs)
    return Outcome(public(options.source), "interrupted", outputs, wall_s=wall_s)
