"""Whether a window can be opened here at all: asked before Qt is, which would abort the process.

Qt ends the program from inside QApplication when it can use no platform, with a message that blames a library that may
well be there. What it would stumble over is tried out first.
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from PyQt6.QtCore import QLibraryInfo

from bisenet_viewer.errors import DisplayError

_INSTEAD = "write a file with `bisenet-viewer segment` instead"
_FOREIGN = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def require_display(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> None:
    """Raise DisplayError with one line that says what is missing and what to do; elsewhere than on Linux do nothing."""
    if not platform.startswith("linux"):
        return
    wanted = environ.get("QT_QPA_PLATFORM", "")
    names = [name.split(":")[0] for name in wanted.split(";")] if wanted else _usual_platforms(environ)
    faults = [_fault(name, environ) for name in names]
    if None not in faults:
        told = "; ".join(fault for fault in faults if fault) or "neither DISPLAY nor WAYLAND_DISPLAY is set"
        raise DisplayError(f"no display for the window ({told}): {_INSTEAD}")


def drop_foreign_plugins(environ: os._Environ[str] = os.environ) -> None:
    """Forget the Qt 5 plugins and fonts that `import cv2` points Qt to; what a person has set stays."""
    for name in _FOREIGN:
        if f"{os.sep}cv2{os.sep}" in environ.get(name, ""):
            del environ[name]


def _usual_platforms(environ: Mapping[str, str]) -> list[str]:
    wayland, x11 = environ.get("WAYLAND_DISPLAY"), environ.get("DISPLAY")
    return [name for name, there in (("wayland", wayland), ("xcb", x11)) if there]


def _fault(name: str, environ: Mapping[str, str]) -> str | None:
    """Why the platform cannot be used; None when it can, or nothing is known of it."""
    if name == "xcb":
        return _x11_fault(environ.get("DISPLAY", "")) or _plugin_fault("libqxcb.so")
    if name.startswith("wayland"):
        return _wayland_fault(environ) or _plugin_fault("libqwayland.so")
    return None


def _x11_fault(display: str) -> str | None:
    if not display:
        return "DISPLAY is not set"
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return "the library libxcb.so.1 is missing"
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    broken = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return f"cannot connect to DISPLAY={display}" if broken else None


def _wayland_fault(environ: Mapping[str, str]) -> str | None:
    name = environ.get("WAYLAND_DISPLAY", "wayland-0")
    address = Path(environ.get("XDG_RUNTIME_DIR", "/")) / name  # an absolute name stands for itself
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
        wire.settimeout(2.0)
        try:
            wire.connect(str(address))
        except OSError:
            return f"cannot connect to WAYLAND_DISPLAY={name}"
    return None


def _plugin_fault(file_name: str) -> str | None:
    """What the platform's plugin lacks. Loading it costs nothing: Qt does the same a moment later."""
    path = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms" / file_name
    if not path.is_file():
        return None
    try:
        ctypes.CDLL(str(path))
    except OSError as error:
        missing = str(error).split(":")[0]
        return f"Qt needs the system library {missing}; install it"
    return None
