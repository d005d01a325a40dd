"""`EngineSlot`: one engine at a time, the newest wish, and nothing left open."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from tests.app.pipeline.scripted import WAIT_S, FakeEngine, Gate

from bisenet.errors import EngineError
from bisenet_viewer.pipeline.engine_slot import EngineSlot, Outcome

PICTURE = np.full((1, 1, 3), 7, np.uint8)


@pytest.fixture
def outcomes() -> threading.Semaphore:
    """One for each time that somebody was told to take."""
    return threading.Semaphore(0)


@pytest.fixture
def slot(outcomes: threading.Semaphore):
    slot = EngineSlot(lambda engine: engine.infer(PICTURE), outcomes.release)
    yield slot
    slot.close()
    assert slot.join(WAIT_S)
    assert not slot.is_busy


def test_an_engine_is_opened_tried_and_handed_over_once(slot, outcomes):
    tried: list[int] = []
    engine = FakeEngine(tried.append)
    wish = slot.wish(lambda: engine)
    assert outcomes.acquire(timeout=WAIT_S)
    assert slot.take() == Outcome(wish, engine)
    assert slot.take() is None
    assert tried == [7]
    slot.close()
    assert slot.join(WAIT_S)
    assert engine.closed_on is None


def test_one_that_nobody_took_gives_way_and_is_closed(slot, outcomes):
    first, second = FakeEngine(), FakeEngine()
    slot.wish(lambda: first)
    assert outcomes.acquire(timeout=WAIT_S)
    wish = slot.wish(lambda: second)
    assert outcomes.acquire(timeout=WAIT_S)
    assert slot.take() == Outcome(wish, second)
    assert first.await_closed() == "opening"


def test_of_many_wishes_while_one_opens_only_the_last_is_opened(slot, outcomes):
    gate, first, opened = Gate(), FakeEngine(), []

    def open_first() -> FakeEngine:
        gate(0)
        return first

    def opener(number: int):
        def open_engine() -> FakeEngine:
            opened.append(number)
            return FakeEngine()

        return open_engine

    slot.wish(open_first)
    gate.await_reached()
    wishes = [slot.wish(opener(number)) for number in range(5)]
    gate.open()
    assert outcomes.acquire(timeout=WAIT_S)
    outcome = slot.take()
    assert outcome is not None
    assert outcome.wish == wishes[-1]
    assert opened == [4]
    assert first.closed_on == "opening"
    assert sorted(set(wishes)) == wishes


def test_none_is_an_outcome_at_once_also_while_one_opens(slot, outcomes):
    gate, engine = Gate(), FakeEngine()
    slot.wish(lambda: (gate(0), engine)[1])
    gate.await_reached()
    wish = slot.wish(None)
    assert outcomes.acquire(timeout=WAIT_S)
    assert slot.take() == Outcome(wish)
    gate.open()
    assert engine.await_closed() == "opening"
    assert slot.take() is None


@pytest.mark.parametrize("fails", ["opening", "its first frame"])
def test_what_fails_is_handed_over_as_a_fault(slot, outcomes, fails):
    error = EngineError("out of memory")

    def fail(_k: int) -> None:
        raise error

    engine = FakeEngine(fail if fails == "its first frame" else lambda _k: None)

    def open_engine() -> FakeEngine:
        if fails == "opening":
            raise error
        return engine

    wish = slot.wish(open_engine)
    assert outcomes.acquire(timeout=WAIT_S)
    assert slot.take() == Outcome(wish, error=error)
    assert engine.closed_on == ("opening" if fails == "its first frame" else None)


def test_a_wish_is_withdrawn_until_it_was_taken(slot, outcomes):
    assert not slot.withdraw()
    engine = FakeEngine()
    slot.wish(lambda: engine)
    assert outcomes.acquire(timeout=WAIT_S)
    assert slot.withdraw()
    assert slot.take() is None
    assert engine.await_closed() == "opening"
    slot.wish(lambda: FakeEngine())
    assert outcomes.acquire(timeout=WAIT_S)
    assert slot.take() is not None
    assert not slot.withdraw()


def test_closed_it_opens_nothing_and_closes_what_comes(slot):
    gate, engine, opened = Gate(), FakeEngine(), []
    slot.wish(lambda: (gate(0), engine)[1])
    gate.await_reached()
    slot.close()
    slot.wish(lambda: opened.append(1))
    slot.wish(None)
    assert slot.is_busy
    assert not slot.join(0)
    gate.open()
    assert slot.join(WAIT_S)
    assert engine.closed_on == "opening"
    assert opened == []
    assert slot.take() is None
