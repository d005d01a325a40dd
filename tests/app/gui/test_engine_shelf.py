"""Engines that are kept for whoever wants the same one next; and that the window's wiring does so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.app.pipeline.scripted import FakeEngine

from bisenet.errors import EngineError
from bisenet_viewer.gui import wiring as wiring_module
from bisenet_viewer.gui.engine_shelf import EngineShelf
from bisenet_viewer.gui.player import Request
from bisenet_viewer.gui.wiring import Wiring

RGB = np.zeros((2, 4, 3), np.uint8)


class Opener:
    """Opens engines, and keeps them for the test."""

    def __init__(self, engine: Callable[[], FakeEngine] = FakeEngine) -> None:
        self.opened: list[FakeEngine] = []
        self._engine = engine

    def __call__(self, _request: object = None) -> FakeEngine:
        self.opened.append(self._engine())
        return self.opened[-1]

    @property
    def closed(self) -> list[bool]:
        return [engine.closed_on is not None for engine in self.opened]


@pytest.fixture
def shelf() -> Iterator[EngineShelf]:
    with EngineShelf() as shelf:
        yield shelf


@pytest.fixture
def opener() -> Opener:
    return Opener()


def test_what_came_back_is_lent_again(shelf: EngineShelf, opener: Opener) -> None:
    with shelf.lend("a", opener) as engine:
        assert engine.info is opener.opened[0].info
        assert engine.classes is opener.opened[0].classes
        assert np.array_equal(engine.infer(RGB), RGB[..., 0])
        assert engine.infer_confidence(RGB)[1].shape == (2, 4)
        assert engine.infer_scored(RGB, confidence=True).confidence is not None
    with shelf.lend("a", opener) as again:
        assert again.info is opener.opened[0].info
    assert len(opener.opened) == 1
    assert opener.closed == [False]


def test_one_that_is_in_use_is_not_lent_twice(shelf: EngineShelf, opener: Opener) -> None:
    with shelf.lend("a", opener), shelf.lend("a", opener):
        assert len(opener.opened) == 2


def test_another_kind_is_another_engine(shelf: EngineShelf, opener: Opener) -> None:
    shelf.lend("a", opener).close()
    shelf.lend("b", opener).close()
    assert len(opener.opened) == 2
    shelf.lend("a", opener).close()
    assert len(opener.opened) == 2


def test_two_are_kept_those_that_came_back_last(shelf: EngineShelf, opener: Opener) -> None:
    for key in "abac":
        shelf.lend(key, opener).close()
    assert opener.closed == [False, True, False]


def test_one_that_failed_is_closed(shelf: EngineShelf) -> None:
    def fail(_k: int) -> None:
        raise EngineError("the device is gone")

    opener = Opener(lambda: FakeEngine(fail))
    with shelf.lend("a", opener) as engine, pytest.raises(EngineError, match="the device is gone"):
        engine.infer(RGB)
    assert opener.closed == [True]
    shelf.lend("a", opener)
    assert len(opener.opened) == 2


def test_closing_an_engine_twice_gives_it_back_once(shelf: EngineShelf, opener: Opener) -> None:
    engine = shelf.lend("a", opener)
    engine.close()
    engine.close()
    with shelf.lend("a", opener), shelf.lend("a", opener):
        assert len(opener.opened) == 2


def test_closed_it_keeps_nothing(opener: Opener) -> None:
    shelf = EngineShelf()
    shelf.lend("a", opener).close()
    late = shelf.lend("b", opener)
    shelf.close()
    assert opener.closed == [True, False]
    late.close()
    assert opener.closed == [True, True]


def test_what_cannot_be_opened_says_so(shelf: EngineShelf) -> None:
    def fail() -> FakeEngine:
        raise EngineError("no such model")

    with pytest.raises(EngineError, match="no such model"):
        shelf.lend("a", fail)


def test_the_wiring_lends_by_all_that_was_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opener = Opener()
    monkeypatch.setattr(wiring_module, "_open_engine", opener)
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"one")
    with Wiring() as wiring:
        for request in (
            Request("a.mp4", "street-x39"),
            Request("b.mp4", "street-x39"),
            Request("b.mp4", "street-x39", imgsz=(640, 352)),
            Request("c.mp4", "street-x39", imgsz=(640, 352)),
            Request("c.mp4", str(file)),
            Request("d.mp4", str(file)),
        ):
            wiring.open_engine(request).close()
        assert len(opener.opened) == 3
        file.write_bytes(b"trained on")
        wiring.open_engine(Request("d.mp4", str(file))).close()
        assert len(opener.opened) == 4
    assert all(opener.closed)
