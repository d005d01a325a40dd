"""Closing the window while anything runs: every thread is gone, what was open is closed."""

from __future__ import annotations

import threading

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.app.gui.conftest import BlueEngine, MemorySource, OpenStage, threads_left

from bisenet_viewer.gui.player import Phase, Request

TIMES = 50


@pytest.mark.timeout(60)
def test_close_during_inference_leaves_no_thread(open_stage: OpenStage, qtbot: QtBot) -> None:
    for _ in range(TIMES):
        gate = threading.Event()
        engine, source = BlueEngine(gate), MemorySource()
        stage = open_stage(lambda _, s=source: s, lambda _, e=engine: e, until_shown=False)
        qtbot.waitUntil(engine.inferring.is_set)
        # Inference ends while `close` waits for it.
        threading.Timer(0.002, gate.set).start()
        stage.close()
        assert threads_left() == []
        assert (engine.is_closed, source.is_closed) == (True, True)


@pytest.mark.timeout(90)
def test_everything_at_once_fifty_times_leaves_no_thread(open_stage: OpenStage, qtbot: QtBot) -> None:
    for turn in range(TIMES):
        gate = threading.Event()
        gate.set()
        engine = BlueEngine(gate)
        stage = open_stage(open_engine=lambda _, e=engine: e)
        window = stage.window
        qtbot.mouseClick(window.panel.rows[turn % 3], Qt.MouseButton.LeftButton)
        for value in range(20, 90, 10):
            window.transport.opacity_slider.setValue(value)
        assert stage.viewer.look.style is not None
        assert turn % 3 not in stage.viewer.look.style.visible
        qtbot.keyClick(window.view, Qt.Key.Key_Space)
        assert stage.player.phase is Phase.PAUSED
        engine.inferring.clear()
        gate.clear()
        stage.player.seek(turn / 20)
        qtbot.waitUntil(engine.inferring.is_set)
        threading.Timer(0.002, gate.set).start()
        stage.close()
        assert threads_left() == []
        assert engine.is_closed


def test_close_while_the_model_loads(open_stage: OpenStage) -> None:
    loading, may = threading.Event(), threading.Event()
    engine = BlueEngine()

    def load(_: Request) -> BlueEngine:
        loading.set()
        may.wait(10)
        return engine

    stage = open_stage(open_engine=load, until_shown=False)
    threading.Timer(0.05, may.set).start()
    stage.close()
    assert threads_left() == []


def test_close_before_the_pipeline_is_there(open_stage: OpenStage) -> None:
    stage = open_stage(until_shown=False)
    stage.viewer.open("other.mp4")
    stage.close()
    assert threads_left() == []


def test_close_while_seeking(open_stage: OpenStage) -> None:
    stage = open_stage()
    for tenth in range(30):
        stage.player.seek(tenth / 10)
    stage.close()
    assert threads_left() == []


def test_nothing_arrives_after_closing(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage()
    stage.close()
    with qtbot.assertNotEmitted(stage.player.result_waiting, wait=60):
        pass
    assert stage.player.take() is None
