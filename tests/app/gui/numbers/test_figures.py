"""How numbers, names and faults are written."""

from __future__ import annotations

import dataclasses

import pytest

from bisenet.engines import EngineInfo
from bisenet.errors import CheckpointError
from bisenet_viewer.errors import SourceError
from bisenet_viewer.gui.numbers import figures
from bisenet_viewer.gui.numbers.display_meter import DisplayMeter
from bisenet_viewer.gui.opening import naming


@pytest.mark.parametrize(("rate", "text"), [(0, "–"), (9.96, "10.0"), (29.97, "30.0"), (99.94, "99.9"), (240.4, "240")])
def test_fps(rate: float, text: str) -> None:
    assert figures.fps(rate) == text


@pytest.mark.parametrize(("seconds", "text"), [(None, "–"), (0.0834, "83 ms"), (1.5, "1500 ms"), (12.2, "12 s")])
def test_latency(seconds: float | None, text: str) -> None:
    assert figures.latency(seconds) == text


@pytest.mark.parametrize(("part", "text"), [(0, "–"), (0.0001, "<0.1 %"), (0.123, "12.3 %"), (1, "100.0 %")])
def test_share(part: float, text: str) -> None:
    assert figures.share(part) == text


@pytest.mark.parametrize(("seconds", "text"), [(-1, "0:00"), (7.9, "0:07"), (75, "1:15"), (3725, "1:02:05")])
def test_clock_time(seconds: float, text: str) -> None:
    assert figures.clock_time(seconds) == text


def test_drops_by_cause() -> None:
    assert figures.drops({"inference busy": 0, "damaged": 0}) == "0"
    assert (
        figures.drops({"inference busy": 120, "damaged": 0, "display busy": 3}) == "120 inference busy, 3 display busy"
    )


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("0", "camera 0"),
        ("/dev/video2", "camera 2"),
        ("clips/a drive.mp4", "a drive.mp4"),
        ("demo://?seed=3", "the demo street"),
        ("rtsp://me:secret@cam.example:554/live?token=x", "rtsp://cam.example:554/live"),
    ],
)
def test_source_name(uri: str, name: str) -> None:
    assert naming.source_name(uri) == name


def test_engine_text() -> None:
    info = EngineInfo("torch", "street-x39", "cuda:0", "Some Card", "f16")
    assert naming.engine_text(info) == "street-x39 · torch · cuda:0 (Some Card) · f16"
    assert naming.engine_story(info) == naming.engine_text(info)
    told = dataclasses.replace(info, reason="8 ms; openvino f32 9")
    assert naming.engine_story(told).splitlines() == [naming.engine_text(info), "torch: 8 ms; openvino f32 9"]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (SourceError("no such file: a.mp4"), "No such file: a.mp4"),
        (CheckpointError("two\nlines"), "Two lines"),
        (KeyError("x"), "Unexpected fault: KeyError: 'x'"),
        (MemoryError(), "Unexpected fault: MemoryError"),
    ],
)
def test_fault_text(error: Exception, text: str) -> None:
    assert naming.fault_text(error) == text


def test_display_meter_by_a_clock_set_by_hand() -> None:
    now = 100.0
    meter = DisplayMeter(lambda: now)
    assert (meter.fps, meter.latency_s) == (0.0, None)
    for latency_s in (0.05, 0.08, 0.05, 0.30, 0.05):
        now += 0.1
        meter.painted(captured_at=now - latency_s)
    assert meter.fps == pytest.approx(10.0)
    assert meter.latency_s == pytest.approx(0.05)
    now += 60
    assert (meter.fps, meter.latency_s) == (0.0, None)
