"""VideoSink: exact times, unchanged sound, right colours, and nothing half under a final name."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from bisenet_viewer.errors import SinkError
from bisenet_viewer.sinks import video
from bisenet_viewer.sinks.encoding import Encoding
from bisenet_viewer.sinks.finishing import drop_half_fragment
from bisenet_viewer.sinks.shape import even_size
from bisenet_viewer.sinks.target import partial_path
from bisenet_viewer.sinks.video import VideoSink


def keep(rgb, _labels):
    return rgb


def write(path, info, results, *, then=None, **options):
    """Write the results; `then` is what goes wrong afterwards."""
    with VideoSink(path, info, **{"render": keep} | options) as sink:
        for result in results:
            sink.write(result)
        if then is not None:
            raise then


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_frame_count_times_and_duration(tmp_path, info, make_result, read_back):
    with VideoSink(tmp_path / "out.mp4", info, render=keep) as sink:
        for index in range(45):
            sink.write(make_result(index))
        assert set(sink.stage_ms) == {"overlay", "encode"}
        assert names(tmp_path) == ["out.partial.mp4"]
    assert names(tmp_path) == ["out.mp4"]
    back = read_back(tmp_path / "out.mp4")
    assert back.times == [Fraction(index, 30) for index in range(45)]
    assert back.end_s == Fraction(45, 30)
    assert back.pictures[0].shape == (48, 64, 3)


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
@pytest.mark.parametrize(
    ("time_base", "ptss"),
    [
        (Fraction(1, 90), [100, 110, 140, 141, 150, 200, 260, 270, 600]),  # varying, late start, a gap
        (Fraction(1001, 30000), list(range(20))),
        (Fraction(1, 1_000_000), [7, 33_340, 66_673, 100_006]),
        (Fraction(1, 90000), [8_000_000_000 + 3003 * i for i in range(9)]),  # a transport stream late in its day
        (Fraction(1, 25), [3]),
    ],
)
def test_every_timestamp_is_kept(tmp_path, info, make_result, read_back, suffix, time_base, ptss):
    path = tmp_path / f"out{suffix}"
    with VideoSink(path, info, render=keep) as sink:
        for index, pts in enumerate(ptss):
            sink.write(make_result(index, pts=pts, time_base=time_base))
    back = read_back(path)
    assert back.times == [pts * time_base for pts in ptss]
    # The last frame has no next one: it is shown for as long as the nominal rate says.
    assert back.end_s == (ptss[-1] + max(1, round(1 / (info.rate * time_base)))) * time_base


def test_matroska_keeps_times_to_its_millisecond(tmp_path, info, make_result, read_back, read_sound, sound_clip):
    path, sound = tmp_path / "out.mkv", sound_clip()
    with VideoSink(path, info, render=keep, tracks_from=sound) as sink:
        for index in range(40):
            sink.write(make_result(index))
    back = read_back(path)
    assert [round(time * 1000) for time in back.times] == [round(index * 1000 / 30) for index in range(40)]
    assert [data for _, data in back.sound] == [data for _, data in read_sound(sound)]
    assert names(tmp_path) == ["out.mkv", "sound.mp4"]


@pytest.mark.parametrize("frames", [20, 60, 90])
def test_sound_is_copied_unchanged_whether_the_video_is_shorter_or_longer(
    tmp_path, info, make_result, read_back, read_sound, sound_clip, frames
):
    sound = sound_clip()
    with VideoSink(tmp_path / "out.mp4", info, render=keep, tracks_from=sound) as sink:
        for index in range(frames):
            sink.write(make_result(index))
    back = read_back(tmp_path / "out.mp4")
    assert len(back.times) == frames
    assert back.times[0] == 0
    assert back.sound == read_sound(sound)
    assert len(back.sound) > 80


def test_sound_ends_with_the_video_when_asked(tmp_path, info, make_result, read_back, read_sound, sound_clip):
    sound = sound_clip()
    with VideoSink(tmp_path / "out.mp4", info, render=keep, tracks_from=sound, whole_tracks=False) as sink:
        for index in range(30):
            sink.write(make_result(index))
    back = read_back(tmp_path / "out.mp4")
    assert back.sound == [packet for packet in read_sound(sound) if packet[0] <= 1]


def test_sound_that_does_not_fit_is_told_and_left_out(tmp_path, info, make_result, read_back, sound_clip):
    told: list[str] = []
    sound = sound_clip("sound.avi", "wmav2")
    with VideoSink(tmp_path / "out.mp4", info, render=keep, tracks_from=sound, say=told.append) as sink:
        sink.write(make_result(0))
    assert told == ["the sound (wmav2) cannot go into mp4: left out"]
    assert read_back(tmp_path / "out.mp4").sound == []


@pytest.mark.parametrize(("width", "height"), [(64, 47), (63, 48), (63, 47), (1, 1)])
def test_odd_sizes_repeat_the_edge(tmp_path, info, make_result, read_back, width, height):
    with VideoSink(tmp_path / "out.mp4", info, render=keep) as sink:
        sink.write(make_result(0, width=width, height=height))
    (picture,) = read_back(tmp_path / "out.mp4").pictures
    assert picture.shape == (height + height % 2, width + width % 2, 3)
    rgb = np.arange(width * height * 3, dtype=np.uint32).reshape(height, width, 3).astype(np.uint8)
    even = even_size(rgb)
    assert np.array_equal(even[:height, :width], rgb)
    assert np.array_equal(even[-1, :width], rgb[-1])
    assert np.array_equal(even[:height, -1], rgb[:, -1])


@pytest.mark.parametrize(
    ("color", "yuv"),  # ITU-R BT.709, limited range
    [
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
        ((255,) * 3, (235, 128, 128)),
    ],
)
def test_colours_are_what_their_tags_say(tmp_path, info, make_result, color, yuv):
    with VideoSink(tmp_path / "out.mp4", info, render=keep) as sink:
        sink.write(make_result(0, color=color))
    with av.open(str(tmp_path / "out.mp4")) as container:
        context = container.streams.video[0].codec_context
        tags = (context.colorspace, context.color_range, context.color_primaries, context.color_trc)
        assert tags == (1, 1, 1, 1)  # BT.709 thrice, limited
        (frame,) = container.decode(video=0)
    planes = frame.to_ndarray().reshape(-1)
    luma, chroma = 64 * 48, 32 * 24
    measured = [planes[:luma].mean(), planes[luma : luma + chroma].mean(), planes[luma + chroma :].mean()]
    assert measured == pytest.approx(yuv, abs=2)


def test_the_renderers_picture_is_what_is_written(tmp_path, info, make_result, read_back):
    def paint(rgb, labels):
        assert labels.shape == rgb.shape[:2]
        return np.full_like(rgb, 200)

    with VideoSink(tmp_path / "out.mp4", info, render=paint) as sink:
        sink.write(make_result(0))
    assert np.abs(read_back(tmp_path / "out.mp4").pictures[0].astype(int) - 200).max() <= 2


def test_times_that_run_backwards_lose_no_frame(tmp_path, info, make_result, read_back):
    with VideoSink(tmp_path / "out.mp4", info, render=keep) as sink:
        for index, pts in enumerate([10, 20, 20, 5, 40]):
            sink.write(make_result(index, pts=pts, time_base=Fraction(1, 100)))
    back = read_back(tmp_path / "out.mp4")
    assert [time * 100 for time in back.times] == [10, 20, 21, 22, 40]


def test_nanoseconds_are_kept_to_the_microsecond_and_stand_a_long_gap(tmp_path, info, make_result, read_back):
    ptss = [0, 33_333_333, 66_666_667, 20_000_000_000]
    write(tmp_path / "out.mp4", info, [make_result(i, pts=p, time_base=Fraction(1, 10**9)) for i, p in enumerate(ptss)])
    assert read_back(tmp_path / "out.mp4").times == [Fraction(round(pts / 1000), 10**6) for pts in ptss]


@pytest.mark.parametrize(
    ("width", "height", "columns", "rows"),
    [
        (32, 48, slice(16, 48), slice(0, 48)),
        (128, 24, slice(0, 64), slice(18, 30)),
        (63, 47, slice(0, 64), slice(0, 48)),
    ],
)
def test_a_picture_of_another_size_is_fitted_in_black(
    tmp_path, info, make_result, read_back, width, height, columns, rows
):
    write(
        tmp_path / "out.mp4", info, [make_result(0), make_result(1, width=width, height=height, color=(200, 200, 200))]
    )
    first, second = read_back(tmp_path / "out.mp4").pictures
    assert first.shape == second.shape == (48, 64, 3)
    inside = np.zeros((48, 64), bool)
    inside[rows, columns] = True
    assert second[inside].mean() > 180
    assert inside.all() or second[~inside].mean() < 20


def test_a_part_of_a_recording_begins_at_0_with_its_own_sound(
    tmp_path, info, make_result, read_back, read_sound, sound_clip
):
    sound = sound_clip()
    results = [make_result(index, pts=index + 20) for index in range(20)]
    write(tmp_path / "out.mp4", info, results, tracks_from=sound, whole_tracks=False, from_zero=True)
    back = read_back(tmp_path / "out.mp4")
    begin = Fraction(20, 30)
    assert back.times == [Fraction(index, 30) for index in range(20)]
    wanted = [(time, data) for time, data in read_sound(sound) if begin <= time <= begin + Fraction(20, 30)]
    assert [data for _, data in back.sound] == [data for _, data in wanted]
    assert all(
        abs(time + begin - own) < Fraction(1, 44100) for (time, _), (own, _) in zip(back.sound, wanted, strict=True)
    )


@pytest.mark.parametrize(
    ("codec", "suffix", "name"),
    [("hevc", ".mp4", "hevc"), ("hevc", ".mkv", "hevc"), ("av1", ".mp4", "libdav1d"), ("av1", ".mkv", "libdav1d")],
)
def test_other_codecs_keep_every_frame_and_time(tmp_path, info, make_result, codec, suffix, name):
    path = tmp_path / f"out{suffix}"
    encoding = Encoding(codec, "software", threads=1)
    with VideoSink(path, info, render=keep, encoding=encoding) as sink:
        for index in range(40):
            sink.write(make_result(index, color=(200, 30, 30)))
        assert sink.encoder in ("libx265", "libsvtav1")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == name
        assert (codec, suffix) != ("hevc", ".mp4") or stream.codec_context.codec_tag == "hvc1"
        frames = [(frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(stream)]
    assert [round(time * 1000) for time, _ in frames] == [round(index * 1000 / 30) for index in range(40)]
    assert np.abs(frames[-1][1].mean(axis=(0, 1)) - (200, 30, 30)).max() < 8


def test_less_quality_and_a_bit_rate_make_smaller_files(tmp_path, info, make_result):
    rng = np.random.default_rng(0)

    def noise(rgb, _labels):
        return rng.integers(0, 256, rgb.shape, dtype=np.uint8)

    def size(**wishes) -> int:
        path = tmp_path / "out.mp4"
        results = [make_result(index) for index in range(30)]
        write(path, info, results, render=noise, encoding=Encoding("h264", "software", **wishes), overwrite=True)
        return path.stat().st_size

    plain = size()
    assert size(crf=45) < plain / 2
    assert 10_000 < size(bitrate=200_000) < 50_000 < plain


def test_quicktime_cannot_hold_av1(tmp_path, info):
    with pytest.raises(SinkError, match=r"use \.mp4 or \.mkv"):
        VideoSink(tmp_path / "out.mov", info, render=keep, encoding=Encoding("av1"))


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_leaves_a_partial_file_that_plays_to_its_last_frame(
    tmp_path, info, make_result, read_back, sound_clip, error
):
    told: list[str] = []
    sound = sound_clip()
    results = [make_result(index) for index in range(40)]
    with pytest.raises(error):
        write(tmp_path / "out.mp4", info, results, then=error(), tracks_from=sound, say=told.append)
    assert names(tmp_path) == ["out.partial.mp4", "sound.mp4"]
    assert told == [f"what was written is kept in {tmp_path / 'out.partial.mp4'}"]
    back = read_back(tmp_path / "out.partial.mp4")
    assert back.times == [Fraction(index, 30) for index in range(40)]
    assert len(back.sound) > 50


def test_an_interruption_before_the_first_frame_leaves_nothing(tmp_path, info):
    with pytest.raises(KeyboardInterrupt), VideoSink(tmp_path / "out.mp4", info, render=keep):
        raise KeyboardInterrupt
    assert names(tmp_path) == []


def test_no_frame_at_all_is_an_error(tmp_path, info):
    with pytest.raises(SinkError, match="no frame came"), VideoSink(tmp_path / "out.mp4", info, render=keep):
        pass
    assert names(tmp_path) == []


KILLED = """
import os, signal, sys
from fractions import Fraction
from pathlib import Path
import numpy as np
from bisenet_viewer.frame import Frame, Result, StreamInfo
from bisenet_viewer.sinks.video import VideoSink

