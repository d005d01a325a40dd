"""The inference thread's work: frames become results, by an engine that may change from one frame to the next."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from bisenet.classes import ClassSet
from bisenet.engines import BlendTable, Engine, Laps, OverlappingEngine
from bisenet.errors import EngineError
from bisenet_viewer.channel import Channel
from bisenet_viewer.frame import Compared, Frame, Result
from bisenet_viewer.overlay import class_shares
from bisenet_viewer.pipeline.counting import Counts
from bisenet_viewer.pipeline.engine_slot import EngineSlot
from bisenet_viewer.pipeline.events import CompareOpened, CompareRefused, Ended, EngineOpened, EngineRefused, Event
from bisenet_viewer.pipeline.items import Captured, EndForGood, EndOf, Item
from bisenet_viewer.pipeline.overlap import Underway
from bisenet_viewer.pipeline.transport import Transport
from bisenet_viewer.timing import Clock

_QUIET_S = 0.5
"""A stream that brings nothing for so long is like one in a pause."""


@dataclass(frozen=True, slots=True)
class _Recipe:
    """What a result is made with; another one would be another result."""

    engine: int
    """By its wish."""
    second: int
    confidence: bool


@dataclass(frozen=True, slots=True)
class _Last:
    """The frame that was inferred last."""

    item: Captured
    recipe: _Recipe
    at: float


class Inference:
    """Opens, uses and closes the engine, all in `run`; those that come later are opened by `switch` and `compare`."""

    def __init__(
        self,
        open_engine: Callable[[], Engine],
        channel: Channel[Item],
        transport: Transport,
        counts: Counts,
        clock: Clock,
        *,
        tell: Callable[[Event], None],
        deliver: Callable[[Result], None],
        details: bool,
        overlap: bool,
        blend: Callable[[ClassSet], BlendTable | None],
    ) -> None:
        """tell: may raise Stopped. details: whether the results have scores and shares.

        overlap: whether an engine that can shall begin with a frame before the ones before it are done. blend: what is
        to be drawn by such an engine, by the classes it knows.
        """
        self._open_engine = open_engine
        self._channel = channel
        self._transport = transport
        self._counts = counts
        self._clock = clock
        self._tell = tell
        self._deliver = deliver
        self._details = details
        self._overlap = overlap
        self._blend = blend
        self.switch = EngineSlot(self._try_out, channel.nudge)
        """Engines in place of the one that runs."""
        self.compare = EngineSlot(self._try_out, channel.nudge)
        """Engines beside it."""
        self._second: Engine | None = None
        self._engine_wish = self._second_wish = 0
        self._last: _Last | None = None
        self._underway: Underway | None = None
        """None with an engine that takes one frame after the other."""

    @property
    def slots(self) -> tuple[EngineSlot, EngineSlot]:
        """Both of them."""
        return self.switch, self.compare

    def close_slots(self) -> None:
        """Take no wishes any more; from any thread."""
        for slot in self.slots:
            slot.close()

    def run(self) -> Exception | None:
        """Until the end for good; what broke the source, if anything did. Raises Stopped, and what engines raise."""
        with ExitStack() as closing:
            closing.callback(self.close_slots)
            self._transport.check()
            self._engine = self._open_engine()
            closing.callback(lambda: self._engine.close())
            closing.callback(lambda: self._put_second(None, self._second_wish))
            self._tell(EngineOpened(self._engine.info, self._engine.classes))
            self._see_whether_it_overlaps()
            self._transport.ready()
            return self._infer_all()

    def _infer_all(self) -> Exception | None:
        while True:
            item = self._next()
            self._change_engines()
            if self._underway and not isinstance(item, Captured):
                self._underway.finish_all()
            if item is None:
                self._infer_again()
            elif isinstance(item, EndForGood):
                return item.error
            elif isinstance(item, EndOf):
                with self._transport.delivery(item.generation) as wanted:
                    if wanted:
                        self._transport.pause()
                        self._tell(Ended())
                self._infer_again()
            elif self._transport.is_current(item.generation):
                self._infer_one(item, again=False)

    def _next(self) -> Item | None:
        """What comes next; nothing is waited for while there is a frame to finish."""
        if not self._underway:
            return self._channel.get()
        while self._underway:
            item = self._channel.get(0)
            if item is not None:
                return item
            self._underway.finish_oldest()
        # One of those may have been for a nudge.
        return None

    # Engines.

    def _see_whether_it_overlaps(self) -> None:
        engine, self._underway = self._engine, None
        if self._overlap and not self._details and isinstance(engine, OverlappingEngine):
            self._underway = Underway(engine, self._blend(engine.classes))

    def _change_engines(self) -> None:
        if not (self.switch.has_outcome or self.compare.has_outcome):
            return
        if self._underway:
            # The old engine's results come before the news of the new one.
            self._underway.finish_all()
        switched, compared = self.switch.take(), self.compare.take()
        if switched is not None and switched.error is not None:
            self._tell(EngineRefused(switched.error, switched.wish))
        elif switched is not None and switched.engine is not None:
            old, self._engine, self._engine_wish = self._engine, switched.engine, switched.wish
            old.close()
            self._tell(EngineOpened(self._engine.info, self._engine.classes, switched.wish))
            self._see_whether_it_overlaps()
        if compared is not None and compared.error is not None:
            self._put_second(None, compared.wish)
            self._tell(CompareRefused(compared.error, compared.wish))
        elif compared is not None:
            self._put_second(compared.engine, compared.wish)
            if compared.engine is not None:
                self._tell(CompareOpened(compared.engine.info, compared.engine.classes, compared.wish))

    def _put_second(self, engine: Engine | None, wish: int) -> None:
        old, self._second, self._second_wish = self._second, engine, wish
        if old is not None:
            old.close()

    def _try_out(self, engine: Engine) -> None:
        """On the thread that opened it: what the first frame of a size takes longer is not seen, nor what it breaks."""
        last = self._last
        if last is not None and not self._transport.stopped:
            engine.infer(last.item.frame.rgb)

    # Frames.

    def _infer_again(self) -> None:
        """Deliver the last frame once more, if it is what is looked at and would now be another result."""
        last = self._last
        if last is None or last.recipe == self._recipe() or not self._transport.is_current(last.item.generation):
            return
        now = self._clock.monotonic()
        if self._transport.paused or now - last.at >= _QUIET_S:
            # Its latency counts from the moment somebody wanted it again.
            self._infer_one(replace(last.item, frame=replace(last.item.frame, captured_at=now)), again=True)

    def _recipe(self) -> _Recipe:
        return _Recipe(self._engine_wish, self._second_wish, self._transport.wants_confidence)

    def _infer_one(self, item: Captured, *, again: bool) -> None:
        recipe = self._recipe()
        if self._underway is not None and self._second is None and not recipe.confidence:
            self._underway.begin(item.frame, lambda result: self._hand_over(item, recipe, result, again=again))
            return
        if self._underway:
            self._underway.finish_all()
        self._hand_over(item, recipe, self._result(item.frame, confidence=recipe.confidence), again=again)

    def _hand_over(self, item: Captured, recipe: _Recipe, result: Result, *, again: bool) -> None:
        now = self._clock.monotonic()
        self._last = _Last(item, recipe, now)
        if not again:
            self._counts.add_inferred(now)
        with self._transport.delivery(item.generation) as wanted:
            if wanted:
                self._deliver(result)

    def _result(self, frame: Frame, *, confidence: bool) -> Result:
        engine, laps = self._engine, Laps()
        scores = shares = sure = None
        if self._details:
            scored = engine.infer_scored(frame.rgb, laps, confidence=confidence)
            labels, sure, scores = scored.labels, scored.confidence, scored.scores
            shares = tuple(class_shares(labels, len(engine.classes)).tolist())
        elif confidence:
            labels, sure = engine.infer_confidence(frame.rgb, laps)
        else:
            labels = engine.infer(frame.rgb, laps)
        return Result(
            frame,
            labels,
            {"decode": frame.decode_ms, **laps},
            confidence=sure,
            scores=scores,
            shares=shares,
            compared=self._compared(frame),
            classes=engine.classes,
            info=engine.info,
        )

    def _compared(self, frame: Frame) -> Compared | None:
        if self._second is None:
            return None
        begun = time.perf_counter()
        try:
            labels = self._second.infer(frame.rgb)
        except EngineError as error:
            self._put_second(None, self._second_wish)
            self._tell(CompareRefused(error, self._second_wish))
            return None
        ms = (time.perf_counter() - begun) * 1000
        return Compared(labels, self._second.classes, self._second.info, ms)
