"""`History`: undo and redo of a frozen value. Pure; no Qt."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

LIMIT = 100

T = TypeVar("T")


class History(Generic[T]):
    """The value that is there, and those before and after it.

    What belongs together, as the places of a slider that is dragged, is pushed with one merge key and is one step.
    """

    def __init__(self, now: T, limit: int = LIMIT) -> None:
        """limit: how many steps can be taken back; the oldest are forgotten."""
        if limit < 1:
            raise ValueError(f"expected room for a step at least, got {limit}")
        self._now = now
        self._before: deque[T] = deque(maxlen=limit)
        self._after: list[T] = []
        self._merge_key: Hashable = None

    @property
    def now(self) -> T:
        return self._now

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        return bool(self._after)

    def push(self, value: T, *, merge_key: Hashable = None) -> None:
        """A new value. With the merge key of the push before, it replaces that one's value; None merges nothing."""
        if value == self._now:
            return
        if merge_key is None or merge_key != self._merge_key:
            self._before.append(self._now)
        self._now, self._merge_key = value, merge_key
        self._after.clear()

    def end_merge(self) -> None:
        """The slider was let go: the next push is a step of its own, whatever its key."""
        self._merge_key = None

    def undo(self) -> T:
        """Go back by one step; the value that is there then, which is the same where there is no step."""
        if self._before:
            self._after.append(self._now)
            self._now = self._before.pop()
        self._merge_key = None
        return self._now

    def redo(self) -> T:
        """Take an undo back; the value that is there then."""
        if self._after:
            self._before.append(self._now)
            self._now = self._after.pop()
        self._merge_key = None
        return self._now

    def clear(self, now: T) -> None:
        """Begin anew, as for another model's classes."""
        self._now, self._merge_key = now, None
        self._before.clear()
        self._after.clear()
