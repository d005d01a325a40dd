"""Gathering the figures: the thread that asks the system, and the lines that are made of them."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from fractions import Fraction
from typing import cast

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bisenet.closing import Closing
from bisenet_viewer.frame import Frame, Result, StreamInfo
from bisenet_viewer.gui.numbers import system_monitor
from bisenet_viewer.gui.numbers.display_meter import DisplayMeter
from bisenet_viewer.gui.numbers.snapshot import CameraMode, Snapshot, SystemFigures
from bisenet_viewer.gui.numbers.stage_times import Spread
from bisenet_viewer.gui.numbers.statistics import Statistics
from bisenet_viewer.gui.numbers.stats_rows import frame_rows, machine_rows, stage_rows
from bisenet_viewer.gui.numbers.system_monitor import Camera, MachineMeters, SystemMonitor
from bisenet_viewer.gui.player import Phase, Player, Request
from bisenet_viewer.meters.gpu import GpuUsage
from bisenet_viewer.pipeline.counting import PipelineStats
from bisenet_viewer.sources.devices import finding
from bisenet_viewer.sources.devices.device import Device, Mode


class CountingMeters(Closing):
    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.reads = 0
        self.opened_on = threading.current_thread().name
        self.is_closed = False

    def read(self) -> SystemFigures:
        self.reads += 1
        if self.fault is not None:
            raise self.fault
        return SystemFigures(own_cpu=0.5, all_cpu=0.7, resident_mib=float(self.reads))

    def close(self) -> None:
        self.is_closed = True


def own_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "system-figures"]


def test_the_system_is_read_on_a_thread_that_ends(qtbot: QtBot) -> None:
    opened: list[CountingMeters] = []

    def open_meters() -> CountingMeters:
        opened.append(CountingMeters())
        return opened[-1]

    monitor = SystemMonitor(open_meters, every_s=0.001)
    assert monitor.figures is None
    for turn in (1, 2):
        monitor.start()
        monitor.start()
        qtbot.waitUntil(lambda: monitor.figures is not None and (monitor.figures.resident_mib or 0) > 3)
        assert len(opened) == turn
        assert opened[-1].opened_on == "system-figures"
        monitor.close()
        monitor.close()
        assert (own_threads(), monitor.figures, opened[-1].is_closed) == ([], None, True)


def test_what_cannot_be_read_ends_the_reading_and_nothing_else(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    meters = CountingMeters(OSError("gone"))
    with SystemMonitor(lambda: meters, every_s=0.001) as monitor:
        monitor.start()
        qtbot.waitUntil(lambda: own_threads() == [])
    assert meters.is_closed
    assert "cannot be read any more" in caplog.text


def test_this_machine_has_figures() -> None:
    with MachineMeters() as meters:
        until = time.process_time() + 0.05
        while time.process_time() < until:
            sum(range(1000))
        figures = meters.read()
    assert 0 < figures.own_cpu <= 1
    assert 0 <= figures.all_cpu <= 1
    assert figures.resident_mib is not None
    assert figures.resident_mib > 20


def test_a_camera_is_asked_once_and_off_the_window_thread(qtbot: QtBot) -> None:
    asked: list[tuple[str, str]] = []

    def ask(camera: Camera) -> CameraMode:
        asked.append((camera.uri, threading.current_thread().name))
        return CameraMode("mjpeg", 30, is_on=False)

    meters = CountingMeters()
    with SystemMonitor(lambda: meters, ask, every_s=0.001) as monitor:
        monitor.start()
        monitor.watch_camera(Camera("0", (1280, 720), "A camera (yuyv422 1280x720, 5 fps)"))
        qtbot.waitUntil(lambda: monitor.camera_mode is not None)
        before = meters.reads
        qtbot.waitUntil(lambda: meters.reads > before + 3)
        monitor.watch_camera(None)
        assert monitor.camera_mode is None
    assert asked == [("0", "system-figures")]


@pytest.mark.parametrize(
    ("title", "size", "expected"),
    [
        ("Cam (yuyv422 1280x720, 5 fps)", (1280, 720), CameraMode("mjpeg", 30, is_on=False)),
        ("Cam (mjpeg 1280x720, 30 fps)", (1280, 720), CameraMode("mjpeg", 30, is_on=True)),
        ("Cam (yuyv422 640x480, 30 fps)", (640, 480), CameraMode("yuyv422", 30, is_on=True)),
        ("Cam (yuyv422 800x600, 20 fps)", (800, 600), None),
    ],
)
def test_the_fastest_mode_of_a_camera(
    monkeypatch: pytest.MonkeyPatch, title: str, size: tuple[int, int], expected: CameraMode | None
) -> None:
    modes = (
        Mode("mjpeg", 1280, 720, 30),
        Mode("yuyv422", 1280, 720, 5),
        Mode("mjpeg", 640, 480, 30),
        Mode("yuyv422", 640, 480, 30),
        Mode("yuyv422", 800, 600, 0),
    )
    device = Device("Cam", 0, "v4l2", "/dev/video0", "/dev/video0")
    monkeypatch.setattr(finding, "system", lambda: finding.System(lambda: [device], lambda _: modes))
    assert system_monitor.camera_mode(Camera("0", size, title)) == expected
    assert system_monitor.camera_mode(Camera("7", size, title)) is None


class PlayerOfFigures:
    """What `Statistics` reads of a player."""

    request = Request("drive.mp4", "street-x39")
    stream: StreamInfo | None = StreamInfo("drive.mp4", 1280, 720, Fraction(30), live=False)
    engine = None
    phase = Phase.PLAYING
    speed = 2.0
    replaced = 4

    def stats(self) -> PipelineStats:
        return PipelineStats(100, 80, 60.0, 48.0, {"inference busy": 20, "damaged": 0})


def result(**stage_ms: float) -> Result:
    rgb = np.zeros((4, 4, 3), np.uint8)
    return Result(Frame(0, 0, Fraction(1, 30), 0.0, rgb, decoder="cuda"), rgb[:, :, 0], stage_ms)


def test_a_snapshot_has_it_all() -> None:
    now = 50.0
    statistics, meter = Statistics(lambda: now), DisplayMeter(lambda: now)
    for _ in range(10):
        now += 0.1
        statistics.note_result(result(decode=4.0, network=20.0))
        statistics.note_painted(3.0)
        meter.painted(now - 0.06)
    player = PlayerOfFigures()
    told = statistics.snapshot(cast(Player, player), meter)
    assert told.stages == {"decode": Spread(4, 4), "network": Spread(20, 20), "display": Spread(3, 3)}
    assert told.age is not None
    assert told.age.p50 == pytest.approx(60)
    assert (told.capture_fps, told.inference_fps, told.display_fps) == (60, 48, pytest.approx(10))
    assert told.nominal_fps == 60  # at twice the speed
    assert told.drops == {"inference busy": 20, "damaged": 0, "display busy": 4}
    assert told.decoder == "cuda"
    assert (told.size, told.is_live, told.is_playing) == ((1280, 720), False, True)
    statistics.clear()
    cleared = statistics.snapshot(cast(Player, player), meter)
    assert (cleared.stages, cleared.decoder) == ({}, None)


def test_only_cameras_are_asked_for_modes(qtbot: QtBot) -> None:
    asked: list[Camera] = []
    monitor = SystemMonitor(CountingMeters, lambda camera: asked.append(camera), every_s=0.001)
    statistics, meter = Statistics(time.monotonic, monitor), DisplayMeter(time.monotonic)
    player = PlayerOfFigures()
    stream = StreamInfo("Cam (mjpeg)", 640, 480, Fraction(30), live=True)
    statistics.start()
    for source, live in (("rtsp://host/x", True), ("clip.mp4", False), ("/dev/video2", True)):
        player.request, player.stream = Request(source, "m"), replace(stream, live=live)
        statistics.snapshot(cast(Player, player), meter)
    qtbot.waitUntil(lambda: bool(asked))
    statistics.stop()
    assert asked == [Camera("/dev/video2", (640, 480), "Cam (mjpeg)")]


def test_lines_of_times_stand_still_when_there_are_none() -> None:
    rows = stage_rows(Snapshot())
    assert [row.name for row in rows] == ["Decode", "Prepare", "Network", "Labels", "Display", "End to end"]
    assert {row.values for row in rows} == {("–", "–")}
    told = stage_rows(Snapshot(stages={"network": Spread(33.4, 9.94)}, age=Spread(61.2, 120)))
    assert told[2].values == ("33", "9.9")
    assert told[-1].values == ("61", "120")


def test_lines_of_frames_name_each_cause() -> None:
    rows = frame_rows(Snapshot(capture_fps=30, inference_fps=12.25, drops={"inference busy": 9, "x": 0, "damaged": 1}))
    assert [row.values for row in rows] == [("30.0 · 12.2 · –",), ("9 inference busy",), ("1 damaged",)]
    assert frame_rows(Snapshot())[-1].values == ("0",)


def test_lines_of_the_machine_are_those_that_can_be_read() -> None:
    assert machine_rows(Snapshot())[-1].values == ("reading…",)
    bare = machine_rows(Snapshot(stream="a.mp4", size=(1280, 720), nominal_fps=29.97, system=SystemFigures(0.5, 0.75)))
    assert [(row.name, *row.values) for row in bare] == [
        ("Stream", "a.mp4"),
        ("", "1280×720 · 29.97 FPS"),
        ("This program", "50 %"),
        ("All programs", "75 %"),
    ]
    gpu = GpuUsage(121.4, 1500, 0.42, 2048, 8192, "A Card")
    whole = machine_rows(Snapshot(system=SystemFigures(0.5, 0.75, 812.3, 14.2, gpu)))
    assert [(row.name, *row.values) for row in whole[-3:]] == [
        ("Memory", "812 MiB"),
        ("Processor power", "14 W"),
        ("GPU", "42 % · 2.0 GiB · 121 W"),
    ]


def test_a_camera_says_what_was_agreed_on() -> None:
    rows = machine_rows(Snapshot(stream="C920 (rev 2) (mjpeg 1280x720, 30 fps)", is_live=True, size=(1280, 720)))
    assert [row.values for row in rows[:2]] == [("C920 (rev 2)",), ("mjpeg 1280x720, 30 fps",)]
