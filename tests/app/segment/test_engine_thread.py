"""EngineThread: one engine for many borrowers, on one thread."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from tests.app.segment.fakes import CLASSES, FakeEngine

from bisenet.errors import CheckpointError, EngineError
from bisenet_viewer.segment.engine_thread import EngineThread

PICTURE = np.full((4, 4, 3), 200, np.uint8)


def test_the_engine_is_opened_once_and_lives_on_its_own_thread():
    names: set[str] = set()
    opened: list[FakeEngine] = []

    def open_engine() -> FakeEngine:
        names.add(threading.current_thread().name)
        opened.append(FakeEngine(lambda _number: names.add(threading.current_thread().name)))
        return opened[0]

    with EngineThread(open_engine) as owner:
        assert not owner.is_open
        for _ in range(3):
            with owner.lend() as engine:
                laps: dict[str, float] = {}
                assert engine.classes == CLASSES
                assert engine.info.model == "street-x39"
                assert engine.infer(PICTURE, laps).tolist() == [[1] * 4] * 4
                assert laps == {"pre": 1.0, "network": 2.0, "post": 3.0}
                assert engine.infer_confidence(PICTURE)[1].tolist() == [[200] * 4] * 4
            assert not opened[0].closed
    assert len(opened) == 1
    assert opened[0].closed
    assert names == {"engine"}


def test_scores_come_from_there_too():
    threads: list[str] = []

    class Scoring(FakeEngine):
        def infer_scored(self, rgb, laps=None, *, confidence=False):
            threads.append(threading.current_thread().name)
            return laps, confidence, rgb.shape

    laps: dict[str, float] = {}
    with EngineThread(Scoring) as owner, owner.lend() as engine:
        assert engine.infer_scored(PICTURE, laps, confidence=True) == (laps, True, (4, 4, 3))
    assert threads == ["engine"]


def test_what_goes_wrong_is_the_borrowers():
    with EngineThread(lambda: (_ for _ in ()).throw(CheckpointError("no such model"))) as owner:
        with pytest.raises(CheckpointError, match="no such model"):
            owner.lend()
        assert not owner.is_open


def test_an_engine_that_failed_is_replaced():
    def fail(_number: int) -> None:
        raise EngineError("device lost")

    engines = [FakeEngine(fail), FakeEngine()]
    waiting = iter(engines)
    with EngineThread(lambda: next(waiting)) as owner:
        with owner.lend() as engine, pytest.raises(EngineError, match="device lost"):
            engine.infer(PICTURE)
        assert owner.is_open
        owner.drop()
        assert engines[0].closed
        with owner.lend() as engine:
            assert engine.infer(PICTURE).all()
