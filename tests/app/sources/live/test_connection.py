"""`Connection`: what it does with the packets of a container."""

from __future__ import annotations

from collections.abc import Iterator

import av
import pytest
from tests.app.sources.live.scripted import WAIT_S

from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.live.connection import Clock, Connection

FRAMES = 20
HAS_NOTHING_YET = av.error.BlockingIOError(11, "try again")
TOOK_TOO_LONG = av.error.ExitError(1, "immediate exit requested")


class ListedContainer:
    """Twenty pictures, with errors before some of them; says how often its packets were asked for."""

    def __init__(self, errors: dict[int, Exception] | None = None) -> None:
        self._container = av.open(f"testsrc2=size=64x48:rate=25:duration={FRAMES / 25}", format="lavfi")
        self._errors = errors or {}
        self._next = 0
        self.demuxed = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._container, name)

    def demux(self, stream: av.VideoStream) -> Iterator[av.Packet]:
        self.demuxed += 1
        while self._next < FRAMES:
            error = self._errors.pop(self._next, None)
            if error is not None:
                raise error
            packet = next(self._container.demux(stream))
            self._next += 1
            yield packet


def connection(container: ListedContainer, *, resumes: bool = True) -> Connection:
    clock = Clock(sleep=lambda _seconds: None)
    return Connection(container, gone="it is gone", timeout_s=WAIT_S, resumes=resumes, clock=clock)


def test_packets_come_from_one_generator() -> None:
    # PyAV loses memory with each that is dropped.
    container = ListedContainer()
    with connection(container) as opened:
        for _ in range(FRAMES):
            assert len(opened.read()) == 1
    assert container.demuxed == 1


@pytest.mark.parametrize("error", [HAS_NOTHING_YET, TOOK_TOO_LONG], ids=["nothing yet", "timed out"])
def test_reading_goes_on_after_a_pause(error: Exception) -> None:
    container = ListedContainer({0: error, 7: error})
    with connection(container) as opened:
        assert sum(len(opened.read()) for _ in range(FRAMES + 2)) == FRAMES
    assert container.demuxed == 3


def test_a_time_out_ends_what_cannot_be_resumed() -> None:
    with connection(ListedContainer({3: TOOK_TOO_LONG}), resumes=False) as opened:
        for _ in range(3):
            assert len(opened.read()) == 1
        with pytest.raises(SourceError, match="it is gone"):
            opened.read()
