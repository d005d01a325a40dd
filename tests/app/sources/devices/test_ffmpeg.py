"""Cameras on Windows and macOS: FFmpeg's list and its log, as they look there."""

from __future__ import annotations

import av
import pytest

from bisenet_viewer.sources.devices import ffmpeg
from bisenet_viewer.sources.devices.device import Device, Mode
from bisenet_viewer.sources.devices.finding import system

DSHOW = """DirectShow video device options (from video devices)
 Pin "Capture" (alternative pin name "0")
  vcodec=mjpeg  min s=1280x720 fps=30 max s=1280x720 fps=30.0003 (pc, bt470bg/bt709/unknown, topleft)
  vcodec=mjpeg  min s=640x480 fps=5 max s=640x480 fps=30
  pixel_format=yuyv422  min s=1280x720 fps=5 max s=1280x720 fps=10
  pixel_format=yuyv422  min s=1280x720 fps=5 max s=1280x720 fps=10 (tv, bt470bg/bt709/unknown, topleft)
"""
AVFOUNDATION = """Selected framerate (1000.000000) is not supported by the device.
Supported modes:
  1280x720@[1.000000 30.000000]fps
  640x480@[1.000000 30.000000]fps
  640x480@[1.000000 60.000000]fps
"""


def install(monkeypatch: pytest.MonkeyPatch, *entries: tuple[str, str, str]) -> None:
    found = [av.device.DeviceInfo(name, description, False, [kind]) for name, description, kind in entries]
    monkeypatch.setattr(av.device, "enumerate_input_devices", lambda _: found)


def test_windows(monkeypatch):
    install(
        monkeypatch,
        ("@device_pnp_1", "Front", "video"), ("@device_cm_2", "Microphone", "audio"), ("Back", "", "video"),
    )  # fmt: skip
    assert system("win32").list_devices() == [
        Device("Front", 0, "dshow", "video=@device_pnp_1"),
        Device("Back", 1, "dshow", "video=Back"),
    ]


def test_macos(monkeypatch):
    install(
        monkeypatch,
        ("0", "FaceTime HD Camera", "video"), ("1", "Capture screen 0", "video"), ("0", "Microphone", "audio"),
    )  # fmt: skip
    assert system("darwin").list_devices() == [Device("FaceTime HD Camera", 0, "avfoundation", "0:none")]


@pytest.mark.parametrize("error", [av.error.OSError(38, "Function not implemented"), ValueError("no such format")])
def test_a_system_that_cannot_list_has_none(monkeypatch, error):
    def refuse(_: str) -> list[object]:
        raise error

    monkeypatch.setattr(av.device, "enumerate_input_devices", refuse)
    assert system("win32").list_devices() == []


def test_modes_of_directshow():
    assert ffmpeg.dshow_modes(DSHOW) == (
        Mode("mjpeg", 1280, 720, 30.0003), Mode("yuyv422", 1280, 720, 10.0), Mode("mjpeg", 640, 480, 30.0),
    )  # fmt: skip


def test_modes_of_avfoundation():
    assert ffmpeg.avfoundation_modes(AVFOUNDATION) == (Mode("", 1280, 720, 30.0), Mode("", 640, 480, 60.0))


@pytest.mark.parametrize(
    ("interface", "address", "log"), [("dshow", "video=x", DSHOW), ("avfoundation", "0:none", AVFOUNDATION)]
)
def test_modes_are_read_from_the_log_and_its_level_is_put_back(monkeypatch, interface, address, log):
    def opens(*_arguments: object, **_options: object) -> None:
        for line in log.splitlines(keepends=True):
            av.logging.log(av.logging.INFO, interface, line)
        raise av.error.ExitError(1, "Immediate exit requested")

    monkeypatch.setattr(av, "open", opens)
    level = av.logging.get_level()
    modes = ffmpeg.list_modes(Device("x", 0, interface, address))
    assert (modes[0].width, modes[0].height, len(modes) >= 2) == (1280, 720, True)
    assert av.logging.get_level() == level


def test_a_device_that_is_not_there_has_no_modes():
    assert ffmpeg.list_modes(Device("x", 0, "lavfi", "no such filter")) == ()
