"""What stands for a `SharedCard`'s engine at one of its borrowers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet.engines import BlendTable, EngineInfo, Inferred, Laps, OverlappingEngine, Pending
from bisenet.engines.scores import Scored
from bisenet.errors import EngineError

if TYPE_CHECKING:
    from bisenet.engines.cuda.batching import SharedCard
    from bisenet.engines.cuda.pictures import Picture


@dataclass(slots=True, eq=False)
class Wish:
    """A picture that somebody wants inferred, or a call of the engine."""

    kind: Hashable
    """What may go into one batch is of one kind; None: a call, which is made alone."""
    work: Any
    """The picture, or what to call."""
    blend: BlendTable | None = None
    begin: int = 0
    """The number of its `begin`, at its borrower."""
    is_awaited: bool = False
    """Whether its borrower has nothing else to do."""
    answer: Future[Any] = field(default_factory=Future)


class Borrowed(Closing):
    """Stands for the engine at one borrower's. Used by one thread at a time."""

    def __init__(self, owner: SharedCard, engine: OverlappingEngine) -> None:
        self._owner = owner
        self._engine = engine
        self._waiting: set[_Begun] = set()
        self._begins = 0
        self.wishes: deque[Wish] = deque()
        """What was not begun yet; the owner's."""

    @property
    def info(self) -> EngineInfo:
        """What is running."""
        return self._engine.info

    @property
    def classes(self) -> ClassSet:
        """What the ids stand for."""
        return self._engine.classes

    @property
    def depth(self) -> int:
        """See `OverlappingEngine.depth`: of this borrower."""
        return self._engine.depth

    @property
    def most_pictures(self) -> int:
        """See `OverlappingEngine.most_pictures`: of this borrower."""
        return self._engine.most_pictures

    def begin(self, pictures: Sequence[Picture], *, blend: BlendTable | None = None) -> Pending:
        """See `OverlappingEngine.begin`, and `SharedCard.borrow`."""
        self._begins += 1
        wishes = [Wish(_kind(picture, blend), picture, blend, self._begins) for picture in pictures]
        if not 1 <= len(wishes) <= self.most_pictures:
            raise ValueError(f"expected 1 to {self.most_pictures} pictures, got {len(wishes)}")
        if any(wish.kind != wishes[0].kind for wish in wishes):
            raise ValueError("expected pictures of one size and kind")
        if len(self._waiting) >= self.depth:
            raise EngineError(f"{self.depth} are begun and not waited for")
        self._owner.ask(self, wishes)
        begun = _Begun(self._owner, wishes, self._waiting)
        self._waiting.add(begun)
        return begun

    def infer(self, rgb: NDArray[np.uint8], laps: Laps | None = None) -> NDArray[np.uint8]:
        """See `Engine.infer`."""
        wish = Wish(_kind(rgb, None), rgb, is_awaited=True)
        self._owner.ask(self, [wish])
        inferred: Inferred = wish.answer.result()
        if laps is not None:
            laps.update(inferred.laps)
        return inferred.labels

    def infer_confidence(
        self, rgb: NDArray[np.uint8], laps: Laps | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """See `Engine.infer_confidence`."""
        both: tuple[NDArray[np.uint8], NDArray[np.uint8]] = self._call(lambda: self._engine.infer_confidence(rgb, laps))
        return both

    def infer_scored(self, rgb: NDArray[np.uint8], laps: Laps | None = None, *, confidence: bool = False) -> Scored:
        """See `Engine.infer_scored`."""
        scored: Scored = self._call(lambda: self._engine.infer_scored(rgb, laps, confidence=confidence))
        return scored

    def close(self) -> None:
        """Give the engine back."""
        self._owner.leave(self)

    def next_of(self, kind: Hashable) -> int:
        """How many pictures of its next `begin` are not begun yet; 0 where they are of another kind. The owner's."""
        if not self.wishes or self.wishes[0].kind != kind:
            return 0
        return sum(1 for wish in self.wishes if wish.begin == self.wishes[0].begin)

    def _call(self, work: Callable[[], Any]) -> Any:
        wish = Wish(None, work, is_awaited=True)
        self._owner.ask(self, [wish])
        return wish.answer.result()


class _Begun:
    """The pictures of one `begin` of a borrower; they may be in several batches."""

    def __init__(self, owner: SharedCard, wishes: Sequence[Wish], waiting: set[_Begun]) -> None:
        self._owner = owner
        self._wishes = wishes
        self._waiting = waiting

    def wait(self) -> tuple[Inferred, ...]:
        """See `Pending.wait`."""
        self._waiting.discard(self)
        self._owner.hurry(self._wishes)
        return tuple(wish.answer.result() for wish in self._wishes)


def _kind(picture: Picture, blend: BlendTable | None) -> Hashable:
    """What pictures have in common that may be begun together."""
    return type(picture), picture.shape, getattr(picture, "dtype", None), getattr(picture, "colors", None), blend
