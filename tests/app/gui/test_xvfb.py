"""The whole program in a real window: a display, the drawn street, the bundled model, real pixels."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from bisenet.resources import assets_dir

pytestmark = [
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="no Xvfb"),
    pytest.mark.skipif(
        not (assets_dir() / "weights" / "street-x39.safetensors").is_file(), reason="no bundled street-x39"
    ),
    pytest.mark.timeout(120),
]

_DRIVER = """
import sys, time
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication
from bisenet_viewer.gui import app
from bisenet_viewer.gui.window import Window

shot = sys.argv[1]
ROAD = (128, 64, 128)

deadline = time.monotonic() + 30

def look(window):
    # A picture handed to the view is on the screen only once Qt has painted it and the server has shown that.
    screen = window.screen().grabWindow(0)
    if not (window.view.has_picture and has_road(screen.toImage())) and time.monotonic() < deadline:
        QTimer.singleShot(100, lambda: look(window))
        return
    window.grab().save(shot)
    screen.save(shot.replace("window", "screen"))
    window.close()

def has_road(image):
    return any(image.pixelColor(x, y).getRgb()[:3] == ROAD
               for x in range(0, image.width(), 20) for y in range(0, image.height(), 20))

shown = Window.showEvent
def show_event(self, event):
    shown(self, event)
    QTimer.singleShot(100, lambda: look(self))
Window.showEvent = show_event
sys.exit(app.run("demo://?seconds=60", device="cpu", opacity=1.0))
"""


@pytest.fixture
def display() -> Iterator[str]:
    """A virtual screen with a free number."""
    readable, writable = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writable), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=[writable],
        stderr=subprocess.DEVNULL,
    )
    os.close(writable)
    with os.fdopen(readable) as pipe:
        number = pipe.readline().strip()
    assert number, "Xvfb did not start"
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


def environment(display: str) -> dict[str, str]:
    return {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}


def test_the_drawn_street_is_segmented_on_the_screen(display: str, tmp_path: Path) -> None:
    shot = tmp_path / "window.png"
    run = subprocess.run(
        [sys.executable, "-c", _DRIVER, str(shot)],
        env=environment(display), capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    for name in ("window.png", "screen.png"):
        picture = cv2.cvtColor(cv2.imread(str(tmp_path / name)), cv2.COLOR_BGR2RGB)
        # Opacity 1: the pixels have the palette's own colours, the road in the middle at the bottom of the video.
        road = np.all(picture == (128, 64, 128), axis=2)
        assert road.mean() > 0.02, name


def test_ctrl_c_closes_the_window_while_the_model_loads(display: str) -> None:
    code = "from bisenet_viewer.cli import run_process; print('go'); run_process()"
    program = subprocess.Popen(
        [sys.executable, "-u", "-c", code, "demo://", "--device", "cpu"],
        env=environment(display), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert program.stdout is not None
    assert program.stdout.readline() == "go\n"
    # Whether the signal meets Qt's import, the loading or the first frames: it ends, and without a trace.
    try:
        program.wait(1.5)
    except subprocess.TimeoutExpired:
        program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=30)
    assert program.returncode == 0, errors
    assert "Traceback" not in errors
