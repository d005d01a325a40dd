"""`CardSource`: a source that is opened again for the engine's card, when it is known that there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress

from bisenet.closing import Closing
from bisenet.engines import Engine, OverlappingEngine
from bisenet_viewer.frame import Frame, StreamInfo
from bisenet_viewer.sources import Source

_WAIT_S = 0.2


def card_of(engine: Engine) -> int | None:
    """The number of the CUDA card that an engine runs on; None: it runs on the processor."""
    if not isinstance(engine, OverlappingEngine):
        return None
    return int(engine.info.device.partition(":")[2] or 0)


class CardSource(Closing):
    """That an input is not there is told before the engine is opened; which card it is for shows only afterwards."""

    def __init__(self, source: Source, reopen: Callable[[int], Source], card: Future[int | None]) -> None:
        """source: as opened for the processor. card: comes when the engine is open; see `card_of`."""
        self._source = source
        self._reopen = reopen
        self._card = card

    @property
    def info(self) -> StreamInfo:
        """As the source's."""
        return self._source.info

    @property
    def damaged(self) -> int:
        """As the source's."""
        return self._source.damaged

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        """As `Source.frames`, when the engine is open."""
        while not self._card.done():
            with suppress(TimeoutError):
                self._card.result(_WAIT_S)
            yield None
        card = self._card.result()
        if card is not None:
            self._source.close()
            self._source = self._reopen(card)
        yield from self._source.frames(from_s)

    def close(self) -> None:
        """Close the source."""
        self._source.close()
