"""The player and its models: another one while it plays, a second one, and what stays from one source to the next."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.app.gui.conftest import CLASSES, RATE, BlueEngine, MemorySource, threads_left

from bisenet.classes import ClassSet
from bisenet.engines import EngineInfo, Laps
from bisenet.errors import EngineError
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Result
from bisenet_viewer.gui.bridge import Entrance
from bisenet_viewer.gui.player import Phase, Player, Request
from bisenet_viewer.pipeline.pipeline import Pipeline

FIRST = Request("memory.mp4", "first")
SECOND, THIRD = replace(FIRST, model="second"), replace(FIRST, model="third")
OTHERS = ClassSet("others", ("person", "rest"), ((9, 9, 9), (8, 8, 8)))


class NamedEngine(BlueEngine):
    """Has a name, and classes of its own unless it is the first. Is sure of everything."""

    def __init__(self, request: Request, gate: threading.Event | None = None) -> None:
        super().__init__(gate)
        self.info = EngineInfo("memory", request.model, "cpu", "Test Processor", "f32")
        self.classes = CLASSES if request.model == "first" else OTHERS

    def infer_confidence(
        self, rgb: NDArray[np.uint8], laps: Laps | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        return self.infer(rgb, laps), np.full(rgb.shape[:2], 255, np.uint8)


class NotedPipeline(Pipeline):
    """Keeps how fast it was told to play."""

    speed = 1.0
    loops_file = False

    def set_speed(self, factor: float) -> None:
        super().set_speed(factor)
        self.speed = factor

    def set_loop_file(self, on: bool) -> None:
        super().set_loop_file(on)
        self.loops_file = on


class Studio:
    """A player over sources and engines in memory; what opens next is set by replacing the two functions."""

    def __init__(self) -> None:
        self.open_source: Callable[[Request], MemorySource] = lambda _: MemorySource()
        self.open_engine: Callable[[Request], BlueEngine] = NamedEngine
        self.opened: list[str] = []
        self.pipelines: list[NotedPipeline] = []
        self.player = Player(self._build, self._open_engine)

    def _build(self, request: Request, entrance: Entrance) -> Pipeline:
        self.pipelines.append(
            NotedPipeline(
                lambda: self.open_source(request),
                lambda: self._open_engine(request),
                deliver=entrance.deliver,
                deliver_frame=entrance.deliver_frame,
                report=entrance.report,
                pacing="realtime",
            )
        )
        return self.pipelines[-1]

    def _open_engine(self, request: Request) -> BlueEngine:
        self.opened.append(request.model)
        return self.open_engine(request)

    def pause_at_start(self, qtbot: QtBot, request: Request = FIRST) -> Result:
        """Open, and take the first frame's result."""
        self.player.open(request)
        self.player.play_pause()
        return self.next_result(qtbot)

    def next_result(self, qtbot: QtBot) -> Result:
        results: list[Result] = []

        def take() -> bool:
            result = self.player.take()
            results.extend([] if result is None else [result])
            return result is not None

        qtbot.waitUntil(take)
        return results[0]


@pytest.fixture
def studio(qapp: QApplication) -> Iterator[Studio]:
    studio = Studio()
    assert studio.player.thread() is qapp.thread()
    yield studio
    studio.player.close()
    assert threads_left() == []


def models(result: Result) -> tuple[str, str | None]:
    """What made it, and what gave the second opinion."""
    assert result.info is not None
    return result.info.model, None if result.compared is None else result.compared.info.model


