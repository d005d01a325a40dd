"""Video files: every frame, exact times, upright, the right colours, and damage survived."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame
from bisenet_viewer.sources import Source, open_source
from bisenet_viewer.sources.container import open_container

MakeClip = Callable[..., Path]
RED, BLUE = np.array((220, 30, 30)), np.array((30, 30, 220))


def frames_of(source: Source, from_s: float = 0.0) -> list[Frame]:
    return [frame for frame in source.frames(from_s) if frame is not None]


def number_of(frame: Frame) -> int:
    """Which picture of a made clip this is, told by its grey."""
    height, width, _ = frame.rgb.shape
    return round((float(frame.rgb[height // 2, width // 2].mean()) - 16) / 4)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.mov", "clip.ts"])
def test_every_frame_in_order(make_clip: MakeClip, name: str) -> None:
    with open_source(str(make_clip(name, count=30))) as source:
        assert [number_of(frame) for frame in frames_of(source)] == list(range(30))
        assert source.info.name == name
        assert source.info.rate == 25
        assert source.info.duration_s == pytest.approx(1.2, abs=0.05)


def test_uneven_times_are_kept(make_clip: MakeClip) -> None:
    times_ms = [0, 40, 41, 100, 350, 351, 900, 1000]
    with open_source(str(make_clip(times_ms=times_ms))) as source:
        frames = frames_of(source)
        assert [(frame.pts, frame.time_base) for frame in frames] == [(t, Fraction(1, 1000)) for t in times_ms]
        assert [number_of(frame) for frame in frames_of(source, 0.34)] == [3, 4, 5, 6, 7]
        assert number_of(frames_of(source, 0.899)[0]) == 5


def test_times_of_a_late_start_are_kept(make_clip: MakeClip) -> None:
    with open_source(str(make_clip("late.ts", times_ms=[5000 + 40 * k for k in range(10)]))) as source:
        frames = frames_of(source)
        assert len(frames) == 10
        assert frames[0].time_s > 1
        assert frames_of(source, 0.1)[0].pts == frames[0].pts
        assert frames_of(source, frames[6].time_s)[0].pts == frames[6].pts


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("clip.ts", "libx264"), ("clip.ts", "mpeg2video"), ("clip.ts", "mpeg4"), ("clip.avi", "mpeg4"),
        ("clip.webm", "libvpx-vp9"), ("clip.flv", "libx264"), ("clip.gif", "gif"),
    ],
)  # fmt: skip
def test_a_step_forward_or_back_shows_the_very_picture(make_clip: MakeClip, name: str, codec: str) -> None:
    pixels = "rgb8" if codec == "gif" else None
    with open_source(str(make_clip(name, count=30, codec=codec, gop=7, pixels=pixels))) as source:
        frames = frames_of(source)
        assert len(frames) == 30
        for k in (29, 28, 15, 14, 13, 8, 7, 6, 1, 0):
            here = frames_of(source, frames[k].time_s)
            assert [frame.pts for frame in here] == [frame.pts for frame in frames[k:]]
            assert np.array_equal(here[0].rgb, frames[k].rgb)
            if k:
                back = next(iter(source.frames(frames[k].time_s - 1e-4)))
                assert back is not None
                assert np.array_equal(back.rgb, frames[k - 1].rgb)


def test_seeking_with_frames_stored_out_of_order(make_clip: MakeClip) -> None:
    path = make_clip("long.mp4", count=50, gop=17)
    with open_source(str(path)) as source:
        for k in (1, 16, 17, 18, 33, 49):
            assert [number_of(frame) for frame in frames_of(source, k / 25)] == list(range(k, 50))


@pytest.mark.parametrize(
    ("matrix", "red", "blue", "size"),
    [
        ((1, 0, 0, 1), "upper left", "upper right", (64, 48)),
        ((0, 1, -1, 0), "upper right", "lower right", (48, 64)),  # a quarter clockwise
        ((-1, 0, 0, -1), "lower right", "lower left", (64, 48)),
        ((0, -1, 1, 0), "lower left", "upper left", (48, 64)),
        ((-1, 0, 0, 1), "upper right", "upper left", (64, 48)),  # a mirror
        ((0, 1, 1, 0), "upper left", "lower left", (48, 64)),  # turned and mirrored
    ],
)
def test_pictures_are_upright(
    make_turned_clip: Callable[..., Path], matrix: tuple[int, int, int, int], red: str, blue: str, size: tuple[int, int]
) -> None:
    with open_source(str(make_turned_clip(*matrix))) as source:
        assert (source.info.width, source.info.height) == size
        rgb = next(iter(frames_of(source))).rgb
    assert rgb.shape == (size[1], size[0], 3)
    assert np.abs(corner(rgb, red) - RED).max() < 12
    assert np.abs(corner(rgb, blue) - BLUE).max() < 12


def corner(rgb: NDArray[np.uint8], where: str) -> NDArray[np.float64]:
    vertical, horizontal = where.split()
    rows = slice(1, 8) if vertical == "upper" else slice(-8, -1)
    columns = slice(1, 8) if horizontal == "left" else slice(-8, -1)
    return np.asarray(rgb[rows, columns].mean(axis=(0, 1)))


@pytest.mark.parametrize(
    ("matrix", "full", "width", "height", "yuv"),
    [  # pure red, by ITU-R BT.601 and BT.709
        (5, False, 64, 48, (81, 90, 240)),
        (1, False, 64, 48, (63, 102, 240)),
        (1, True, 64, 48, (54, 99, 255)),
        (2, False, 64, 48, (81, 90, 240)),  # unmarked and small
        (2, False, 1280, 720, (63, 102, 240)),  # unmarked and large
    ],
)
def test_colours(tmp_path: Path, matrix: int, full: bool, width: int, height: int, yuv: tuple[int, int, int]) -> None:
    path = tmp_path / "red.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"qp": "4"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.colorspace = matrix
        stream.codec_context.color_range = 2 if full else 1
        planes = np.full((height * 3 // 2, width), yuv[0], np.uint8)
        planes[height : height + height // 4] = yuv[1]
        planes[height + height // 4 :] = yuv[2]
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.colorspace, frame.color_range = matrix, 2 if full else 1
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with open_source(str(path)) as source:
        rgb = frames_of(source)[0].rgb.reshape(-1, 3)
    assert np.abs(rgb.mean(axis=0) - (255, 0, 0)).max() < 4


@pytest.mark.parametrize("pixels", ["yuv420p10le", "yuv444p", "yuv422p10le", "yuv444p10le", "yuvj420p"])
def test_deep_and_full_pictures(make_clip: MakeClip, pixels: str) -> None:
    with open_source(str(make_clip("deep.mkv", count=21, pixels=pixels))) as source:
        frames = frames_of(source)
    assert [round(float(frames[k].rgb[24, 32].mean())) for k in (0, 10, 20)] == pytest.approx([16, 56, 96], abs=4)
    assert np.abs(corner(frames[0].rgb, "upper left") - RED).max() < 12
    assert np.abs(corner(frames[0].rgb, "upper right") - BLUE).max() < 12


@pytest.mark.parametrize(
    ("pixel_aspect", "size"),
    [
        (Fraction(4, 3), (85, 48)),  # wider than high: widened
        (Fraction(1, 2), (64, 96)),  # higher than wide: made higher, nothing is lost
        (Fraction(224, 225), (64, 48)),  # as good as square
        (Fraction(1, 100), (64, 48)),  # a mistake in the file
    ],
)
def test_pixels_are_made_square(make_clip: MakeClip, pixel_aspect: Fraction, size: tuple[int, int]) -> None:
    with open_source(str(make_clip("wide.mkv", count=3, pixel_aspect=pixel_aspect))) as source:
        assert (source.info.width, source.info.height) == size
        frames = frames_of(source)
        assert frames[2].rgb.shape == (size[1], size[0], 3)
        assert number_of(frames[2]) == 2


def test_pixels_are_made_square_before_they_are_turned(make_turned_clip: Callable[..., Path]) -> None:
    path = make_turned_clip(0, 1, -1, 0, pixel_aspect=Fraction(4, 3))
    with open_source(str(path)) as source:
        assert (source.info.width, source.info.height) == (48, 85)
        assert frames_of(source)[0].rgb.shape == (85, 48, 3)


def test_what_a_file_does_not_tell_is_measured(make_clip: MakeClip) -> None:
    path = make_clip("clip.mkv", times_ms=[70 + 40 * k for k in range(30)], rate=60)
    data = path.read_bytes()
    duration = b"\x44\x89\x88"  # Matroska's element, of 8 bytes; an unknown one takes its place
    assert data.count(duration) == 1
    path.write_bytes(data.replace(duration, b"\x44\x7f\x88"))
    with open_source(str(path)) as source:
        assert source.info.start_s == 0.07
        assert source.info.frame_count == 30
        assert source.info.rate == 25
        assert source.info.duration_s == pytest.approx(1.2, abs=0.05)


def test_damaged_packets_are_left_out_and_counted(make_clip: MakeClip) -> None:
    path = make_clip("hurt.mkv", codec="mjpeg", count=12, damaged={3, 7})
    with open_source(str(path)) as source:
        for _ in range(2):
            assert [number_of(frame) for frame in frames_of(source)] == [k for k in range(12) if k not in (3, 7)]
            assert source.damaged == 2


def test_a_file_that_breaks_off_plays_to_there(make_clip: MakeClip) -> None:
    path = make_clip("cut.mkv", codec="mjpeg", count=40, width=128, height=96)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with open_source(str(path)) as source:
        numbers = [number_of(frame) for frame in frames_of(source)]
        assert 10 < len(numbers) < 30
        assert numbers == list(range(len(numbers)))
        assert number_of(frames_of(source, 1e6)[0]) == numbers[-1]


def test_audio_is_no_hindrance(make_clip: MakeClip) -> None:
    with open_source(str(make_clip("sound.mp4", audio=True))) as source:
        assert len(frames_of(source)) == 20


def test_odd_size(make_clip: MakeClip) -> None:
    with open_source(str(make_clip("odd.mkv", codec="ffv1", width=33, height=21))) as source:
        assert frames_of(source)[0].rgb.shape == (21, 33, 3)


def test_a_file_that_vanishes_is_told_of(make_clip: MakeClip) -> None:
    path = make_clip()
    with open_source(str(path)) as source:
        path.unlink()
        with pytest.raises(SourceError, match=r"clip\.mkv"):
            next(source.frames())


@pytest.mark.parametrize(
    ("error", "damaged"),
    [
        (av.error.InvalidDataError(1, "damaged"), 2),  # two places, one of them hit twice
        (IndexError("list index out of range"), 0),  # PyAV's, where a stream appears on the way
    ],
)
def test_reading_goes_on_after_an_error(
    make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch, error: Exception, damaged: int
) -> None:
    path = make_clip("hurt.mkv", codec="mjpeg", count=12)
    monkeypatch.setattr("bisenet_viewer.sources.video.open_container", lambda path: Interrupted(path, {4, 5, 9}, error))
    with open_source(str(path)) as source:
        assert [number_of(frame) for frame in frames_of(source)] == list(range(12))
        assert source.damaged == damaged


def test_reading_ends_where_there_is_nothing_but_errors(make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_clip("hurt.mkv", count=12)
    places, error = set(range(8, 1000)), av.error.InvalidDataError(1, "damaged")
    monkeypatch.setattr("bisenet_viewer.sources.video.open_container", lambda path: Interrupted(path, places, error))
    with open_source(str(path)) as source:
        # Those that the decoder held back are shown, too.
        assert sorted(number_of(frame) for frame in frames_of(source)) == list(range(7))
        assert source.damaged == 1


class Interrupted:
    """A container some of whose reads fail, counted from 1; what they would have read comes next."""

    def __init__(self, path: Path, failing: Collection[int], error: Exception) -> None:
        self._inner, self._failing, self._error, self._reads = open_container(path), failing, error, 0
        self.streams, self.close, self.duration = self._inner.streams, self._inner.close, self._inner.duration

    def __enter__(self) -> Interrupted:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def demux(self, stream: Any) -> Iterator[Any]:
        packets = self._inner.demux(stream)
        while True:
            self._reads += 1
            if self._reads in self._failing:
                raise self._error
            packet = next(packets, None)
            if packet is None:
                return
            yield packet


EDGE_COUNTS = {
    "driving/carnd_solidWhiteRight.mp4": ((960, 540), 221),
    "edge/ax_sample_rotate_and_reflect.mp4": ((720, 1080), 30),
    "edge/ax_h265_with_metadata_track.mp4": ((1080, 1920), 3),
    "edge/ax_sample_fragmented.mp4": ((1080, 720), 30),
    "edge/ax_sample_av1.mp4": ((1080, 720), 30),
    "edge/ax_sample_h263.ts": ((640, 360), 25),
    "edge/tc_test_non_zero_start.mp4": ((200, 112), 12),
    "edge/tc_testsrc2_444_12bit_hevc.mp4": ((321, 241), 25),
    "edge/tc_testsrc2_odd_height_and_width_vp9.mp4": ((321, 241), 25),
}


@pytest.mark.parametrize("name", EDGE_COUNTS)
def test_real_clips(shared_clips: Path, name: str) -> None:
    size, count = EDGE_COUNTS[name]
    with open_source(str(shared_clips / name)) as source:
        assert (source.info.width, source.info.height) == size
        frames = frames_of(source)
        assert len(frames) == count
        middle = frames[len(frames) // 2]
        assert frames_of(source, middle.time_s)[0].pts == middle.pts


def test_a_codec_without_decoder_is_told_of(shared_clips: Path) -> None:
    with pytest.raises(SourceError, match="no decoder"):
        open_source(str(shared_clips / "edge" / "ax_video_dovi_3840x2160_30fps_dav1_10.mp4"))
