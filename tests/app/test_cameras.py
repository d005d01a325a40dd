"""`bisenet-viewer cameras`."""

from __future__ import annotations

import pytest

from bisenet_viewer import cli
from bisenet_viewer.commands import cameras
from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.devices.device import Device, Mode
from bisenet_viewer.sources.devices.finding import System

BRIO = Device("Logitech BRIO", 2, "v4l2", "/dev/video2", "/dev/video2")
OTHER = Device("FaceTime HD", 3, "avfoundation", "3:none")
MODES = (Mode("mjpeg", 1280, 720, 60.0), Mode("yuyv422", 1280, 720, 10.0), Mode("", 640, 480, 29.97))


def test_each_camera_with_its_modes(capsys):
    assert cameras.run(System(lambda: [BRIO, OTHER], lambda device: MODES if device == BRIO else ())) == 0
    assert capsys.readouterr().out.splitlines() == [
        "  2  Logitech BRIO  (/dev/video2)",
        "     1280x720 mjpeg 60 fps *, 1280x720 yuyv422 10 fps, 640x480 29.97 fps",
        "  3  FaceTime HD",
        "     it does not tell its modes; it may be in use by another program, or forbidden to you",
        "",
        "open one with: bisenet-viewer 2, or camera:// and its name or a part of it",
    ]


def test_none():
    with pytest.raises(SourceError, match=r"^no camera is connected; plug one in"):
        cameras.run(System(list, lambda _: ()))


def test_the_command_line_knows_it(monkeypatch, capsys):
    monkeypatch.setattr(cameras, "system", lambda: System(lambda: [OTHER], lambda _: MODES))
    assert cli.main(["cameras"]) == 0
    assert "FaceTime HD" in capsys.readouterr().out