class Opening:
    """Engines that open when they are let."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.may = threading.Event()
        self.engines: list[NamedEngine] = []

    def __call__(self, request: Request) -> NamedEngine:
        self.begun.set()
        assert self.may.wait(10)
        self.engines.append(NamedEngine(request))
        return self.engines[-1]


def test_a_switch_is_seen_with_the_first_picture_of_the_new_model(studio: Studio, qtbot: QtBot) -> None:
    player = studio.player
    assert models(studio.pause_at_start(qtbot)) == ("first", None)
    told: list[tuple[str, ClassSet | None]] = []
    player.changed.connect(lambda: told.append((player.engine.model if player.engine else "", player.classes)))
    player.switch_model(SECOND)
    assert (player.switching, player.request, player.wanted) == (SECOND, FIRST, SECOND)
    qtbot.waitUntil(lambda: player.switching is None)
    assert (player.request, player.wanted, player.refused) == (SECOND, SECOND, None)
    # The picture that is shown is still the first model's, and so are the classes it is drawn by.
    assert {name for name, _ in told} == {"first"}
    assert player.phase is Phase.PAUSED
    assert models(studio.next_result(qtbot)) == ("second", None)
    assert told[-1] == ("second", OTHERS)
    assert player.stream is not None


def test_a_switch_that_fails_is_told_once_and_the_old_one_goes_on(studio: Studio, qtbot: QtBot) -> None:
    player, error = studio.player, EngineError("no CUDA device")
    studio.pause_at_start(qtbot)

    def fail(_: Request) -> BlueEngine:
        raise error

    studio.open_engine = fail
    player.switch_model(replace(FIRST, device="cuda"))
    qtbot.waitUntil(lambda: player.refused is error)
    assert (player.request, player.switching, player.phase) == (FIRST, None, Phase.PAUSED)
    player.step_frame(forward=True)
    assert models(studio.next_result(qtbot)) == ("first", None)
    studio.open_engine = NamedEngine
    player.switch_model(SECOND)
    assert player.refused is None
    assert models(studio.next_result(qtbot)) == ("second", None)


def test_of_two_quick_switches_the_newest_wins(studio: Studio, qtbot: QtBot) -> None:
    player, opening = studio.player, Opening()
    studio.pause_at_start(qtbot)
    studio.open_engine = opening
    player.switch_model(SECOND)
    qtbot.waitUntil(opening.begun.is_set)
    player.switch_model(THIRD)
    assert player.switching == THIRD
    opening.may.set()
    qtbot.waitUntil(lambda: player.switching is None)
    assert player.request == THIRD
    assert models(studio.next_result(qtbot)) == ("third", None)
    assert opening.engines[0].is_closed


def test_back_to_what_runs_while_another_opens(studio: Studio, qtbot: QtBot) -> None:
    player, opening = studio.player, Opening()
    studio.pause_at_start(qtbot)
    studio.open_engine = opening
    player.switch_model(SECOND)
    qtbot.waitUntil(opening.begun.is_set)
    player.switch_model(FIRST)
    assert (player.switching, player.request) == (None, FIRST)
    opening.may.set()
    qtbot.waitUntil(lambda: bool(opening.engines) and opening.engines[0].is_closed)
    player.step_frame(forward=True)
    assert models(studio.next_result(qtbot)) == ("first", None)
    assert studio.opened == ["first", "second"]


def test_what_runs_is_not_opened_again(studio: Studio, qtbot: QtBot) -> None:
    studio.pause_at_start(qtbot)
    studio.player.switch_model(FIRST)
    assert studio.player.switching is None
    assert studio.opened == ["first"]


@pytest.mark.parametrize("state", ["nothing", "opening", "failed", "another source"])
def test_where_nothing_plays_with_it_a_switch_opens(studio: Studio, qtbot: QtBot, state: str) -> None:
    player, opening, wanted = studio.player, Opening(), SECOND
    if state == "opening":
        studio.open_engine = opening
        player.open(FIRST)
        qtbot.waitUntil(opening.begun.is_set)
        studio.open_engine = NamedEngine
        opening.may.set()
    elif state == "failed":
        studio.open_source = lambda _: MemorySource(count=1, error=SourceError("the file breaks off"))
        player.open(FIRST)
        qtbot.waitUntil(lambda: player.phase is Phase.FAILED)
        studio.open_source = lambda _: MemorySource()
    elif state == "another source":
        studio.pause_at_start(qtbot)
        wanted = replace(SECOND, source="other.mp4")
    player.switch_model(wanted)
    assert (player.request, player.switching, player.phase) == (wanted, None, Phase.OPENING)
    assert models(studio.next_result(qtbot)) == ("second", None)


def test_a_second_opinion_comes_and_goes(studio: Studio, qtbot: QtBot) -> None:
    player = studio.player
    studio.pause_at_start(qtbot)
    player.compare_with(SECOND)
    assert (player.comparison, player.compared_engine) == (SECOND, None)
    result = studio.next_result(qtbot)
    assert models(result) == ("first", "second")
    assert result.compared is not None
    assert result.compared.classes is OTHERS
    qtbot.waitUntil(lambda: player.compared_engine is not None)
    assert player.compared_engine is not None
    assert (player.compared_engine.model, player.compared_classes) == ("second", OTHERS)
    assert player.classes is CLASSES
    player.compare_with(SECOND)
    player.compare_with(None)
    assert (player.comparison, player.compared_engine, player.compared_classes) == (None, None, None)
    assert models(studio.next_result(qtbot)) == ("first", None)
    assert studio.opened == ["first", "second"]


def test_a_comparison_that_fails_is_none(studio: Studio, qtbot: QtBot) -> None:
    player, error = studio.player, EngineError("no such model")
    studio.pause_at_start(qtbot)

    def fail(_: Request) -> BlueEngine:
        raise error

    studio.open_engine = fail
    player.compare_with(SECOND)
    qtbot.waitUntil(lambda: player.refused is error)
    assert (player.comparison, player.compared_engine, player.phase) == (None, None, Phase.PAUSED)


def test_a_comparison_asked_for_before_anything_plays_follows_the_first_model(studio: Studio, qtbot: QtBot) -> None:
    studio.player.compare_with(SECOND)
    result = studio.pause_at_start(qtbot)
    while models(result) != ("first", "second"):
        result = studio.next_result(qtbot)
    assert studio.opened == ["first", "second"]


def test_what_was_chosen_stays_for_the_next_source(studio: Studio, qtbot: QtBot) -> None:
    player = studio.player
    player.set_speed(0.5)
    studio.pause_at_start(qtbot)
    player.set_speed(2.0)
    player.set_loop_file(True)
    player.compare_with(SECOND)
    studio.next_result(qtbot)
    player.want(confidence=True, frames=True)
    assert studio.next_result(qtbot).confidence is not None
    with qtbot.waitSignal(player.frame_waiting):
        result = studio.pause_at_start(qtbot, replace(FIRST, source="other.mp4"))
    frame = player.newest_frame()
    assert frame is not None
    while models(result) != ("first", "second"):
        result = studio.next_result(qtbot)
    assert result.confidence is not None
    assert (player.speed, player.loops_file, player.comparison) == (2.0, True, SECOND)
    assert [(each.speed, each.loops_file) for each in studio.pipelines] == [(2.0, True)] * 2


@pytest.mark.parametrize("factor", [0.1, 8.0, float("nan")])
def test_a_speed_out_of_range_is_refused(studio: Studio, factor: float) -> None:
    with pytest.raises(ValueError, match="expected a speed"):
        studio.player.set_speed(factor)
    assert studio.player.speed == 1.0


def test_at_four_times_the_speed_a_second_is_a_quarter(studio: Studio, qtbot: QtBot) -> None:
    player = studio.player
    player.set_speed(4.0)
    player.open(FIRST)
    results = [studio.next_result(qtbot)]
    while results[-1].frame.time_s < 0.5:
        results.append(studio.next_result(qtbot))
    passed_s = results[-1].frame.captured_at - results[0].frame.captured_at
    assert passed_s == pytest.approx(results[-1].frame.time_s / 4, abs=0.06)


def test_a_file_that_loops_does_not_end(studio: Studio, qtbot: QtBot) -> None:
    player = studio.player
    studio.open_source = lambda _: MemorySource(count=5)
    player.set_loop_file(True)
    player.set_speed(4.0)
    player.open(FIRST)
    times_s = [studio.next_result(qtbot).frame.time_s for _ in range(12)]
    assert any(later < earlier for earlier, later in pairwise(times_s))
    assert player.phase is Phase.PLAYING
    player.set_loop_file(False)
    qtbot.waitUntil(lambda: player.phase is Phase.ENDED)


def test_frames_come_before_their_results_and_those_of_before_a_seek_never(studio: Studio, qtbot: QtBot) -> None:
    player, gate = studio.player, threading.Event()
    studio.open_engine = lambda request: NamedEngine(request, gate)
    player.want(frames=True)
    player.open(FIRST)
    with qtbot.waitSignal(player.frame_waiting):
        pass
    frame = player.newest_frame()
    assert frame is not None
    assert player.take() is None
    with qtbot.waitSignal(player.frame_waiting):
        pass
    player.play_pause()
    player.seek(2.0)
    times_s: list[float] = []

    def look() -> bool:
        found = player.newest_frame()
        times_s.extend([] if found is None else [found.time_s])
        return bool(times_s)

    qtbot.waitUntil(look)
    assert times_s == [100 / RATE]
    gate.set()
    assert studio.next_result(qtbot).frame.time_s == 2.0
    player.want(frames=False)
    player.step_frame(forward=True)
    studio.next_result(qtbot)
    assert player.newest_frame() is None


def test_closing_while_a_model_opens(studio: Studio, qtbot: QtBot) -> None:
    opening = Opening()
    studio.pause_at_start(qtbot)
    studio.open_engine = opening
    studio.player.switch_model(SECOND)
    studio.player.compare_with(THIRD)
    qtbot.waitUntil(opening.begun.is_set)
    threading.Timer(0.02, opening.may.set).start()
    studio.player.close()
    assert threads_left() == []
    assert all(engine.is_closed for engine in opening.engines)


def test_another_source_while_a_model_opens_begins_with_what_was_running(studio: Studio, qtbot: QtBot) -> None:
    player, opening = studio.player, Opening()
    studio.pause_at_start(qtbot)
    studio.open_engine = opening
    player.switch_model(SECOND)
    qtbot.waitUntil(opening.begun.is_set)
    studio.open_engine = NamedEngine
    opening.may.set()
    assert player.wanted is not None
    assert models(studio.pause_at_start(qtbot, replace(player.wanted, source="other.mp4"))) == ("second", None)
    assert (player.switching, player.refused) == (None, None)
