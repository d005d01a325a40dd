"""Stopping, in whatever state: bounded, silent afterwards, nothing left open."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.app.pipeline.scripted import WAIT_S, FakeEngine, Gate, Log, Recording, finish, live_threads

from bisenet.errors import EngineError
from bisenet_viewer.pipeline import pipeline as pipeline_module
from bisenet_viewer.pipeline.events import Ended, Failed


@pytest.mark.parametrize("pacing", ["realtime", "every-frame"])
@pytest.mark.parametrize("paused", [False, True])
def test_stop_ends_both_threads_and_can_be_repeated(make, log, pacing, paused):
    source, engine = Recording(10_000), FakeEngine()
    pipeline = make(source, engine, pacing=pacing)
    if paused:
        pipeline.pause()
    pipeline.start()
    log.await_that(lambda: bool(log.numbers))
    assert pipeline.stop()
    count = len(log.entries)
    assert live_threads() == []
    assert (source.closed_on, engine.closed_on) == ("capture", "inference")
    assert pipeline.stop()
    assert len(log.entries) == count
    assert log.count(Ended) == log.count(Failed) == 0


def test_a_with_block_stops(make, log):
    with make(Recording(10_000)) as pipeline:
        pipeline.start()
        log.await_that(lambda: bool(log.numbers))
    assert live_threads() == []


def test_stop_before_the_start(make):
    pipeline = make(Recording())
    assert pipeline.stop()
    with pytest.raises(RuntimeError, match="stopped before"):
        pipeline.start()


def test_it_starts_once(make):
    pipeline = make(Recording())
    pipeline.start()
    with pytest.raises(RuntimeError):
        pipeline.start()


def test_two_threads_may_stop_it(make, log):
    pipeline = make(Recording(10_000))
    pipeline.start()
    log.await_that(lambda: bool(log.numbers))
    with ThreadPoolExecutor(2) as pool:
        assert [stop.result(WAIT_S) for stop in (pool.submit(pipeline.stop), pool.submit(pipeline.stop))] == [True] * 2


def test_it_cannot_be_stopped_from_inside(make):
    log = Log(lambda _k: pipeline.stop() and None)
    pipeline = make(Recording(), log=log)
    finish(pipeline)
    assert [str(error) for error in log.errors] == ["a pipeline cannot be stopped from its own threads"]


def test_stop_waits_for_a_read_that_returns_in_time(make):
    gate = Gate(at=1)

    class Opener(FakeEngine):
        """The stop closes it, and that lets the read return."""

        def close(self) -> None:
            gate.open()

    source = Recording(5, gate)
    pipeline = make(source, Opener())
    pipeline.start()
    gate.await_reached()
    assert pipeline.stop()
    assert source.closed_on == "capture"


@pytest.mark.parametrize("held", ["open source", "read", "open engine", "infer"])
def test_what_never_returns_is_left_behind_silent(make, log, monkeypatch, caplog, held):
    monkeypatch.setattr(pipeline_module, "STOP_S", 0.05)
    gate = Gate(at=0)
    source, engine = Recording(5, *([gate] if held == "read" else [])), FakeEngine(*([gate] if held == "infer" else []))

    def open_source() -> Recording:
        if held == "open source":
            gate(0)
        return source

    def open_engine() -> FakeEngine:
        if held == "open engine":
            gate(0)
        return engine

    pipeline = make(open_source, open_engine)
    pipeline.start()
    gate.await_reached()
    begun = time.monotonic()
    assert not pipeline.stop()
    assert time.monotonic() - begun < 1.0
    thread_name = "capture" if held in ("open source", "read") else "inference"
    assert f"left behind: {thread_name}" in caplog.text
    assert live_threads() == [thread_name]
    told = list(log.entries)
    gate.open()
    assert pipeline.join(WAIT_S)
    assert log.entries == told
    assert log.results == []
    assert source.closed_on in ("capture", None)
    assert (source if thread_name == "capture" else engine).closed_on == thread_name


def test_a_fault_after_the_stop_is_logged_and_not_told(make, log, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(pipeline_module, "STOP_S", 0.05)
    gate = Gate()

    def open_engine() -> FakeEngine:
        gate(0)
        raise EngineError("too late")

    pipeline = make(Recording(), open_engine)
    pipeline.start()
    gate.await_reached()
    assert not pipeline.stop()
    gate.open()
    assert pipeline.join(WAIT_S)
    assert log.errors == []
    assert "too late" in caplog.text


def test_join_says_whether_it_has_ended(make, log):
    pipeline = make(Recording(1), pacing="realtime")
    assert pipeline.join(0)
    pipeline.start()
    log.await_event(Ended)
    assert not pipeline.join(0)
    pipeline.stop()
    assert pipeline.join(0)
