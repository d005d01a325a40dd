"""`Channel`: a bounded hand-over of items from one thread to another."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, Literal, TypeVar

T = TypeVar("T")

Policy = Literal["newest", "wait"]


class ChannelClosed(Exception):  # noqa: N818  a state that both sides expect, like StopIteration
    """Nothing can be put any more; or, for the taker, nothing is left either."""


class Channel(Generic[T]):
    """Holds up to `capacity` items, oldest first.

    policy: what `put` does when there is no room. `newest` throws the oldest item away and counts it, so that the
    putting side never waits and the taking side never falls behind; `wait` waits for room, so that nothing is lost.
    """

    def __init__(self, capacity: int, policy: Policy) -> None:
        if capacity < 1:
            raise ValueError(f"expected a capacity of 1 or more, got {capacity}")
        if policy not in ("newest", "wait"):
            raise ValueError(f"expected the policy newest or wait, got {policy!r}")
        self._capacity = capacity
        self._policy = policy
        self._items: deque[T] = deque()
        self._closed = False
        self._nudged = False
        self._dropped = 0
        self._changed = threading.Condition()

    def put(self, item: T, timeout_s: float | None = None) -> bool:
        """Hand an item over; False when there was no room for `timeout_s` (None: wait for ever).

        Raises ChannelClosed, also when that happens while it waits.
        """
        if self._policy == "wait":
            return self.append(item, timeout_s)
        with self._changed:
            if self._closed:
                raise ChannelClosed
            if len(self._items) == self._capacity:
                self._items.popleft()
                self._dropped += 1
            self._items.append(item)
            self._changed.notify_all()
        return True

    def append(self, item: T, timeout_s: float | None = None) -> bool:
        """As `put`, but waits for room under either policy: for what must push nothing out, such as an end mark."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._closed or len(self._items) < self._capacity, timeout_s):
                return False
            if self._closed:
                raise ChannelClosed
            self._items.append(item)
            self._changed.notify_all()
        return True

    def get(self, timeout_s: float | None = None) -> T | None:
        """Take the oldest item; None when none came for `timeout_s` (None: wait for ever), or after a `nudge`.

        Raises ChannelClosed once the channel is closed and empty.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._closed or self._items or self._nudged, timeout_s):
                return None
            if not self._items and not self._closed:
                self._nudged = False
                return None
            if not self._items:
                raise ChannelClosed
            item = self._items.popleft()
            self._changed.notify_all()
        return item

    def nudge(self) -> None:
        """Let `get` return None, once and when nothing waits: the taking side has something else to look at."""
        with self._changed:
            self._nudged = True
            self._changed.notify_all()

    def clear(self) -> int:
        """Throw away what waits; how many items that were. They do not count as dropped: nobody wanted them."""
        with self._changed:
            count = len(self._items)
            self._items.clear()
            self._changed.notify_all()
        return count

    def close(self) -> None:
        """Take nothing more and wake whoever waits; what is here can still be taken. Harmless when repeated."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def dropped(self) -> int:
        """How many items were pushed out by newer ones."""
        with self._changed:
            return self._dropped

    def __len__(self) -> int:
        """How many items wait."""
        with self._changed:
            return len(self._items)
