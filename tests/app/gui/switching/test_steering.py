"""The model card over a real player and pipeline, with engines that live in memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.app.gui.conftest import BlueEngine, MemorySource, OpenStage, Stage

from bisenet.engines import EngineInfo
from bisenet.errors import EngineError
from bisenet_viewer.gui.player import Request
from bisenet_viewer.gui.switching.chooser import Chooser
from bisenet_viewer.gui.switching.model_panel import ModelPanel
from bisenet_viewer.gui.switching.options import Here
from bisenet_viewer.gui.switching.steering import ModelSteering
from bisenet_viewer.gui.switching.tuned import key_of

HERE = Here(frozenset({"openvino", "torch"}), has_driver=False, has_cuda=False, has_bf16=False)
MODELS = ("other-model", "test-model")
REQUEST = Request("memory.mp4", "test-model", imgsz=(640, 360))
FAST_ENOUGH = 240_000
"""Pixels of the input up to which the engine in memory reaches 30 FPS."""


class Shelf(dict[str, dict[str, object]]):
    def put(self, key: str, value: dict[str, object]) -> None:
        self[key] = value


class SizedEngine(BlueEngine):
    """Named after its request; says that it took as long as its input is large."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.info = EngineInfo("memory", request.model, "cpu", "Test Processor", "f32")
        width, height = request.imgsz or (640, 360)
        self.ms = 20.0 if width * height <= FAST_ENOUGH else 50.0

    def infer(self, rgb, laps=None):  # type: ignore[no-untyped-def]
        labels = super().infer(rgb, laps)
        if laps is not None:
            laps["network"] = self.ms
        return labels


class Desk:
    """A stage with the card over its video."""

    def __init__(self, stage: Stage, shelf: Shelf) -> None:
        self.stage, self.player, self.shelf = stage, stage.player, shelf
        self.panel = ModelPanel(stage.window.view, lambda: (HERE, MODELS))
        self.steering = ModelSteering(self.panel, stage.player, shelf, time.monotonic)
        viewer_takes = stage.player.take

        def take():  # type: ignore[no-untyped-def]
            result = viewer_takes()
            if result is not None:
                self.steering.note_result(result)
            return result

        stage.player.take = take  # type: ignore[method-assign]
        self.steering.toggle()

    def choose(self, qtbot: QtBot, chooser: Chooser, value: object) -> None:
        """With the keys, down from the first line."""
        chooser.setFocus()
        qtbot.keyClick(chooser, Qt.Key.Key_Home)
        while chooser.currentIndex() != chooser.place_of(value):
            qtbot.keyClick(chooser, Qt.Key.Key_Down)


@pytest.fixture
def open_desk(open_stage: OpenStage, qtbot: QtBot) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(open_engine: Callable[[Request], BlueEngine] = SizedEngine, shelf: Shelf | None = None) -> Desk:
        stage = open_stage(lambda _: MemorySource(100_000), open_engine, request=REQUEST)
        desks.append(Desk(stage, Shelf() if shelf is None else shelf))
        qtbot.waitUntil(desks[-1].panel.form.isEnabled)
        return desks[-1]

    yield make
    for desk in desks:
        desk.steering.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "model-options"]


OpenDesk = Callable[..., Desk]


def test_the_card_says_what_runs(open_desk: OpenDesk) -> None:
    desk = open_desk()
    assert desk.panel.isVisible()
    assert desk.panel.form.model_list.currentText() == "test-model"
    assert desk.panel.form.size_list.currentText() == "640×360"
    assert desk.panel.status.now.text() == "Now: test-model · memory · cpu (Test Processor) · f32"
    desk.steering.toggle()
    assert not desk.panel.isVisible()


def test_another_model_is_prepared_and_then_runs(open_desk: OpenDesk, qtbot: QtBot) -> None:
    gate = threading.Event()

    def open_engine(request: Request) -> BlueEngine:
        if request.model == "other-model":
            gate.wait(10)
        return SizedEngine(request)

    desk = open_desk(open_engine)
    desk.choose(qtbot, desk.panel.form.model_list, "other-model")
    qtbot.waitUntil(desk.panel.status.busy.isVisible)
    assert "other-model" in desk.panel.status.preparing.text()
    assert desk.player.request == REQUEST
    gate.set()
    qtbot.waitUntil(lambda: "other-model" in desk.panel.status.now.text())
    assert not desk.panel.status.busy.isVisible()
    assert desk.player.request == replace(REQUEST, model="other-model")


def test_what_is_refused_is_told_and_what_ran_is_shown_again(open_desk: OpenDesk, qtbot: QtBot) -> None:
    def open_engine(request: Request) -> BlueEngine:
        if request.engine == "torch":
            raise EngineError("torch cannot run it")
        return SizedEngine(request)

    desk = open_desk(open_engine)
    desk.choose(qtbot, desk.panel.form.engine_list, "torch")
    qtbot.waitUntil(lambda: desk.panel.status.fault.text() == "Torch cannot run it")
    assert desk.panel.form.engine_list.currentText() != "torch"
    assert not desk.panel.status.busy.isVisible()


def test_a_second_model_beside_it(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk()
    desk.choose(qtbot, desk.panel.compare_list, "other-model")
    qtbot.waitUntil(lambda: desk.player.compared_engine is not None)
    assert desk.player.comparison == replace(REQUEST, model="other-model")
    assert desk.panel.compare_list.currentText() == "other-model"
    desk.choose(qtbot, desk.panel.compare_list, "none")
    assert desk.player.comparison is None


def test_tuning_finds_the_largest_size_and_remembers_it(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk()
    qtbot.mouseClick(desk.panel.tune_box.tune_button, Qt.MouseButton.LeftButton)
    assert desk.steering.is_tuning
    qtbot.waitUntil(lambda: not desk.steering.is_tuning, timeout=20_000)
    assert desk.panel.tune_box.told.text().startswith("640×360 reaches 50 FPS")
    assert desk.shelf == {
        key_of(EngineInfo("memory", "test-model", "cpu", "Test Processor", "f32")): {
            "engine": "auto",
            "precision": "auto",
            "imgsz": (640, 360),
        }
    }
    qtbot.waitUntil(lambda: desk.player.switching is None)
    assert desk.player.request == REQUEST


def test_another_choice_ends_the_tuning(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk()
    qtbot.mouseClick(desk.panel.tune_box.tune_button, Qt.MouseButton.LeftButton)
    desk.choose(qtbot, desk.panel.form.model_list, "other-model")
    assert not desk.steering.is_tuning
    assert desk.panel.tune_box.told.text() == "Stopped, since something else was chosen."
    qtbot.waitUntil(lambda: desk.player.request is not None and desk.player.request.model == "other-model")


def test_what_was_found_before_is_offered_and_used(open_desk: OpenDesk, qtbot: QtBot) -> None:
    key = key_of(EngineInfo("memory", "test-model", "cpu", "Test Processor", "f32"))
    desk = open_desk(shelf=Shelf({key: {"engine": "auto", "precision": "auto", "imgsz": [480, 288]}}))
    box = desk.panel.tune_box
    assert box.told.text() == "Found before on this device: 480×288."
    qtbot.mouseClick(box.use_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.player.request == replace(REQUEST, imgsz=(480, 288)))
    assert not box.use_button.isVisible()
