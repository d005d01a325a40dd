"""Several files as one source: one after the other, with times that run on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame
from bisenet_viewer.sources import Source, open_source

MakeClip = Callable[..., Path]


def frames_of(source: Source, from_s: float = 0.0) -> list[Frame]:
    return [frame for frame in source.frames(from_s) if frame is not None]


def level(frame: Frame) -> int:
    height, width, _ = frame.rgb.shape
    return round((float(frame.rgb[height // 2, width // 2].mean()) - 16) / 4)


@pytest.fixture
def folder(make_clip: MakeClip, tmp_path: Path) -> Path:
    """Three clips of 0.2, 0.4 and 0.2 s at 25 frames per second, the second of another size."""
    make_clip("all/clip2.mp4", count=10, width=96, height=64)
    make_clip("all/clip10.mkv", count=5)
    make_clip("all/clip1.mp4", count=5)
    return tmp_path / "all"


def test_one_after_the_other(folder: Path) -> None:
    with open_source(str(folder)) as source:
        frames = frames_of(source)
        assert [frame.index for frame in frames] == list(range(20))
        assert [level(frame) for frame in frames] == [*range(5), *range(10), *range(5)]
        assert [frame.time_s for frame in frames] == pytest.approx([k / 25 for k in range(20)], abs=0.002)
        assert [frame.rgb.shape[1] for frame in frames] == [64] * 5 + [96] * 10 + [64] * 5
        assert (source.info.name, source.info.width, source.info.frame_count) == ("all", 64, 20)
        assert source.info.duration_s == pytest.approx(0.8, abs=0.01)
        assert source.damaged == 0


def test_seeking_gives_the_frame_shown_then(folder: Path) -> None:
    with open_source(str(folder)) as source:
        frames = frames_of(source)
        for k in (0, 3, 4, 5, 6, 14, 15, 19):
            found = frames_of(source, frames[k].time_s)
            assert [frame.pts for frame in found] == [frame.pts for frame in frames[k:]]
            assert np.array_equal(found[0].rgb, frames[k].rgb)
            # A step back: what was shown a moment before.
            if k:
                assert frames_of(source, frames[k].time_s - 1e-4)[0].pts == frames[k - 1].pts
        assert [frame.pts for frame in frames_of(source, 1e6)] == [frames[-1].pts]


def test_a_list_with_pictures_damaged_and_missing_files(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "broken.mp4").write_bytes(b"\x00\x00\x00\x20ftypisom" + bytes(500))
    (tmp_path / "still.png").write_bytes(cv2.imencode(".png", np.full((48, 64, 3), 16 + 4 * 50, np.uint8))[1].tobytes())
    (tmp_path / "some.txt").write_text("all/clip1.mp4\nstill.png\nall/broken.mp4\ngone.mp4\nall/clip10.mkv\n")
    with caplog.at_level(logging.WARNING), open_source(str(tmp_path / "some.txt")) as source:
        for _ in range(2):
            frames = frames_of(source)
            assert [level(frame) for frame in frames] == [*range(5), 50, *range(5)]
            assert source.damaged == 2
        assert [frame.time_s for frame in frames][4:7] == pytest.approx([0.16, 0.2, 1.2], abs=0.002)
    assert "line 4: no such file: gone.mp4" in caplog.text
    assert "broken.mp4 is not a video that can be played" in caplog.text


def test_times_rise_where_a_file_is_longer_than_it_says(make_clip: MakeClip, tmp_path: Path) -> None:
    make_clip("two/a.ts", count=10)
    make_clip("two/b.mp4", count=5)
    with open_source(str(tmp_path / "two")) as source:
        source._entries[0].length_us = 100_000  # type: ignore[attr-defined]  # of 400 000
        for _ in range(2):
            frames = frames_of(source)
            assert [level(frame) for frame in frames] == [*range(10), *range(5)]
            assert all(one.pts < other.pts for one, other in pairwise(frames))
        again = frames_of(source, frames[12].time_s)
        assert [frame.pts for frame in again] == [frame.pts for frame in frames[12:]]


def test_a_file_that_vanishes_is_left_out(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with open_source(str(folder)) as source:
        (folder / "clip2.mp4").unlink()
        with caplog.at_level(logging.WARNING):
            frames = frames_of(source)
        assert [level(frame) for frame in frames] == [*range(5), *range(5)]
        assert [round(frame.time_s, 2) for frame in frames][4:6] == [0.16, 0.6]
        assert source.damaged == 1
        # Its time has come, and it is not there: what was shown before it stays.
        assert [level(frame) for frame in frames_of(source, 0.4)] == [4, *range(5)]
    assert "no such file" in caplog.text


def test_a_list_of_which_nothing_plays(tmp_path: Path) -> None:
    for k in range(3):
        (tmp_path / f"{k}.mp4").write_bytes(b"rubbish" * 100)
    with pytest.raises(SourceError, match=r"0\.mp4 is not a video .*; nor can the 2 others"):
        open_source(str(tmp_path))


def test_one_file_keeps_its_own_times(make_clip: MakeClip, tmp_path: Path) -> None:
    make_clip("one/late.mkv", times_ms=[5000, 5040, 5080])
    with open_source(str(tmp_path / "one")) as source:
        assert [frame.pts for frame in frames_of(source)] == [5000, 5040, 5080]
        assert source.info.start_s == 5
