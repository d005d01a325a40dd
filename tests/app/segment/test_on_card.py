"""An engine on a card: it draws, frames may stay there, and it is shared by what is done one after the other."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tests.app.segment.fakes import CLASSES, CardEngine, FakeEngine, FakeSource, make_frame
from tests.app.segment.test_one import read_ids, read_pictures, read_times

from bisenet.engines import OverlappingEngine
from bisenet.errors import EngineError
from bisenet_viewer.errors import SourceError, UsageError
from bisenet_viewer.segment import SegmentOptions, command, run, views
from bisenet_viewer.segment.engine_thread import EngineThread
from bisenet_viewer.segment.request import Request

PICTURE = np.full((4, 4, 3), 200, np.uint8)


class Opened:
    """Opens sources, and notes for which card."""

    def __init__(self, count: int | None = 40, **more: object) -> None:
        self.cards: list[int | None] = []
        self.sources: list[FakeSource] = []
        self._new = lambda: FakeSource(count, **more)

    def __call__(self, _uri: str, *, on_card: int | None = None) -> FakeSource:
        self.cards.append(on_card)
        self.sources.append(self._new())
        return self.sources[-1]


def segment(engine: FakeEngine | CardEngine, source: Opened | None = None, /, **options: object) -> int:
    return run(
        SegmentOptions(**{"source": "clip.mp4"} | options),
        open_source=source or Opened(),
        open_engine=lambda *_which, **_how: engine,
    )


@pytest.mark.parametrize(
    "options",
    [{"opacity": 0.4}, {"classes": ("sky",)}, {"view": "mask"}, {"view": "mask", "classes": ("sky",)}],
)
def test_what_the_card_draws_is_what_would_be_drawn_here(monkeypatch, options):
    segment(FakeEngine(), output=Path("here.mp4"), **options)
    monkeypatch.setattr(views, "render", lambda *_which: pytest.fail("drawn by the processor"))
    engine = CardEngine()
    segment(engine, output=Path("there.mp4"), **options)
    assert read_times("there.mp4") == read_times("here.mp4")
    for here, there in zip(read_pictures("here.mp4"), read_pictures("there.mp4"), strict=True):
        assert np.abs(here.astype(int) - there).max() <= 8
    assert engine.left_underway == 0


def test_side_by_side_and_confidence_are_drawn_here():
    segment(FakeEngine(), output=Path("here.mp4"), view="side-by-side")
    segment(CardEngine(), output=Path("there.mp4"), view="side-by-side")
    segment(CardEngine(), output=Path("sure.mp4"), confidence=Path("c"))
    for here, there in zip(read_pictures("here.mp4"), read_pictures("there.mp4"), strict=True):
        assert np.array_equal(here, there)
    assert len(read_pictures("sure.mp4")) == len(list(Path("c").iterdir())) == 40


def test_masks_and_statistics_are_as_ever():
    segment(CardEngine(), Opened(5), output=Path("out.mp4"), masks=Path("m"), stats=Path("s.jsonl"))
    for index, path in enumerate(sorted(Path("m").iterdir())):
        assert np.array_equal(read_ids(path), make_frame(index).rgb[..., 0] > 150)
    lines = [json.loads(line) for line in Path("s.jsonl").read_text().splitlines()]
    assert [line["index"] for line in lines] == [0, 1, 2, 3, 4]
    assert {"decode", "pre", "network", "post", "overlay", "encode"} <= set(lines[0]["ms"])


def test_a_class_that_the_model_does_not_know_is_told_as_ever():
    with pytest.raises(UsageError, match="no class cat: the model knows road, sky"):
        segment(CardEngine(), output=Path("out.mp4"), classes=("cat",))


# Frames that stay on the card.


@pytest.mark.parametrize(
    ("options", "cards"),
    [
        ({}, [None, 1]),
        ({"masks": Path("m"), "output": None}, [None, 1]),
        ({"view": "side-by-side"}, [None]),
        ({"view": "side-by-side", "masks": Path("m"), "output": None}, [None, 1]),
        ({"confidence": Path("c")}, [None]),
        ({"device": "cpu"}, [None]),
    ],
)
def test_the_input_is_opened_again_for_the_card_where_all_can_be_made_there(options, cards):
    source = Opened()
    segment(CardEngine(device="cuda:1"), source, **{"output": Path("out.mp4")} | options)
    assert source.cards == cards
    assert all(each.closed for each in source.sources)


def test_on_the_processor_it_is_opened_once_and_so_is_a_live_stream():
    source = Opened()
    segment(FakeEngine(), source, output=Path("out.mp4"))
    assert source.cards == [None]
    camera = Opened(None, live=True)
    segment(CardEngine(), camera, source="0", output=Path("live.mp4"), to_s=1.0)
    assert camera.cards == [None]


def test_a_part_of_an_input_is_the_same_part_on_a_card():
    options = {"from_s": 0.2, "to_s": 1.0, "every": 3}
    segment(FakeEngine(), output=Path("here.mp4"), **options)
    segment(CardEngine(), output=Path("there.mp4"), **options)
    assert read_times("there.mp4") == read_times("here.mp4")


def test_an_input_that_is_not_there_is_told_before_the_model_loads():
    def open_source(_uri: str, *, on_card: int | None = None) -> FakeSource:
        raise SourceError(f"clip.mp4: no such file {on_card}")

    with pytest.raises(SourceError, match="no such file None"):
        run(SegmentOptions("clip.mp4"), open_source=open_source, open_engine=pytest.fail)


def test_an_input_that_cannot_be_opened_again_fails():
    def open_source(_uri: str, *, on_card: int | None = None) -> FakeSource:
        if on_card is not None:
            raise SourceError("clip.mp4 is gone")
        return FakeSource(5)

    with pytest.raises(SourceError, match=r"clip\.mp4 is gone"):
        run(SegmentOptions("clip.mp4"), open_source=open_source, open_engine=lambda *_which, **_how: CardEngine())


# One after the other.


def several(engines: list[CardEngine | Exception], names: tuple[str, ...] = ("a.mp4", "b.mp4", "c.mp4")) -> int:
    """Segment these, with one engine after the other; the second of two that are there is opened when need be."""
    waiting = iter(engines)

    def open_engine(*_which: object, **_how: object) -> CardEngine:
        engine = next(waiting)
        if isinstance(engine, Exception):
            raise engine
        return engine

    opened = Opened(8)
    try:
        request = Request(names, output=Path("out"), report=Path("r.json"), stats="", video=False)
        return command.run(request, open_source=opened, open_engine=open_engine)
    finally:
        several.cards = opened.cards


def results() -> list[str]:
    return [entry["result"] for entry in json.loads(Path("r.json").read_text())["inputs"]]


def failing_at(number: int) -> CardEngine:
    """Fails with the picture of that number, and all after it."""
    seen = iter(range(1000))

    def fail(_level: int) -> None:
        if next(seen) >= number:
            raise EngineError("cuda:0 is lost")

    return CardEngine(at_end=fail)


def test_inputs_share_the_engine_and_later_ones_are_opened_for_its_card():
    engine = CardEngine()
    assert several([engine]) == 0
    assert results() == ["done"] * 3
    assert several.cards == [None, 0, 0, 0]
    assert engine.closed_on == "engine"
    assert engine.left_underway == 0
    report = json.loads(Path("r.json").read_text())
    assert [entry["device"] for entry in report["inputs"]] == ["cuda:0"] * 3


def test_an_engine_that_fails_is_opened_again_for_the_next_input():
    engines = [failing_at(10), CardEngine()]
    assert several(engines) == 4
    assert results() == ["done", "failed", "done"]
    assert [engine.closed for engine in engines] == [True, True]


def test_a_card_that_is_lost_for_good_ends_the_run_and_what_was_done_is_kept():
    with pytest.raises(EngineError, match="no CUDA device is usable"):
        several([failing_at(10), EngineError("no CUDA device is usable")], ("a.mp4", "b.mp4", "c.mp4", "d.mp4"))
    assert results() == ["done", "failed", "failed", "not started"]
    assert len(Path("out/a_stats.jsonl").read_text().splitlines()) == 8
    # The second may have gone through the card with the one that failed.
    assert len(Path("out/b_stats.partial.jsonl").read_text().splitlines()) in (1, 2)


# The engine's thread.


def test_several_may_borrow_an_engine_on_a_card():
    engine = CardEngine()
    with EngineThread(lambda: engine) as owner:
        assert owner.card is None
        both = [owner.lend(), owner.lend()]
        assert owner.card == 0
        for each in both:
            assert isinstance(each, OverlappingEngine)
            assert each.classes == CLASSES
            assert each.infer(PICTURE).all()
        both[0].close()
        assert both[1].infer(PICTURE).all()
        assert not engine.closed
    assert engine.closed_on == "engine"


def test_an_engine_that_fails_for_all_is_replaced_when_the_last_has_learnt_it():
    engines = [failing_at(1), CardEngine()]
    waiting = iter(engines)
    with EngineThread(lambda: next(waiting)) as owner:
        one, other = owner.lend(), owner.lend()
        assert one.infer(PICTURE).all()
        with pytest.raises(EngineError, match="lost"):
            one.infer(PICTURE)
        one.close()
        owner.drop()
        # The other has still to find out.
        assert not owner.await_settled(0)
        with ThreadPoolExecutor(1) as pool:
            settled = pool.submit(owner.await_settled, 10.0)
            with pytest.raises(EngineError, match="lost"):
                other.infer(PICTURE)
            other.close()
            assert settled.result()
        assert owner.lend().infer(PICTURE).all()
        assert [engine.closed for engine in engines] == [True, False]


def test_an_engine_that_works_for_others_is_kept():
    def fail(level: int) -> None:
        if level == 7:
            raise EngineError("out of memory")

    opened: list[CardEngine] = []
    with EngineThread(lambda: opened.append(CardEngine(fail)) or opened[0]) as owner:
        one, other = owner.lend(), owner.lend()
        with pytest.raises(EngineError, match="out of memory"):
            one.infer(PICTURE - 193)
        one.close()
        owner.drop()
        assert not owner.await_settled(0)
        assert other.infer(PICTURE).all()
        assert owner.await_settled(0)
        assert owner.lend().infer(PICTURE).all()
    assert len(opened) == 1
    assert not [thread for thread in threading.enumerate() if thread.name == "card"]
