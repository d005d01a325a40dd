"""An engine is fed as much as it takes and no more."""

from __future__ import annotations

from benchmarks.gpu.feeding import fed, feed, one_at_a_time

from ..engines.cuda.overlapping import OverlappingFake, grey

PICTURES = [grey(level) for level in (1, 2, 3)]


def test_as_many_as_it_takes_are_on_their_way_and_all_end() -> None:
    most = 0

    def at_begin(_: int) -> None:
        nonlocal most
        most = max(most, engine.underway + 1)

    engine = OverlappingFake(at_begin, depth=3)
    assert feed(engine, PICTURES, lambda done: done < 7) == 7
    assert engine.batches == [[1], [2], [3], [1], [2], [3], [1]]
    assert engine.underway == 0
    assert most == 3


def test_batches_take_the_pictures_in_turns() -> None:
    engine = OverlappingFake()
    assert feed(engine, PICTURES, lambda done: done < 4, batch=2) == 4
    assert engine.batches == [[1, 2], [3, 1]]


def test_the_rate_counts_every_frame() -> None:
    engine = OverlappingFake()
    assert fed(engine, PICTURES, 0.05) > 10
    assert len(engine.batches) > 1


def test_one_at_a_time() -> None:
    engine = OverlappingFake()
    times = one_at_a_time(engine, PICTURES, 0.01)
    assert len(times) == len(engine.batches) >= 20
    assert engine.underway == 0
