"""An `OverlappingEngine` without a card: its pictures are done when a test says so, and it notes how it was used."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet.engines import BlendTable, EngineInfo, Inferred, Laps
from bisenet.engines.scores import Scored, Scores
from bisenet.errors import EngineError

WAIT_S = 10.0
"""Only a test that fails waits so long."""
CLASSES = ClassSet("one", ("road",), ((128, 0, 0),))
RED = BlendTable(bytes((255, 0, 0, 255)) * 256)


class OverlappingFake(Closing):
    """Labels every pixel with the picture's grey level and `more`; drawn, a picture has the table's first red.

    at_begin and at_end are called with the level of each picture that is begun, and waited for. Misuse (two calls at
    once, too many underway, mixed pictures) is an AssertionError.
    """

    classes = CLASSES

    def __init__(
        self,
        at_begin: Callable[[int], None] = lambda _level: None,
        at_end: Callable[[int], None] = lambda _level: None,
        *,
        depth: int = 2,
        most_pictures: int = 8,
        held: bool = False,
        name: str = "street",
        more: int = 0,
    ) -> None:
        """held: pictures are done when `release` lets them."""
        self.info = EngineInfo("fake", name, "cuda:0", "A card", "f16")
        self.depth = depth
        self.most_pictures = most_pictures
        self.batches: list[list[int]] = []
        """The levels of the pictures that were begun together."""
        self.calls = 0
        """How often it was asked for confidence."""
        self.most_underway = 0
        self.closed_on: str | None = None
        self.left_underway = 0
        """How many were not waited for when it was closed."""
        self._at_begin = at_begin
        self._at_end = at_end
        self._more = more
        self._changed = threading.Condition()
        self._released = 0 if held else 1_000_000_000
        self._begun = self._ended = 0
        self._in_use = threading.Lock()

    def begin(self, pictures: Sequence[NDArray[np.uint8]], *, blend: BlendTable | None = None) -> _Pending:
        with self.alone():
            if not 1 <= len(pictures) <= self.most_pictures or len({picture.shape for picture in pictures}) > 1:
                raise ValueError("pictures that do not go together")
            if self._begun - self._ended >= self.depth:
                raise EngineError("too many are underway")
            levels = [int(picture[0, 0, 0]) for picture in pictures]
            with self._changed:
                self.batches.append(levels)
                self._changed.notify_all()
            for level in levels:
                self._at_begin(level)
            self._begun += 1
            self.most_underway = max(self.most_underway, self.underway)
            return _Pending(self, self._begun, [picture.copy() for picture in pictures], levels, blend)

    def infer(self, rgb: NDArray[np.uint8], laps: Laps | None = None) -> NDArray[np.uint8]:
        (inferred,) = self.begin([rgb]).wait()
        if laps is not None:
            laps.update(inferred.laps)
        return inferred.labels

    def infer_confidence(
        self, rgb: NDArray[np.uint8], laps: Laps | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        assert self._begun == self._ended, "called while something is underway"
        self.calls += 1
        return self.infer(rgb, laps), np.full_like(rgb[..., 0], 200)

    def infer_scored(self, rgb: NDArray[np.uint8], laps: Laps | None = None, *, confidence: bool = False) -> Scored:
        labels, sure = self.infer_confidence(rgb, laps)
        scores = Scores(np.zeros((1, 1, 1), np.float32), labels.shape, "bilinear")
        return Scored(labels, scores, sure if confidence else None)

    def close(self) -> None:
        self.closed_on = threading.current_thread().name
        self.left_underway = self.underway

    # For tests.

    @property
    def closed(self) -> bool:
        return self.closed_on is not None

    @property
    def underway(self) -> int:
        return self._begun - self._ended

    def release(self, count: int = 1) -> None:
        """Let so many more be done, of those that were begun together or will be."""
        with self._changed:
            self._released += count
            self._changed.notify_all()

    def await_batches(self, count: int) -> list[list[int]]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.batches) >= count, WAIT_S), self.batches
            return list(self.batches)

    def alone(self) -> _Alone:
        return _Alone(self._in_use)

    def end(self, number: int, levels: list[int]) -> None:
        with self.alone():
            with self._changed:
                assert self._changed.wait_for(lambda: self._released >= number, WAIT_S), "nobody released it"
            self._ended += 1
            for level in levels:
                self._at_end(level)

    def inferred(self, picture: NDArray[np.uint8], blend: BlendTable | None) -> Inferred:
        labels = picture[..., 0] + np.uint8(self._more)
        drawn = None if blend is None else np.full_like(picture, blend.rgba[0])
        return Inferred(labels, drawn, {"pre": 1.0, "network": 2.0, "post": 3.0})


class _Pending:
    def __init__(
        self,
        engine: OverlappingFake,
        number: int,
        pictures: list[NDArray[np.uint8]],
        levels: list[int],
        blend: BlendTable | None,
    ) -> None:
        self._engine = engine
        self._number = number
        self._pictures = pictures
        self._levels = levels
        self._blend = blend

    def wait(self) -> tuple[Inferred, ...]:
        self._engine.end(self._number, self._levels)
        return tuple(self._engine.inferred(picture, self._blend) for picture in self._pictures)


class _Alone:
    """Entered by one thread at a time."""

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock

    def __enter__(self) -> None:
        assert self._lock.acquire(blocking=False), "two calls at once"

    def __exit__(self, *_error: object) -> None:
        self._lock.release()


def grey(level: int, width: int = 4) -> NDArray[np.uint8]:
    """(2, width, 3) of one level."""
    return np.full((2, width, 3), level, np.uint8)
