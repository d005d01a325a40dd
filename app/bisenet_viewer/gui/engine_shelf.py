"""`EngineShelf`: engines that nobody uses just now, for who wants the same one next: another file, a model again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar

from bisenet.closing import Closing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bisenet.classes import ClassSet
    from bisenet.engines import Engine, EngineInfo, Laps
    from bisenet.engines.scores import Scored

_T = TypeVar("_T")
_MOST = 2
"""A player's model and the one that it is compared with."""

_log = logging.getLogger(__name__)


class EngineShelf(Closing):
    """Lends engines, and takes back those that work. Used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[Hashable, Engine]] = []
        """The one that came back last is last."""
        self._closed = False

    def lend(self, key: Hashable, open_engine: Callable[[], Engine]) -> Engine:
        """An idle engine of this key, at once, or a new one; closing it gives it back. Raises what opening raises."""
        with self._lock:
            found = next((entry for entry in reversed(self._idle) if entry[0] == key), None)
            if found is not None:
                self._idle.remove(found)
        return _Lent(open_engine() if found is None else found[1], lambda engine: self._take_back(key, engine))

    def close(self) -> None:
        """Close those that are idle, and from now on each that comes back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for _, engine in idle:
            engine.close()

    def _take_back(self, key: Hashable, engine: Engine) -> None:
        with self._lock:
            self._idle.append((key, engine))
            count = max(0, len(self._idle) - (0 if self._closed else _MOST))
            surplus, self._idle = self._idle[:count], self._idle[count:]
        for _, old in surplus:
            old.close()


class _Lent(Closing):
    """Stands for the engine until it is closed. One that has failed is not given back but closed."""

    def __init__(self, engine: Engine, give_back: Callable[[Engine], None]) -> None:
        self._engine = engine
        self._give_back: Callable[[Engine], None] | None = give_back
        self._works = True

    @property
    def info(self) -> EngineInfo:
        """What is running."""
        return self._engine.info

    @property
    def classes(self) -> ClassSet:
        """What the ids stand for."""
        return self._engine.classes

    def infer(self, rgb: NDArray[np.uint8], laps: Laps | None = None) -> NDArray[np.uint8]:
        """See `Engine.infer`."""
        return self._watched(lambda: self._engine.infer(rgb, laps))

    def infer_confidence(
        self, rgb: NDArray[np.uint8], laps: Laps | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """See `Engine.infer_confidence`."""
        return self._watched(lambda: self._engine.infer_confidence(rgb, laps))

    def infer_scored(self, rgb: NDArray[np.uint8], laps: Laps | None = None, *, confidence: bool = False) -> Scored:
        """See `Engine.infer_scored`."""
        return self._watched(lambda: self._engine.infer_scored(rgb, laps, confidence=confidence))

    def close(self) -> None:
        """Give it back; harmless when repeated."""
        give_back, self._give_back = self._give_back, None
        if give_back is None:
            return
        if self._works:
            give_back(self._engine)
        else:
            _log.info("%s has failed and is not kept", self._engine.info.model)
            self._engine.close()

    def _watched(self, work: Callable[[], _T]) -> _T:
        try:
            return work()
        except Exception:
            self._works = False
            raise
