"""A card without a card: torch on the processor, and a record of what was asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


class FakeEvent:
    """Comes as soon as it is recorded, unless the card hangs."""

    def __init__(self, card: FakeCard) -> None:
        self._card = card
        self._at: float | None = None

    def record(self) -> None:
        self._at = time.perf_counter()
        self._card.log.append(("record", self._card.current, self))

    def query(self) -> bool:
        if self._card.failure is not None:
            raise self._card.failure
        return self._at is not None and not self._card.hangs

    def elapsed_ms(self, later: FakeEvent) -> float:
        assert self._at is not None
        assert later._at is not None
        return (later._at - self._at) * 1000


class FakeStream:
    """Does everything at once."""

    def __init__(self, card: FakeCard, name: str) -> None:
        self._card = card
        self.name = name

    def wait(self, event: FakeEvent) -> None:
        self._card.log.append(("wait", self.name, event))

    def wait_for_default(self) -> None:
        self._card.log.append(("wait for default", self.name, None))

    @contextmanager
    def current(self) -> Iterator[None]:
        before, self._card.current = self._card.current, self.name
        try:
            yield
        finally:
            self._card.current = before


class FakeCard:
    """See `bisenet.engines.cuda.card.Card`."""

    def __init__(self) -> None:
        self.device = torch.device("cpu")
        self.hangs = False
        self.failure: RuntimeError | None = None
        self.current = "none"
        self.captured = self.replayed = self.released = self.pools = 0
        self.log: list[tuple[str, str, FakeEvent | None]] = []
        self._names = iter(("in", "computing", "out"))

    def stream(self) -> FakeStream:
        return FakeStream(self, next(self._names))

    def event(self) -> FakeEvent:
        return FakeEvent(self)

    def pinned(self, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
        # Whatever was there before: what nobody writes shows.
        return torch.full(shape, 77, dtype=dtype)

    def pool(self) -> object:
        self.pools += 1
        return object()

    def capture(self, work: Callable[[], None], pool: object) -> Callable[[], None]:
        del pool
        work()
        self.captured += 1

        def replay() -> None:
            self.replayed += 1
            work()

        return replay

    def release_memory(self) -> None:
        self.released += 1
