"""What every source promises, tried on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from bisenet_viewer.frame import Frame
from bisenet_viewer.sources import Source, open_source
from bisenet_viewer.sources.camera import CameraFeed
from bisenet_viewer.sources.devices.device import Device
from bisenet_viewer.sources.devices.finding import System
from bisenet_viewer.sources.live.source import LiveSource

KINDS = ("video", "gif", "pictures", "playlist", "demo", "camera")


@pytest.fixture(params=KINDS)
def source(request: pytest.FixtureRequest, make_clip: Callable[..., Path]) -> Iterator[Source]:
    opened: Source
    if request.param == "video":
        opened = open_source(str(make_clip(count=20)))
    elif request.param == "gif":
        opened = open_source(str(make_clip("clip.gif", count=20, codec="gif", pixels="rgb8")))
    elif request.param == "pictures":
        folder = make_clip("shots/%02d.png", count=20, codec="png", pixels="rgb24").parent
        opened = open_source(str(folder / "%02d.png"))
    elif request.param == "playlist":
        make_clip("all/one.mp4", count=8)
        opened = open_source(str(make_clip("all/two.mkv", count=12).parent))
    elif request.param == "demo":
        opened = open_source("demo://?width=96&height=64&seconds=1&fps=20")
    else:
        device = Device("test camera", 0, "lavfi", "testsrc2=size=96x64:rate=30,realtime")
        system = System(lambda: [device], lambda _: ())
        opened = LiveSource(CameraFeed("0", system, lambda camera, _: av.open(camera.address, format=camera.interface)))
    with opened:
        yield opened


def taken(source: Source, count: int, from_s: float = 0.0) -> list[Frame]:
    frames = source.frames(from_s)
    return list(islice((frame for frame in frames if frame is not None), count))


def test_frames_fit_the_info(source: Source) -> None:
    assert source.info.name
    assert source.info.rate is not None
    for frame in taken(source, 5):
        assert frame.rgb.shape == (source.info.height, source.info.width, 3)
        assert frame.rgb.dtype == np.uint8
        assert frame.rgb.flags.c_contiguous
        assert frame.decode_ms >= 0
        assert frame.captured_at > 0


def test_frames_are_counted_from_zero_in_each_iteration(source: Source) -> None:
    for _ in range(2):
        assert [frame.index for frame in taken(source, 4)] == [0, 1, 2, 3]


def test_times_rise(source: Source) -> None:
    times = [frame.time_s for frame in taken(source, 10)]
    assert times == sorted(set(times))


def test_each_frame_has_an_array_of_its_own(source: Source) -> None:
    first, second = taken(source, 2)
    assert not np.shares_memory(first.rgb, second.rgb)


def test_iterations_of_recorded_sources_agree(source: Source) -> None:
    if source.info.live:
        pytest.skip("a live source shows each moment once")
    for one, other in zip(taken(source, 5), taken(source, 5), strict=True):
        assert one.pts == other.pts
        assert np.array_equal(one.rgb, other.rgb)


def test_seeking_gives_the_frame_shown_then(source: Source) -> None:
    if not source.info.seekable:
        with pytest.raises(ValueError, match="from_s"):
            next(source.frames(1.0))
        return
    frames = taken(source, 1000)
    for k in (0, 1, 7, 12, len(frames) - 1):
        (exact,) = taken(source, 1, frames[k].time_s)
        assert exact.pts == frames[k].pts
        assert np.array_equal(exact.rgb, frames[k].rgb)
        if k < len(frames) - 1:
            between = (frames[k].time_s + frames[k + 1].time_s) / 2
            assert [frame.pts for frame in taken(source, 2, between)] == [frame.pts for frame in frames[k : k + 2]]


def test_seeking_past_the_end_gives_the_last_frame(source: Source) -> None:
    if not source.info.seekable:
        pytest.skip("not seekable")
    frames = taken(source, 1000)
    assert [frame.pts for frame in taken(source, 5, 1e6)] == [frames[-1].pts]


def test_count_is_as_announced(source: Source) -> None:
    if source.info.frame_count is None:
        pytest.skip("endless")
    assert len(taken(source, 1000)) == source.info.frame_count


def test_an_iteration_left_behind_does_not_disturb_the_next(source: Source) -> None:
    old = source.frames()
    next(old)
    new = source.frames()
    next(new)
    del old
    assert next(new) is not None


def test_an_iteration_may_be_left_early_and_closing_repeated(source: Source) -> None:
    iterator = source.frames()
    next(iterator)
    source.close()
    source.close()


def test_nothing_is_damaged(source: Source) -> None:
    taken(source, 10)
    assert source.damaged == 0
