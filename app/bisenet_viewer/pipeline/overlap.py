"""`Underway`: frames that an engine has begun with and not finished, so that it has the next one when it is free."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from bisenet.engines import BlendTable, OverlappingEngine, Pending
from bisenet_viewer.frame import Frame, Result

Finish = Callable[[Result], None]


class Underway:
    """Begins with frames and finishes them in that order; all on one thread.

    When nothing more is there to begin with, who uses it finishes what is underway: a frame that is done is never held
    back for the next one.
    """

    def __init__(self, engine: OverlappingEngine, blend: BlendTable | None) -> None:
        """blend: what the frames are drawn with too."""
        self._engine = engine
        self._blend = blend
        self._begun: deque[tuple[Frame, Pending, Finish]] = deque()

    def __len__(self) -> int:
        """How many frames have been begun with."""
        return len(self._begun)

    def begin(self, frame: Frame, finish: Finish) -> None:
        """Begin with a frame; the oldest are finished until there is room for it.

        finish: takes its result. Raises what the engine does, after the frames before it are finished, and what their
        `finish` does.
        """
        while len(self._begun) >= self._engine.depth:
            self.finish_oldest()
        try:
            pending = self._engine.begin([frame.pixels], blend=self._blend)
        except Exception:
            self.finish_all()
            raise
        self._begun.append((frame, pending, finish))

    def finish_oldest(self) -> None:
        """Wait for the frame that was begun with first. Raises what the engine does for it, and what `finish` does."""
        frame, pending, finish = self._begun.popleft()
        (inferred,) = pending.wait()
        finish(
            Result(
                frame,
                inferred.labels,
                {"decode": frame.decode_ms, **inferred.laps},
                classes=self._engine.classes,
                info=self._engine.info,
                drawn=inferred.drawn,
            )
        )

    def finish_all(self) -> None:
        """Wait for all of them."""
        while self._begun:
            self.finish_oldest()
