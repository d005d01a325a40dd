"""What touches the process: no display, Ctrl-C, faults in slots, OpenCV's environment, the order of imports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bisenet_viewer.errors import DisplayError
from bisenet_viewer.gui.display import drop_foreign_plugins, require_display

ROOT = Path(__file__).resolve().parents[3]


def environment(**more: str) -> dict[str, str]:
    bare = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return {**bare, "PYTHONPATH": os.pathsep.join([str(ROOT / "app"), str(ROOT / "models")]), **more}


def python(code: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({}, "neither DISPLAY nor WAYLAND_DISPLAY is set"),
        ({"QT_QPA_PLATFORM": "xcb"}, "DISPLAY is not set"),
        ({"DISPLAY": ":6543"}, "cannot connect to DISPLAY=:6543"),
        (
            {"WAYLAND_DISPLAY": "none-here", "XDG_RUNTIME_DIR": "/nowhere"},
            "cannot connect to WAYLAND_DISPLAY=none-here",
        ),
    ],
)
def test_no_display_is_told_in_one_line(environ: dict[str, str], told: str) -> None:
    with pytest.raises(DisplayError) as caught:
        require_display(environ, "linux")
    assert told in str(caught.value)
    assert "bisenet-viewer segment" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 6


@pytest.mark.parametrize(("environ", "platform"), [({"QT_QPA_PLATFORM": "offscreen"}, "linux"), ({}, "darwin")])
def test_what_needs_no_display_is_let_through(environ: dict[str, str], platform: str) -> None:
    require_display(environ, platform)


def test_only_the_plugins_of_opencv_are_dropped() -> None:
    environ = {"QT_QPA_PLATFORM_PLUGIN_PATH": "/x/cv2/qt/plugins", "QT_QPA_FONTDIR": "/own/fonts"}
    drop_foreign_plugins(environ)
    assert environ == {"QT_QPA_FONTDIR": "/own/fonts"}


def test_run_raises_where_qt_would_abort() -> None:
    code = "from bisenet_viewer.gui.app import run; run('demo://')"
    process = python(code)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.strip().splitlines()[-1].startswith("bisenet_viewer.errors.DisplayError: no display for the window")


def test_the_first_paint_waits_for_no_heavy_import() -> None:
    code = """
import sys
from PyQt6.QtWidgets import QApplication
from bisenet_viewer.gui import app
app.Viewer.begin = lambda self: (print(sorted({"av", "cv2", "numpy", "torch", "yaml"} & set(sys.modules))),
                                 self._window.close())
sys.exit(app.run("demo://"))
"""
    process = python(code, QT_QPA_PLATFORM="offscreen")
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output.strip()) == (0, "[]"), errors


def test_ctrl_c_closes_the_window_and_a_fault_does_not() -> None:
    code = """
import sys
from PyQt6.QtCore import QTimer
from bisenet_viewer.gui import app, wiring

def no_file(request):
    from bisenet_viewer.errors import SourceError
    raise SourceError("no such file: gone.mp4")

def no_model(request):
    from bisenet.errors import CheckpointError
    raise CheckpointError("no model")

wiring._open_source, wiring._open_engine = no_file, no_model
told = []

def ready(window, viewer):
    def look():
        if window.banner.isVisible() and not told:
            told.append(1)
            print("ready", flush=True)
            raise ZeroDivisionError("in a slot")

    timer = QTimer(window)
    timer.timeout.connect(look)
    timer.start(20)

sys.exit(app.run("gone.mp4", ready=ready))
"""
    process = python(code, QT_QPA_PLATFORM="offscreen")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert "ZeroDivisionError: in a slot" in errors
