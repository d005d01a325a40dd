"""Recordings: real files, decoded back; a slow encoder, a full disk, a killed process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.app.gui.work.conftest import CLASSES, INFO, make_result, names

from bisenet_viewer.errors import SinkError
from bisenet_viewer.gui.work.recorder import Recorder
from bisenet_viewer.overlay import OverlayStyle, render

STYLE = OverlayStyle.of(CLASSES)
MOMENT = datetime(2026, 1, 31, 12, 0, 0).timestamp()
NAME = "clip_2026-01-31_12-00-00"


@pytest.fixture
def make_recorder(tmp_path):
    made = []

    def make(**options):
        made.append(Recorder(tmp_path / "videos", clock=lambda: MOMENT, **options))
        return made[-1]

    yield make
    for recorder in made:
        assert recorder.close()


def read_back(path) -> tuple[list[Fraction], list[np.ndarray]]:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [frame.pts * frame.time_base for frame in frames], [frame.to_ndarray(format="rgb24") for frame in frames]


class HeldSink:
    """A sink that waits for a gate with each frame, and fails at one of them if it is told to."""

    def __init__(self, say, *, fails_at: int | None = None) -> None:
        self.gate = threading.Event()
        self.began = threading.Event()
        self.written: list[float] = []
        self._say = say
        self._fails_at = fails_at

    def write(self, result) -> None:
        self.began.set()
        assert self.gate.wait(10)
        if len(self.written) == self._fails_at:
            raise SinkError("cannot write clip.mp4: No space left on device")
        self.written.append(result.frame.time_s)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace) -> None:
        if kind is not None:
            self._say("what was written is kept in clip.partial.mp4")


def test_a_recording_has_the_frames_with_their_overlay_at_their_own_times(qtbot, make_recorder):
    recorder = make_recorder()
    assert (recorder.recording, recorder.elapsed_s, recorder.path) == (False, 0.0, None)
    recorder.start(INFO, "/data/clip.mp4")
    assert recorder.recording
    shown = [0, 1, 2, 5, 6, 20]
    styles = [replace(STYLE, opacity=0.8) if k < 5 else replace(STYLE, visible=frozenset({1})) for k in shown]
    for k, style in zip(shown, styles, strict=True):
        recorder.add(make_result(k, pts=k + 700), style)
    assert recorder.elapsed_s == pytest.approx(21 / 25)
    with qtbot.waitSignal(recorder.saved) as told:
        recorder.stop()
    assert (recorder.recording, recorder.finishing) == (False, False)
    path = recorder.folder / f"{NAME}.mp4"
    assert told.args == [str(path), 0]
    assert names(recorder.folder) == [path.name]
    times, pictures = read_back(path)
    assert times == [Fraction(k, 25) for k in shown]
    for k, style, picture in zip(shown, styles, pictures, strict=True):
        result = make_result(k)
        wanted = render(result.frame.rgb, result.labels, style)
        # The middle of each band: between the bands the encoder's colours are coarser than its brightness.
        for row in (8, 24, 40):
            assert np.abs(picture[row, 32].astype(int) - wanted[row, 32]).max() <= 8, (k, row)


def test_a_live_stream_plays_at_its_real_speed(qtbot, make_recorder):
    recorder = make_recorder()
    recorder.start(replace(INFO, live=True, rate=None, seekable=False), "0")
    ptss = [9_000_000, 9_003_600, 9_012_345, 9_300_000]
    for k, pts in enumerate(ptss):
        recorder.add(make_result(k, pts=pts, time_base=Fraction(1, 90_000)), STYLE)
    with qtbot.waitSignal(recorder.saved) as told:
        recorder.stop()
    assert Path(told.args[0]).name == "camera0_2026-01-31_12-00-00.mp4"
    times, _ = read_back(told.args[0])
    assert times == [Fraction(pts - ptss[0], 90_000) for pts in ptss]


def test_each_recording_has_a_name_of_its_own_and_nothing_is_written_over(qtbot, make_recorder):
    recorder = make_recorder()
    recorder.folder.mkdir()
    (recorder.folder / f"{NAME}.mp4").write_bytes(b"precious")
    (recorder.folder / f"{NAME}_2.partial.mp4").write_bytes(b"rescued")
    saved: list[str] = []
    recorder.saved.connect(lambda path, _dropped: saved.append(Path(path).name))
    for _ in range(3):
        # Each begins while the ones before are finishing, or have not even begun to write.
        recorder.start(INFO, "clip.mp4")
        for k in range(3):
            recorder.add(make_result(k), STYLE)
        recorder.stop()
    qtbot.waitUntil(lambda: len(saved) == 3)
    assert sorted(saved) == [f"{NAME}-2.mp4", f"{NAME}-3.mp4", f"{NAME}_3.mp4"]
    assert all(len(read_back(recorder.folder / name)[0]) == 3 for name in saved)
    assert (recorder.folder / f"{NAME}.mp4").read_bytes() == b"precious"


def test_starting_again_finishes_the_one_before(qtbot, make_recorder):
    recorder = make_recorder()
    recorder.start(INFO, "first.mp4")
    recorder.add(make_result(0), STYLE)
    with qtbot.waitSignal(recorder.saved) as told:
        recorder.start(INFO, "second.mp4")
    assert Path(told.args[0]).name.startswith("first_")
    assert recorder.recording
    recorder.add(make_result(0), STYLE)
    assert recorder.close()
    assert [name.partition("_")[0] for name in names(recorder.folder)] == ["first", "second"]


def test_closing_finishes_the_file(make_recorder):
    recorder = make_recorder()
    recorder.start(INFO, "clip.mp4")
    for k in range(30):
        recorder.add(make_result(k), STYLE)
    saved: list[str] = []
    recorder.saved.connect(lambda path, _dropped: saved.append(path))
    assert recorder.close()
    assert saved == [str(recorder.folder / f"{NAME}.mp4")]
    times, _ = read_back(saved[0])
    assert len(times) == 30


def test_an_encoder_that_is_too_slow_costs_frames_but_no_time(qtbot, make_recorder):
    sinks: list[HeldSink] = []
    recorder = make_recorder(open_sink=lambda _path, _info, _render, say: sinks.append(HeldSink(say)) or sinks[-1])
    recorder.start(INFO, "clip.mp4")
    recorder.add(make_result(0), STYLE)
    qtbot.waitUntil(lambda: bool(sinks) and sinks[0].began.is_set())
    for k in range(1, 100):
        recorder.add(make_result(k), STYLE)
    assert recorder.dropped == 99 - 64
    with qtbot.waitSignal(recorder.saved) as told:
        sinks[0].gate.set()
        qtbot.waitUntil(lambda: len(sinks[0].written) == 65)
        recorder.add(make_result(100), STYLE)
        recorder.stop()
    assert told.args[1] == 35
    # The frames that were left out leave their time: none of the others moves.
    assert sinks[0].written == pytest.approx([k / 25 for k in (*range(65), 100)])


def test_large_frames_wait_in_smaller_numbers(qtbot, make_recorder):
    sinks: list[HeldSink] = []
    recorder = make_recorder(open_sink=lambda _path, _info, _render, say: sinks.append(HeldSink(say)) or sinks[-1])
    recorder.start(INFO, "clip.mp4")
    large = make_result(0, size=(3840, 2160))
    for k in range(20):
        recorder.add(replace(large, frame=replace(large.frame, index=k, pts=k)), STYLE)
    # 256 MiB are eight frames of 33 MB; one more may be with the encoder.
    assert recorder.dropped in (11, 12)
    qtbot.waitUntil(lambda: bool(sinks))
    sinks[0].gate.set()
    with qtbot.waitSignal(recorder.saved):
        recorder.stop()


def test_a_full_disk_ends_the_recording_in_one_line(qtbot, make_recorder):
    sinks: list[HeldSink] = []
    recorder = make_recorder(
        open_sink=lambda _path, _info, _render, say: sinks.append(HeldSink(say, fails_at=2)) or sinks[-1]
    )
    recorder.start(INFO, "clip.mp4")
    for k in range(5):
        recorder.add(make_result(k), STYLE)
    qtbot.waitUntil(lambda: bool(sinks))
    with qtbot.waitSignal(recorder.failed) as told:
        sinks[0].gate.set()
    assert told.args == [
        (
            "The recording ended: cannot write clip.mp4: No space left on device; "
            "what was written is kept in clip.partial.mp4"
        )
    ]
    assert not recorder.recording
    recorder.add(make_result(9), STYLE)  # nobody minds


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_the_real_sink_on_a_full_disk(qtbot, make_recorder):
    from bisenet_viewer.sinks.video import VideoSink

    def onto_full(path, info, render, say):
        path.with_name(f"{path.stem}.partial.mp4").symlink_to("/dev/full")
        return VideoSink(path, info, render=render, overwrite=True, say=say)

    recorder = make_recorder(open_sink=onto_full)
    recorder.start(INFO, "clip.mp4")
    with qtbot.waitSignal(recorder.failed, timeout=20_000) as told:
        for k in range(60):
            recorder.add(make_result(k), STYLE)
        recorder.stop()
    assert "No space left on device" in told.args[0]
    assert names(recorder.folder) == []


def test_a_folder_that_cannot_be_made_is_told(qtbot, tmp_path, make_recorder):
    recorder = make_recorder()
    (tmp_path / "videos").write_bytes(b"a file")
    recorder.start(INFO, "clip.mp4")
    with qtbot.waitSignal(recorder.failed) as told:
        recorder.add(make_result(0), STYLE)
    assert told.args == [f"The recording ended: cannot write into {recorder.folder}: File exists"]
    assert not recorder.recording


def test_nothing_recorded_is_told_and_leaves_no_file(qtbot, make_recorder):
    recorder = make_recorder()
    recorder.start(INFO, "clip.mp4")
    with qtbot.waitSignal(recorder.failed) as told:
        recorder.stop()
    assert told.args == ["Nothing was recorded: no picture came"]
    assert not recorder.folder.exists()


KILLED = """
import os, signal, sys, time
from fractions import Fraction
from pathlib import Path
import numpy as np
from PyQt6.QtCore import QCoreApplication
from bisenet_viewer.frame import Frame, Result, StreamInfo
from bisenet_viewer.gui.work.recorder import Recorder
from bisenet_viewer.overlay import OverlayStyle

app = QCoreApplication([])
recorder = Recorder(Path(sys.argv[1]))
recorder.start(StreamInfo("clip", 64, 48, Fraction(30), live=False), "clip.mp4")
style = OverlayStyle(((200, 0, 0),), frozenset({0}))
for i in range(240):
    frame = Frame(i, i, Fraction(1, 30), i / 30, np.full((48, 64, 3), i, np.uint8))
    recorder.add(Result(frame, np.zeros((48, 64), np.uint8), {}), style)
    while recorder._recording._waiting.qsize() > 8:
        time.sleep(0.001)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX only")
def test_a_killed_window_leaves_a_recording_that_plays(tmp_path):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], env=environment, timeout=60, check=False)
    assert process.returncode == -signal.SIGKILL
    (partial,) = tmp_path.iterdir()
    assert partial.name.endswith(".partial.mp4")
    times, _ = read_back(partial)
    assert len(times) > 100
    assert times[30] == 1