info = StreamInfo("clip", 64, 48, Fraction(30), live=False)
sink = VideoSink(Path(sys.argv[1]), info, render=lambda rgb, labels: rgb)
for i in range(240):
    frame = Frame(i, i, Fraction(1, 30), 0.0, np.full((48, 64, 3), i, np.uint8))
    sink.write(Result(frame, np.zeros((48, 64), np.uint8), {}))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX only")
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_killed_process_leaves_what_plays(tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.run([sys.executable, "-c", KILLED, str(path)], env=environment, timeout=60, check=False)
    assert process.returncode == -signal.SIGKILL
    assert not path.exists()
    with av.open(str(partial_path(path))) as container:
        times = [frame.pts * frame.time_base for frame in container.decode(video=0)]
    assert len(times) > 100
    assert times[30] == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line_and_leaves_no_final_name(tmp_path, info, make_result):
    partial_path(tmp_path / "out.mp4").symlink_to("/dev/full")
    results = (make_result(index) for index in range(200))
    with pytest.raises(SinkError, match=r"cannot write .*out\.mp4: No space left on device"):
        write(tmp_path / "out.mp4", info, results, overwrite=True)
    assert names(tmp_path) == []


def test_half_a_fragment_at_the_end_is_cut_off(tmp_path, info, make_result, read_back):
    sink = VideoSink(tmp_path / "out.mp4", info, render=keep)
    for index in range(90):
        sink.write(make_result(index))
    sink.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    partial = partial_path(tmp_path / "out.mp4")
    whole = partial.read_bytes()
    last = whole.rindex(b"moof") - 4
    for cut in (last + 6, last + 40, len(whole[:last]) + 300):
        partial.write_bytes(whole[:cut])
        drop_half_fragment(partial)
        assert partial.read_bytes() == whole[:last]
    assert 30 <= len(read_back(partial).times) < 90
    partial.write_bytes(whole)
    drop_half_fragment(partial)
    assert partial.read_bytes() == whole


def test_a_disk_that_is_full_at_the_end_keeps_the_whole_partial_file(
    tmp_path, info, make_result, read_back, monkeypatch
):
    def full(_partial, finished, _last_frame_s):
        finished.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(video, "copy_with_index_in_front", full)
    with pytest.raises(SinkError, match=r"No space left on device; the whole video is in .*out\.partial\.mp4"):
        write(tmp_path / "out.mp4", info, [make_result(index) for index in range(10)])
    assert names(tmp_path) == ["out.partial.mp4"]
    assert len(read_back(tmp_path / "out.partial.mp4").times) == 10


def test_existing_files_stay_unless_overwrite_is_given(tmp_path, info, make_result, read_back):
    path = tmp_path / "out.mp4"
    path.write_bytes(b"precious")
    with pytest.raises(SinkError, match="exists"):
        VideoSink(path, info, render=keep)
    with pytest.raises(RuntimeError):
        write(path, info, [make_result(0)], overwrite=True, then=RuntimeError())
    assert path.read_bytes() == b"precious"
    write(path, info, [make_result(0)], overwrite=True)
    assert len(read_back(path).times) == 1
    assert names(tmp_path) == ["out.mp4"]


def test_a_rescued_partial_file_is_not_overwritten_in_silence(tmp_path, info):
    partial_path(tmp_path / "out.mp4").write_bytes(b"rescued")
    with pytest.raises(SinkError, match="interrupted run"):
        VideoSink(tmp_path / "out.mp4", info, render=keep)


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path, info, make_result):
    path = tmp_path / "out.mp4"
    sink = VideoSink(path, info, render=keep)
    sink.write(make_result(0))
    path.write_bytes(b"precious")
    with pytest.raises(SinkError, match="has come to exist"):
        sink.close()
    assert path.read_bytes() == b"precious"
    assert names(tmp_path) == ["out.mp4", "out.partial.mp4"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("out.webm", r"cannot write \.webm; use \.mp4, \.mov, \.mkv"),
        ("out", "without extension"),
        ("nowhere/out.mp4", "no such folder"),
        ("file/out.mp4", "not a folder"),
        ("folder.mp4", "is a folder"),
    ],
)
def test_bad_targets_are_found_before_the_work(tmp_path, info, name, text):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(SinkError, match=text):
        VideoSink(tmp_path / name, info, render=keep)


def test_an_unwritable_folder_is_found_before_the_work(tmp_path, info, monkeypatch):
    def refuse(**_where):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(SinkError, match=r"cannot write into .*: Permission denied"):
        VideoSink(tmp_path / "out.mp4", info, render=keep)
