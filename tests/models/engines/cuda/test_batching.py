"""SharedCard: whose pictures go together, whose turn it is, and who learns of a failure."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator

import pytest
from tests.models.engines.cuda.overlapping import RED, WAIT_S, OverlappingFake, grey

from bisenet.engines import OverlappingEngine, Pending
from bisenet.engines.cuda.batching import SharedCard
from bisenet.errors import EngineError

Share = Callable[[OverlappingFake], SharedCard]


@pytest.fixture
def share() -> Iterator[Share]:
    """Shares engines, and closes all after the test."""
    shared: list[tuple[SharedCard, OverlappingFake]] = []

    def make(engine: OverlappingFake) -> SharedCard:
        shared.append((SharedCard(engine), engine))
        return shared[-1][0]

    yield make
    for card, engine in shared:
        engine.release(1000)
        card.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "card"]


def level_of(pending: Pending) -> int:
    (inferred,) = pending.wait()
    assert (inferred.labels == inferred.labels[0, 0]).all()
    return int(inferred.labels[0, 0])


def busy(card: SharedCard, engine: OverlappingFake) -> Pending:
    """Keep an engine of depth 1 with one picture, of level 99."""
    pending = card.borrow().begin([grey(99)])
    engine.await_batches(1)
    return pending


def test_a_lone_borrower_is_served_as_by_the_engine_itself(share):
    engine = OverlappingFake(held=True)
    borrowed = share(engine).borrow()
    assert isinstance(borrowed, OverlappingEngine)
    assert (borrowed.info, borrowed.classes) == (engine.info, engine.classes)
    assert (borrowed.depth, borrowed.most_pictures) == (2, 8)
    first = borrowed.begin([grey(1)], blend=RED)
    assert engine.await_batches(1) == [[1]]
    second = borrowed.begin([grey(2)])
    assert engine.await_batches(2) == [[1], [2]]
    engine.release(2)
    (inferred,) = first.wait()
    assert inferred.labels.tolist() == [[1] * 4] * 2
    assert inferred.drawn[0, 0, 0] == 255
    assert inferred.laps == {"pre": 1.0, "network": 2.0, "post": 3.0}
    (inferred,) = second.wait()
    assert inferred.drawn is None


def test_the_next_is_begun_while_the_one_before_is_underway(share):
    engine = OverlappingFake(held=True)
    borrowed = share(engine).borrow()
    waiting = [borrowed.begin([grey(0)]), borrowed.begin([grey(1)])]
    for level in range(2, 6):
        engine.release()
        assert level_of(waiting.pop(0)) == level - 2
        waiting.append(borrowed.begin([grey(level)]))
        assert engine.await_batches(level + 1)[-1] == [level]
        assert engine.underway == 2
    engine.release(2)


def test_what_comes_while_the_engine_is_busy_goes_together(share):
    engine = OverlappingFake(held=True, depth=1)
    card = share(engine)
    first = busy(card, engine)
    four = [card.borrow().begin([grey(level)]) for level in range(4)]
    engine.release(2)
    assert [level_of(pending) for pending in [first, *four]] == [99, 0, 1, 2, 3]
    assert engine.batches == [[99], [0, 1, 2, 3]]


def test_the_counts_are_powers_of_two_so_that_an_engine_sees_few(share):
    engine = OverlappingFake(held=True, depth=1)
    card = share(engine)
    busy(card, engine)
    seven = [card.borrow().begin([grey(level)]) for level in range(7)]
    engine.release(4)
    assert [level_of(pending) for pending in seven] == list(range(7))
    assert engine.batches == [[99], [0, 1, 2, 3], [4, 5], [6]]


def test_the_most_at_once_may_shrink(share):
    engine = OverlappingFake(held=True, depth=1)
    card = share(engine)
    busy(card, engine)
    four = [card.borrow().begin([grey(level)]) for level in range(4)]
    engine.most_pictures = 3
    engine.release(3)
    assert [level_of(pending) for pending in four] == [0, 1, 2, 3]
    assert engine.batches == [[99], [0, 1], [2, 3]]


def test_sizes_and_styles_are_not_mixed(share):
    engine = OverlappingFake(held=True, depth=1)
    card = share(engine)
    busy(card, engine)
    asked = [(0, 4, None), (1, 6, None), (2, 4, RED), (3, 4, None), (4, 6, None)]
    all_of_them = [card.borrow().begin([grey(level, width)], blend=blend) for level, width, blend in asked]
    engine.release(4)
    assert [level_of(pending) for pending in all_of_them] == [0, 1, 2, 3, 4]
    assert engine.batches == [[99], [0, 3], [1, 4], [2]]


def test_who_wants_much_does_not_keep_others_waiting(share):
    engine = OverlappingFake(held=True, depth=1, most_pictures=4)
    card = share(engine)
    busy(card, engine)
    greedy, modest = card.borrow(), card.borrow()
    much = [greedy.begin([grey(level) for level in levels]) for levels in [(0, 1, 2, 3)]]
    little = modest.begin([grey(10)])
    engine.release(3)
    assert level_of(little) == 10
    assert [int(inferred.labels[0, 0]) for inferred in much[0].wait()] == [0, 1, 2, 3]
    assert engine.batches == [[99], [0, 10, 1, 2], [3]]


def test_those_who_were_served_are_last_next_time(share):
    engine = OverlappingFake(held=True, depth=1, most_pictures=2)
    card = share(engine)
    busy(card, engine)
    three = [card.borrow() for _ in range(3)]
    all_of_them = [each.begin([grey(10 * k), grey(10 * k + 1)]) for k, each in enumerate(three)]
    engine.release(4)
    for pending in all_of_them:
        pending.wait()
    assert engine.batches == [[99], [0, 10], [20, 1], [11, 21]]


@pytest.mark.parametrize("fails", ["begin", "end"])
def test_a_failure_is_told_to_those_whose_pictures_it_was(share, fails):
    def fail(level: int) -> None:
        if level == 2:
            raise EngineError("out of memory")

    engine = OverlappingFake(**{f"at_{fails}": fail}, held=True, depth=1)
    card = share(engine)
    first = busy(card, engine)
    two = [card.borrow() for _ in range(2)]
    failing = [each.begin([grey(k + 1)]) for k, each in enumerate(two)]
    other = card.borrow().begin([grey(3, width=6)])
    engine.release(4)
    for pending in failing:
        with pytest.raises(EngineError, match="out of memory"):
            pending.wait()
    assert (level_of(first), level_of(other)) == (99, 3)
    assert level_of(two[1].begin([grey(4)])) == 4


def test_a_borrower_that_leaves_is_not_served_and_disturbs_nobody(share):
    engine = OverlappingFake(held=True, depth=1)
    card = share(engine)
    gone, gone_too = card.borrow(), card.borrow()
    left_behind = gone.begin([grey(1)])
    engine.await_batches(1)
    unserved = gone_too.begin([grey(2)])
    stays = card.borrow().begin([grey(3)])
    for each in (gone, gone, gone_too):
        each.close()
    engine.release(2)
    assert level_of(stays) == 3
    assert engine.batches == [[1], [3]]
    assert card.borrowers == 1
    assert level_of(left_behind) == 1
    with pytest.raises(EngineError, match="the engine is closed"):
        unserved.wait()
    with pytest.raises(EngineError, match="the engine is closed"):
        gone_too.begin([grey(1)])


def test_begins_that_cannot_be_are_refused_at_once(share):
    engine = OverlappingFake(held=True)
    card = share(engine)
    borrowed = card.borrow()
    with pytest.raises(ValueError, match="expected 1 to 8 pictures, got 0"):
        borrowed.begin([])
    with pytest.raises(ValueError, match="expected 1 to 8 pictures, got 9"):
        borrowed.begin([grey(1)] * 9)
    with pytest.raises(ValueError, match="one size and kind"):
        borrowed.begin([grey(1), grey(2, width=6)])
    two = [borrowed.begin([grey(level)]) for level in range(2)]
    with pytest.raises(EngineError, match="2 are begun and not waited for"):
        borrowed.begin([grey(2)])
    engine.release(10)
    two[0].wait()
    assert level_of(borrowed.begin([grey(3)])) == 3


def test_what_is_no_begin_has_the_engine_to_itself(share):
    engine = OverlappingFake(held=True)
    card = share(engine)
    first = busy(card, engine)
    answers: list[object] = []
    borrowed = card.borrow()
    thread = threading.Thread(target=lambda: answers.append(borrowed.infer_confidence(grey(5))))
    thread.start()
    engine.release(10)
    thread.join(WAIT_S)
    ((labels, confidence),) = answers
    assert (int(labels[0, 0]), int(confidence[0, 0])) == (5, 200)
    laps: dict[str, float] = {}
    assert int(borrowed.infer(grey(7), laps)[0, 0]) == 7
    assert laps["network"] == 2.0
    assert level_of(first) == 99


def test_closing_finishes_what_is_begun_and_refuses_the_rest(share):
    engine = OverlappingFake(held=True, depth=1)
    card = share(engine)
    begun = busy(card, engine)
    waiting = card.borrow().begin([grey(1)])
    threading.Timer(0.05, engine.release).start()
    card.close()
    assert level_of(begun) == 99
    with pytest.raises(EngineError, match="the engine is closed"):
        waiting.wait()
    with pytest.raises(EngineError, match="the engine is closed"):
        card.borrow().begin([grey(1)])
    assert engine.batches == [[99]]
    assert not engine.closed


def test_after_a_failure_it_is_known_when_the_engine_works_again(share):
    def fail(level: int) -> None:
        if level == 1:
            raise EngineError("device lost")

    card = share(OverlappingFake(at_end=fail))
    one, other = card.borrow(), card.borrow()
    assert card.await_settled(0)
    with pytest.raises(EngineError):
        one.infer(grey(1))
    assert not card.is_sound
    assert not card.await_settled(0)
    other.infer(grey(2))
    assert card.await_settled(WAIT_S)
    with pytest.raises(EngineError):
        one.infer(grey(1))
    one.close()
    assert not card.await_settled(0)
    other.close()
    assert card.await_settled(WAIT_S)
    assert not card.is_sound


def test_whoever_comes_and_goes_each_gets_its_own(share):
    """Random borrowers: the fake checks how the engine is used, each borrower what it gets and in which order."""

    def fail(level: int) -> None:
        if level == 200:
            raise EngineError("no such level")

    def live(seed: int) -> None:
        dice = random.Random(seed)
        try:
            for _ in range(3):
                with card.borrow() as borrowed:
                    waiting: list[tuple[list[int], Pending]] = []
                    for _ in range(dice.randrange(30)):
                        levels = [dice.randrange(0, 201) for _ in range(dice.choice([1, 1, 2]))]
                        width = dice.choice([4, 6])
                        if len(waiting) == borrowed.depth or (waiting and dice.random() < 0.3):
                            check(*waiting.pop(0))
                        waiting.append((levels, borrowed.begin([grey(level, width) for level in levels])))
                        if dice.random() < 0.1 and not waiting:
                            assert borrowed.infer_confidence(grey(3))[0][0, 0] == 3
                    if dice.random() < 0.7:
                        for each in waiting:
                            check(*each)
        except BaseException as error:  # noqa: BLE001  the test's own thread tells it
            faults.append(error)

    def check(levels: list[int], pending: Pending) -> None:
        try:
            labels = [int(inferred.labels[0, 0]) for inferred in pending.wait()]
        except EngineError as error:
            assert str(error) == "no such level"  # noqa: PT017
        else:
            assert labels == levels
            assert 200 not in levels

    faults: list[BaseException] = []
    engine = OverlappingFake(fail, most_pictures=4)
    card = share(engine)
    threads = [threading.Thread(target=live, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert faults == []
    assert card.borrowers == 0
    assert max(len(batch) for batch in engine.batches) > 1
    assert {len(batch) for batch in engine.batches} <= {1, 2, 4}
