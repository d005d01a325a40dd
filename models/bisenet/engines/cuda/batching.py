"""`SharedCard`: one engine for several inputs at once; pictures that come together go through it together."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from bisenet.closing import Closing
from bisenet.engines import OverlappingEngine, Pending
from bisenet.engines.cuda.borrowing import Borrowed, Wish
from bisenet.errors import EngineError

_JOIN_S = 3.0


class SharedCard(Closing):
    """Uses an engine on a thread of its own, named `card`, for all who borrow it. Closing it leaves the engine open.

    Whenever the engine has room, it begins with what is wanted by then: of each borrower the next, as far as these are
    of one size, kind and style and as many as it takes at once. Nobody waits for a picture of another; who is alone has
    its own one after the other, overlapping as ever. What goes wrong with a batch is told to those who have a picture
    in it.
    """

    def __init__(self, engine: OverlappingEngine) -> None:
        self._engine = engine
        self._changed = threading.Condition()
        self._turns: list[Borrowed] = []
        """Who has borrowed it, the next to be served first."""
        self._is_sound = True
        self._closed = False
        # A daemon: a device that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="card", daemon=True)
        self._thread.start()

    def borrow(self) -> OverlappingEngine:
        """The engine for one more input; from any thread. Closing it disturbs none of the others.

        Unlike the engine's own, its `begin` returns before the pictures are copied: they have to stay as they are until
        their `wait` ends, as those of frames do.
        """
        borrowed = Borrowed(self, self._engine)
        with self._changed:
            self._turns.append(borrowed)
        return borrowed

    @property
    def borrowers(self) -> int:
        """How many there are now."""
        with self._changed:
            return len(self._turns)

    @property
    def is_sound(self) -> bool:
        """Whether the engine has not failed since it last worked."""
        with self._changed:
            return self._is_sound

    def await_settled(self, timeout_s: float) -> bool:
        """After a failure, until it works for another borrower or there is none left; False: not within the time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._is_sound or not self._turns, timeout_s)

    def close(self) -> None:
        """Finish what is begun, refuse the rest and end the thread; one that the device holds is left behind."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(_JOIN_S)

    # The borrowers' threads.

    def ask(self, borrower: Borrowed, wishes: Sequence[Wish]) -> None:
        """Queue what a borrower wants. Raises EngineError where one of the two is closed."""
        with self._changed:
            if self._closed or borrower not in self._turns:
                raise EngineError("the engine is closed")
            borrower.wishes.extend(wishes)
            self._changed.notify_all()

    def hurry(self, wishes: Sequence[Wish]) -> None:
        """Somebody waits for these."""
        with self._changed:
            for wish in wishes:
                wish.is_awaited = True
            self._changed.notify_all()

    def leave(self, borrower: Borrowed) -> None:
        """Forget a borrower and what it still wants; harmless when repeated."""
        with self._changed:
            if borrower in self._turns:
                self._turns.remove(borrower)
            unanswered = list(borrower.wishes)
            borrower.wishes.clear()
            self._changed.notify_all()
        _refuse(unanswered)

    # The card's thread.

    def _run(self) -> None:
        underway: deque[tuple[Pending, list[Wish]]] = deque()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._is_asked_for(underway))
                if self._closed:
                    break
                # A call finds the engine as if it were alone with it.
                has_room = len(underway) < self._engine.depth
                batch = self._next_batch(calls=not underway) if has_room else []
            if not batch:
                self._finish(underway)
            elif batch[0].kind is None:
                self._call(batch)
            else:
                self._begin(batch, underway)
        while underway:
            self._finish(underway)
        with self._changed:
            unanswered = [wish for borrower in self._turns for wish in borrower.wishes]
            self._turns.clear()
            self._changed.notify_all()
        _refuse(unanswered)

    def _is_asked_for(self, underway: deque[tuple[Pending, list[Wish]]]) -> bool:
        """Whether there is something to do, with the lock held.

        What is underway is not waited for before somebody does: until then there may come more to begin with.
        """
        return any(each.wishes for each in self._turns) or any(
            wish.is_awaited for _, batch in underway for wish in batch
        )

    def _next_batch(self, *, calls: bool) -> list[Wish]:
        """What to begin with now, with the lock held; nothing where it is a call's turn and `calls` is False."""
        kind = next((each.wishes[0].kind for each in self._turns if each.wishes), None)
        if not any(each.wishes for each in self._turns) or (kind is None and not calls):
            return []
        ready = {each: each.next_of(kind) for each in self._turns}
        in_turns = [each for place in range(max(ready.values())) for each in self._turns if ready[each] > place]
        count = 1 if kind is None else _even(min(len(in_turns), self._engine.most_pictures))
        batch = [each.wishes.popleft() for each in in_turns[:count]]
        served = dict.fromkeys(in_turns[:count])
        self._turns = [each for each in self._turns if each not in served] + list(served)
        return batch

    def _begin(self, batch: list[Wish], underway: deque[tuple[Pending, list[Wish]]]) -> None:
        try:
            underway.append((self._engine.begin([wish.work for wish in batch], blend=batch[0].blend), batch))
        except Exception as error:  # noqa: BLE001  as a thread's top function: the borrowers get it
            self._fail(batch, error)

    def _finish(self, underway: deque[tuple[Pending, list[Wish]]]) -> None:
        pending, batch = underway.popleft()
        self._answer(batch, pending.wait)

    def _call(self, batch: list[Wish]) -> None:
        (wish,) = batch
        self._answer(batch, lambda: [wish.work()])

    def _answer(self, batch: list[Wish], work: Callable[[], Sequence[Any]]) -> None:
        try:
            answers = list(zip(batch, work(), strict=True))
        except Exception as error:  # noqa: BLE001  as a thread's top function: the borrowers get it
            self._fail(batch, error)
            return
        self._note(is_sound=True)
        for wish, answer in answers:
            wish.answer.set_result(answer)

    def _fail(self, batch: list[Wish], error: Exception) -> None:
        if isinstance(error, EngineError):
            self._note(is_sound=False)
        for wish in batch:
            wish.answer.set_exception(error)

    def _note(self, *, is_sound: bool) -> None:
        with self._changed:
            self._is_sound = is_sound
            self._changed.notify_all()


def _even(count: int) -> int:
    """The next power of two below: an engine makes itself ready for each count that comes, and few are as good."""
    return 1 << max(1, count).bit_length() - 1


def _refuse(wishes: Sequence[Wish]) -> None:
    for wish in wishes:
        wish.answer.set_exception(EngineError("the engine is closed"))
