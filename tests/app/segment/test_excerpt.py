"""Excerpt: which frames of a source are taken."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from bisenet.closing import Closing
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, StreamInfo
from bisenet_viewer.segment.excerpt import excerpt_of
from bisenet_viewer.sources.live.state import Live, StreamPhase, StreamState

PICTURE = np.zeros((2, 2, 3), np.uint8)


class Recording(Closing):
    """Ten frames, ten a second, the first at 5 s."""

    closed = False
    damaged = 3

    def __init__(self, *, seekable: bool) -> None:
        self.info = StreamInfo(
            "clip", 2, 2, Fraction(10), live=False, duration_s=1.0, frame_count=10, seekable=seekable, start_s=5.0
        )
        self.sought: list[float] = []

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        self.sought.append(from_s)
        first = max(0, min(9, int((from_s - 5.0) * 10 + 1e-6)))
        for number in range(first, 10):
            yield Frame(number - first, 50 + number, Fraction(1, 10), 0.0, PICTURE)
            yield None

    def close(self) -> None:
        self.closed = True


class Camera(Recording, Live):
    """The same, as a live stream."""

    overtaken = 4
    state = StreamState(StreamPhase.RUNNING, 0.0)

    def await_open(self, timeout_s: float) -> bool:
        return timeout_s > 0


@pytest.mark.parametrize("seekable", [True, False])
@pytest.mark.parametrize(
    ("wish", "taken"),
    [
        ({"from_s": 0.3}, range(3, 10)),
        ({"to_s": 0.3}, range(3)),
        ({"from_s": 0.2, "to_s": 0.5}, range(2, 5)),
        ({"every": 3}, range(0, 10, 3)),
        ({"from_s": 0.2, "to_s": 0.9, "every": 4}, (2, 6)),
        ({"to_s": 0.05}, (0,)),
    ],
)
def test_frames_keep_their_times_and_are_counted_from_the_first(seekable, wish, taken):
    source = Recording(seekable=seekable)
    wish = {"from_s": 0.0, "to_s": None, "every": 1} | wish
    with excerpt_of(source, **wish) as excerpt:
        frames = [frame for frame in excerpt.frames() if frame is not None]
        assert [frame.pts - 50 for frame in frames] == list(taken)
        assert [frame.index for frame in frames] == [number - taken[0] for number in taken]
        assert excerpt.info.frame_count == len(taken)
        assert excerpt.info.rate == Fraction(10) / wish["every"]
        assert excerpt.damaged == 3
    assert source.closed
    assert source.sought == [pytest.approx(5.0 + wish["from_s"]) if seekable and wish["from_s"] else 0.0]


def test_the_whole_of_a_source_is_the_source():
    source = Recording(seekable=True)
    assert excerpt_of(source, from_s=0.0, to_s=None, every=1) is source


def test_a_beginning_past_the_end_is_told():
    with (
        excerpt_of(Recording(seekable=True), from_s=1.0, to_s=None, every=1) as excerpt,
        pytest.raises(SourceError, match=r"clip ends at 1\.00 s: choose an earlier --from"),
    ):
        next(excerpt.frames())


def test_an_excerpt_is_read_from_its_beginning():
    with (
        excerpt_of(Recording(seekable=True), from_s=0.5, to_s=None, every=1) as excerpt,
        pytest.raises(ValueError, match="beginning"),
    ):
        next(excerpt.frames(1.0))


def test_an_endless_source_has_the_length_that_is_wanted():
    source = Recording(seekable=False)
    source.info = StreamInfo("camera", 2, 2, Fraction(30), live=True)
    with excerpt_of(source, from_s=1.0, to_s=3.0, every=1) as excerpt:
        assert (excerpt.info.duration_s, excerpt.info.frame_count) == (2.0, 60)


def test_a_live_stream_still_tells_what_it_does():
    with excerpt_of(Camera(seekable=False), from_s=0.0, to_s=1.0, every=1) as excerpt:
        assert isinstance(excerpt, Live)
        assert excerpt.state.phase is StreamPhase.RUNNING
        assert excerpt.overtaken == 4
        assert excerpt.await_open(0.1)
