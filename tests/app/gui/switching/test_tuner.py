"""The tuner with a player whose speed is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from bisenet_viewer.gui.player import Request
from bisenet_viewer.gui.switching.tuner import ENOUGH, LONG_S, SILENCE_S, WARM_UP, Outcome, Progress, Tuner
from bisenet_viewer.gui.switching.tuning import Candidate, candidates

pytestmark = pytest.mark.usefixtures("qtbot")

BASE = Request("demo://", "street-x39", imgsz=(640, 360))


class FakePlayer:
    """Switches when it is told to `finish`, and then delivers results as fast as its speed says."""

    def __init__(self, ms_of: Callable[[Request], float | None]) -> None:
        self.ms_of = ms_of
        self.running = BASE
        self.switching: Request | None = None
        self.refused: Exception | None = None
        self.asked: list[Request] = []

    def switch_model(self, request: Request) -> None:
        self.asked.append(request)
        self.refused = None
        self.switching = None if request == self.running else request

    def finish(self) -> None:
        assert self.switching is not None
        if self.ms_of(self.switching) is None:
            self.refused = RuntimeError("cannot be run\nhere")
        else:
            self.running = self.switching
        self.switching = None


class Bench:
    """A tuner, its player and a clock that is set by hand."""

    def __init__(self, ms_of: Callable[[Request], float | None]) -> None:
        self.now = 0.0
        self.player = FakePlayer(ms_of)
        self.tuner = Tuner(self.player, lambda: self.now)
        self.told: list[Progress] = []
        self.ended: list[Outcome] = []
        self.tuner.progressed.connect(self.told.append)
        self.tuner.finished.connect(self.ended.append)

    def play(self, frames: int) -> None:
        ms = self.player.ms_of(self.player.running)
        assert ms is not None
        for _ in range(frames):
            self.now += ms / 1000
            self.tuner.note_result({"decode": 500.0, "pre": 0.1 * ms, "network": 0.8 * ms, "post": 0.1 * ms})

    def run(self) -> Outcome:
        for _ in range(20):
            if self.player.switching is not None:
                self.play(3)
                self.player.finish()
                self.tuner.look()
            self.play(WARM_UP + ENOUGH)
            if self.ended:
                return self.ended[-1]
        raise AssertionError("it never ended")


def by_pixels(per_million: float) -> Callable[[Request], float]:
    return lambda request: per_million * (request.imgsz or (1, 1))[0] * (request.imgsz or (1, 1))[1] / 1e6


class Shelf(dict[str, dict[str, object]]):
    def put(self, key: str, value: dict[str, object]) -> None:
        self[key] = value


def test_the_best_is_found_runs_and_is_remembered() -> None:
    bench, shelf = Bench(by_pixels(80)), Shelf()
    bench.tuner.start(BASE, 30, candidates(), store=shelf, key="cpu street-x39")
    assert bench.tuner.is_running
    outcome = bench.run()
    assert outcome.reached
    assert outcome.request == replace(BASE, imgsz=(768, 448))
    assert bench.player.asked[-1] == outcome.request
    assert outcome.text == "768×448 reaches 36 FPS (28 ms a frame), with time to spare."
    assert shelf == {"cpu street-x39": {"engine": "auto", "precision": "auto", "imgsz": (768, 448)}}
    assert not bench.tuner.is_running
    assert [progress.tried for progress in bench.told] == sorted(progress.tried for progress in bench.told)
    assert "Measuring 640×360" in " ".join(progress.text for progress in bench.told)


def test_one_engine_runs_all_of_them_and_cancelled_it_is_as_before() -> None:
    bench = Bench(by_pixels(80))
    base = replace(BASE, imgsz=None)
    bench.tuner.start(base, 30, candidates(), engine="openvino")
    bench.player.finish()
    bench.tuner.look()
    bench.play(WARM_UP + ENOUGH)
    assert {request.engine for request in bench.player.asked} == {"openvino"}
    bench.tuner.cancel()
    assert bench.player.asked[-1] == base


def test_where_nothing_is_fast_enough_the_fastest_runs_and_nothing_is_remembered() -> None:
    bench, shelf = Bench(by_pixels(2000)), Shelf()
    bench.tuner.start(BASE, 30, candidates(), store=shelf, key="a")
    outcome = bench.run()
    assert not outcome.reached
    assert outcome.request.imgsz == (320, 192)
    assert outcome.text == "Nothing reaches 30 FPS here with time to spare; 320×192 comes nearest, 8 FPS."
    assert shelf == {}


def test_what_is_refused_is_left_out() -> None:
    bench = Bench(lambda request: None if request.precision == "bf16" else by_pixels(80)(request))
    bench.tuner.start(BASE, 30, candidates(precisions=("f32", "bf16")))
    assert bench.run().request.precision == "f32"


def test_where_nothing_can_be_run_what_ran_before_goes_on() -> None:
    bench = Bench(lambda request: 20.0 if request == BASE else None)
    bench.tuner.start(BASE, 30, candidates(precisions=("int8",)))
    outcome = bench.run()
    assert outcome.request == BASE
    assert outcome.text == "None of the sizes could be run: cannot be run here"
    assert bench.player.running == BASE


def test_results_of_the_engine_before_do_not_count() -> None:
    bench = Bench(lambda request: 200.0 if request == BASE else 10.0)
    base = replace(BASE, imgsz=None)
    bench.player.running = base
    bench.tuner.start(base, 30, [Candidate((640, 360))])
    bench.player.finish()
    bench.tuner.look()
    for _ in range(WARM_UP):
        bench.tuner.note_result({"network": 900.0})
    bench.player.ms_of = lambda _: 10.0
    bench.play(ENOUGH)
    assert bench.ended[0].tuned is not None
    assert bench.ended[0].tuned.frame_ms == pytest.approx(10)


def test_a_slow_model_is_judged_by_a_few_frames() -> None:
    bench = Bench(lambda _: 900.0)
    bench.tuner.start(BASE, 30, [Candidate((640, 360))])
    begun = bench.now
    while not bench.ended:
        bench.play(1)
    assert bench.now - begun < WARM_UP + LONG_S + 4


def test_cancelled_it_goes_back() -> None:
    bench = Bench(by_pixels(80))
    bench.tuner.start(replace(BASE, imgsz=None), 30, candidates())
    bench.tuner.cancel()
    assert bench.player.asked[-1] == replace(BASE, imgsz=None)
    assert bench.ended[0].text == "Cancelled; what ran before is back."
    bench.tuner.cancel()
    bench.tuner.look()
    bench.play(100)
    assert (len(bench.ended), len(bench.player.asked)) == (1, 2)


def test_left_alone_for_another_choice_it_does_not_go_back() -> None:
    bench = Bench(by_pixels(80))
    bench.tuner.start(replace(BASE, imgsz=None), 30, candidates())
    bench.tuner.cancel(back=False)
    assert len(bench.player.asked) == 1
    assert bench.ended[0].tuned is None


def test_without_frames_it_gives_up(qtbot: QtBot) -> None:
    bench = Bench(by_pixels(80))
    bench.tuner.start(BASE, 30, candidates())
    bench.play(2)
    bench.now += SILENCE_S + 1
    qtbot.waitUntil(lambda: bool(bench.ended))
    assert "let the video play" in bench.ended[0].text
    assert bench.ended[0].request == BASE
