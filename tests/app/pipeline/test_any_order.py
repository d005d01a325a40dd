"""Two hundred random lives of a pipeline: whatever is called when, nothing hangs, is lost or comes late."""

from __future__ import annotations

import random
import threading

from tests.app.pipeline.scripted import RATE, FakeEngine, Recording, live_threads

from bisenet_viewer.frame import Frame, Result
from bisenet_viewer.pipeline.events import Event, Failed
from bisenet_viewer.pipeline.pipeline import Pipeline


class Story:
    """One random life of a pipeline, with what was delivered and done in one list."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._changed = threading.Condition()
        self._entries: list[tuple[str, float]] = []
        self._failures = 0
        self._stopped = False
        self._repeats = False
        """Something was asked for that may show the last frame again."""
        self.count = self._dice.choice([1, 3, 200])
        fault = self._dice.choice([None] * 6 + ["open", "read", "engine", "infer", "deliver"])
        self._fault_at = None if fault is None else self._dice.randrange(5)
        self._fault = fault
        self.pipeline = Pipeline(
            self._open_source, self._open_engine,
            deliver=self._deliver, report=self._report, pacing=self._dice.choice(["realtime", "every-frame"]),
            details=self._dice.random() < 0.5, deliver_frame=self._deliver_frame,
        )  # fmt: skip

    def live(self) -> None:
        dice, pipeline = self._dice, self.pipeline
        started = dice.random() < 0.8
        if started:
            pipeline.start()
        for _ in range(dice.randrange(8)):
            match dice.randrange(9):
                case 6:
                    self._repeats = True
                    pipeline.switch_engine(self._open_engine)
                case 7:
                    self._repeats = True
                    pipeline.compare_with(dice.choice([None, self._open_engine]))
                case 8:
                    self._repeats = True
                    pipeline.want(confidence=dice.random() < 0.5, frames=dice.random() < 0.5)
                    pipeline.set_speed(dice.choice([0.25, 1.0, 4.0]))
                    pipeline.keep_engine()
                case 0:
                    pipeline.pause()
                case 1:
                    pipeline.resume()
                case 2 | 3:
                    time_s = dice.randrange(self.count) / RATE
                    self._add("seeking", time_s)
                    pipeline.seek(time_s)
                    self._add("sought", time_s)
                case 4 if not started:
                    pipeline.start()
                    started = True
                case _:
                    with self._changed:
                        self._changed.wait(0.002)
        assert pipeline.stop()
        self._stopped = True
        with self._changed:
            self._check()

    def _check(self) -> None:
        assert self._failures <= (self._fault is not None)
        allowed, last = [0.0], -1.0
        for kind, time_s in self._entries:
            if kind == "seeking":
                allowed, last = [*allowed, time_s], -1.0
            elif kind == "sought":
                allowed, last = [time_s], -1.0
            else:
                assert time_s >= min(allowed)
                assert time_s > last or len(allowed) > 1 or (self._repeats and time_s == last)
                last = time_s

    def _add(self, kind: str, time_s: float) -> None:
        with self._changed:
            self._entries.append((kind, time_s))
            self._changed.notify_all()

    def _deliver(self, result: Result) -> None:
        assert not self._stopped
        self._fail_at("deliver", result.frame.index)
        self._add("result", result.frame.time_s)

    def _deliver_frame(self, frame: Frame) -> None:
        assert not self._stopped
        self._fail_at("deliver", frame.index)

    def _report(self, event: Event) -> None:
        assert not self._stopped
        self._failures += isinstance(event, Failed)

    def _open_source(self) -> Recording:
        self._fail_at("open", self._fault_at)
        return Recording(self.count, lambda k: self._fail_at("read", k))

    def _open_engine(self) -> FakeEngine:
        self._fail_at("engine", self._fault_at)
        return FakeEngine(lambda k: self._fail_at("infer", k))

    def _fail_at(self, place: str, k: int | None) -> None:
        if self._fault == place and k == self._fault_at:
            raise RuntimeError(f"{place} {k}")


def test_any_order_of_start_seek_pause_and_stop_ends_cleanly():
    for seed in range(200):
        Story(seed).live()
        assert live_threads() == [], seed
