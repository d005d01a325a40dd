"""`Work`: the pipeline over one input, and what its threads tell, gathered for the thread that writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue

from bisenet.classes import ClassSet
from bisenet.engines import BlendTable, Engine
from bisenet_viewer.channel import Channel, ChannelClosed
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Result, StreamInfo
from bisenet_viewer.pipeline.events import Ended, EngineOpened, Event, Failed, SourceOpened
from bisenet_viewer.pipeline.pipeline import Pipeline
from bisenet_viewer.segment.card_source import CardSource, card_of
from bisenet_viewer.sources import Source

_WAIT_S = 0.2
_RESULTS_WAITING = 4


class Work:
    """Owns the pipeline's threads from `steps` to `stop`."""

    def __init__(
        self,
        open_source: Callable[[int | None], Source],
        open_engine: Callable[[], Engine],
        *,
        confidence: bool,
        blend: Callable[[ClassSet], BlendTable | None],
        keeps_on_card: bool,
        known_card: int | None,
    ) -> None:
        """open_source: its pictures may stay on the card that it gets. confidence, blend: see `Pipeline`.

        keeps_on_card: whether they shall, where the engine is on one. known_card: that, where it is known before.
        """
        self._open_source = open_source
        self._open_engine = open_engine
        self._keeps_on_card = keeps_on_card
        self._known_card = known_card
        self._card: Future[int | None] = Future()
        """Of the engine, when it is open."""
        self._opened_source: SourceOpened | None = None
        self._opened_engine: EngineOpened | None = None
        self._failed: Failed | None = None
        self._results: Channel[Result] = Channel(_RESULTS_WAITING, "wait")
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._source_settled = threading.Event()
        self._wanted = True
        self._pipeline = Pipeline(
            self._open_source_for_engine,
            self._open_engine_after_source,
            deliver=self._deliver,
            report=self._take_report,
            pacing="every-frame",
            confidence=confidence,
            blend=blend,
        )

    @property
    def info(self) -> StreamInfo:
        """Of the source, which is open."""
        assert self._opened_source is not None
        return self._opened_source.info

    @property
    def engine(self) -> EngineOpened:
        """What runs."""
        assert self._opened_engine is not None
        return self._opened_engine

    def lost(self) -> dict[str, int]:
        """Frames that were not segmented until now, by cause."""
        return {cause: count for cause, count in self._pipeline.stats().drops.items() if count}

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

    def _open_source_for_engine(self) -> Source:
        source = self._open_source(self._known_card if self._keeps_on_card else None)
        if not self._keeps_on_card or self._known_card is not None or source.info.live:
            return source
        return CardSource(source, self._open_source, self._card)

    def _open_engine_after_source(self) -> Engine:
        # A model takes seconds to load: that the input is not there should be told before.
        self._source_settled.wait()
        if not self._wanted:
            raise SourceError("the input was not opened")
        engine = self._open_engine()
        self._card.set_result(card_of(engine))
        return engine

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
