"""The screen as a source: addresses for each system, and a real X server where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from itertools import islice

import av
import pytest

from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources import open_source
from bisenet_viewer.sources.live.source import LiveSource
from bisenet_viewer.sources.screen import Screen, ScreenFeed, find_screen


@pytest.mark.parametrize(
    ("uri", "platform", "environment", "screen"),
    [
        ("screen", "linux", {"DISPLAY": ":1"}, Screen("screen :1", "x11grab", ":1", 15)),
        ("screen://:77", "linux", {"DISPLAY": ":1"}, Screen("screen :77", "x11grab", ":77", 15)),
        ("screen://:77?rate=30", "linux", {}, Screen("screen :77", "x11grab", ":77", 30)),
        ("screen://?rate=2.5", "linux", {"DISPLAY": ":1.0"}, Screen("screen :1.0", "x11grab", ":1.0", 2.5)),
        ("screen", "win32", {}, Screen("the screen", "gdigrab", "desktop", 15)),
        ("screen", "darwin", {}, Screen("screen 0", "avfoundation", "Capture screen 0:none", 15)),
        ("screen://1", "darwin", {}, Screen("screen 1", "avfoundation", "Capture screen 1:none", 15)),
    ],
)
def test_which_screen_is_meant(uri, platform, environment, screen):
    assert find_screen(uri, platform, environment) == screen


@pytest.mark.parametrize(
    ("uri", "platform", "environment", "expected"),
    [
        ("screen", "linux", {}, r"there is no X display to grab; set DISPLAY or write screen://:0$"),
        ("screen", "linux", {"WAYLAND_DISPLAY": "wayland-0"}, "with XWayland$"),
        ("screen://?rate=fast", "linux", {"DISPLAY": ":1"}, "rate='fast' must be a number from 0.1 to 240"),
        ("screen://?rate=0", "linux", {"DISPLAY": ":1"}, "rate='0' must be"),
        ("screen://?rate=nan", "linux", {"DISPLAY": ":1"}, "rate='nan' must be"),
        ("screen://?fps=5", "linux", {"DISPLAY": ":1"}, "no option 'fps'; there is rate"),
        ("screen://2", "win32", {}, "one picture"),
        ("screen://left", "darwin", {}, "expected screen://0"),
    ],
)
def test_what_a_person_is_told(uri, platform, environment, expected):
    with pytest.raises(SourceError, match=expected):
        find_screen(uri, platform, environment)


def test_a_screen_that_is_not_there():
    def refuse(_: Screen) -> None:
        raise av.error.OSError(5, "Input/output error")

    feed = ScreenFeed(Screen("screen :9", "x11grab", ":9", 15), refuse)
    with pytest.raises(SourceError, match=r"^screen :9: cannot be grabbed \(input/output error\)"):
        _ = LiveSource(feed).info


@pytest.fixture
def display() -> Iterator[str]:
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("no Xvfb")
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [program, "-displayfd", str(writing), "-screen", "0", "320x200x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    yield f":{number}"
    process.terminate()
    process.wait(10)


def test_a_real_screen(display):
    with open_source(f"screen://{display}?rate=60") as source:
        assert (source.info.name, source.info.width, source.info.height) == (f"screen {display}", 320, 200)
        assert source.info.live
        frames = list(islice((frame for frame in source.frames() if frame is not None), 4))
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    # The pointer is in the middle.
    assert not frames[0].rgb[:50].any()
