"""What the screen shows: X11, Windows' GDI or AVFoundation."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import av
from av.container import InputContainer

from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.live.connection import Connection, reason_of
from bisenet_viewer.sources.live.source import LiveSource
from bisenet_viewer.timing import Pacer

_RATE = 15.0
_OPEN_S, _READ_S = 10.0, 1.0


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen as its operating system's interface wants it named."""

    name: str
    """For people."""
    interface: str
    """The FFmpeg input device: `x11grab`, `gdigrab`, `avfoundation`."""
    address: str
    rate: float
    """Pictures per second."""


Opener = Callable[[Screen], InputContainer]


class ScreenFeed:
    """One screen, grabbed whole, with the pointer."""

    def __init__(self, screen: Screen, opener: Opener | None = None) -> None:
        self._screen = screen
        self._opener = opener or _open

    @property
    def name(self) -> str:
        return self._screen.name

    @property
    def title(self) -> str:
        return self._screen.name

    def pacer(self) -> Pacer | None:
        return None

    def connect(self) -> Connection:
        try:
            container = self._opener(self._screen)
        except av.error.FFmpegError as error:
            raise SourceError(
                f"cannot be grabbed ({reason_of(error)}); is it there, and may programs see it?"
            ) from error
        return Connection(container, gone="the screen is gone", timeout_s=_READ_S, resumes=True)


def open_screen(uri: str) -> LiveSource:
    """Grab `screen`; `screen://:77` is another X display or, elsewhere, `screen://1` another screen.

    `?rate=30` sets the pictures per second (15). Raises SourceError for a malformed address.
    """
    return LiveSource(ScreenFeed(find_screen(uri)))


def find_screen(uri: str, platform: str = sys.platform, environment: Mapping[str, str] = os.environ) -> Screen:
    """The screen an address means. Raises SourceError where that is none."""
    parts = urlsplit(uri if "://" in uri else "screen://")
    rate = _rate(uri, dict(parse_qsl(parts.query, keep_blank_values=True)))
    which = parts.netloc
    if platform == "win32":
        if which:
            raise SourceError(f"{uri}: Windows gives all screens as one picture; write screen")
        return Screen("the screen", "gdigrab", "desktop", rate)
    if platform == "darwin":
        number = which or "0"
        if not number.isdecimal():
            raise SourceError(f"{uri}: expected screen://0 or the number of another screen")
        return Screen(f"screen {number}", "avfoundation", f"Capture screen {number}:none", rate)
    display = which or environment.get("DISPLAY", "")
    if not display:
        more = "; under Wayland start it in a session with XWayland" if environment.get("WAYLAND_DISPLAY") else ""
        raise SourceError(f"there is no X display to grab; set DISPLAY or write screen://:0{more}")
    return Screen(f"screen {display}", "x11grab", display, rate)


def _rate(uri: str, given: dict[str, str]) -> float:
    text = given.pop("rate", str(_RATE))
    if given:
        raise SourceError(f"{uri}: no option {', '.join(given)!r}; there is rate, as in screen://?rate=30")
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0.1 <= rate <= 240:
        raise SourceError(f"{uri}: rate={text!r} must be a number from 0.1 to 240")
    return rate


def _open(screen: Screen) -> InputContainer:
    options = {"framerate": f"{screen.rate:g}"}
    if screen.interface == "avfoundation":
        options["capture_cursor"] = "1"
    return av.open(screen.address, mode="r", format=screen.interface, options=options, timeout=(_OPEN_S, _READ_S))
