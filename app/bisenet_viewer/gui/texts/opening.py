"""What people read while something is opened: names of inputs, the start page, the address bar, dialogs, lists."""

from __future__ import annotations

# What inputs are called

DEMO_STREET = "the demo street"
THE_SCREEN = "the screen"
KINDS = {
    "FILE": "Video",
    "PICTURE": "Picture",
    "FOLDER": "Folder",
    "LIST": "List",
    "SEQUENCE": "Numbered pictures",
    "CAMERA": "Camera",
    "STREAM": "Stream",
    "SCREEN": "Screen",
    "DEMO": "Demo",
}
"""By the name of the kind."""


def camera(number: str) -> str:
    return f"camera {number}"


def screen(which: str) -> str:
    return f"screen {which}"


def files(count: int) -> str:
    return f"{count} files"


def context(every: int) -> str:
    """How often the context is looked at."""
    return f"context 1/{every}"


def rate(frames_per_second: float) -> str:
    return f"{frames_per_second:.4g} fps"


def unexpected(kind: str, text: str) -> str:
    return f"Unexpected fault: {kind}: {text}" if text else f"Unexpected fault: {kind}"


# Waiting

WORKING = "Working"
CANCEL = "Cancel"
CANCEL_TIP = "Stop opening it"
STILL_LOADING = "Still loading: the first start prepares the model, about 10 s"
STILL_OPENING = "Still opening: a slow disk or a large folder takes a while"
WAITING = {
    "CAMERA": "Still waiting for the camera: is it used by another program?",
    "STREAM": "Still connecting: is the sender on, and is the address right?",
    "SCREEN": "Still waiting for the screen: may programs see it?",
    "DEMO": "Still drawing: the street takes a few seconds",
}
"""What can be done when opening takes long, by the name of the kind."""

# The start page

DROP_HERE = "Drop a video anywhere"
DROP_DETAIL = "A picture, a folder or several files will do as well"
OPEN_FILE = "Open file…"
OPEN_FILE_TIP = "Open a video, a picture or a list  (Ctrl+O)"
OPEN_FOLDER = "Open folder…"
OPEN_FOLDER_TIP = "Play what lies in a folder"
PASTE_ADDRESS = "Paste address"
PASTE_ADDRESS_TIP = "Open a stream by its address  (Ctrl+V)"
SCREEN = "Screen"
SCREEN_TIP = "Watch what the screen shows"
DEMO = "See the demo"
DEMO_TIP = "A drive down a drawn street: needs no camera and no file"
START_PAGE = "Nothing is open"
CAMERAS = "Cameras"
LOOKING_FOR_CAMERAS = "Looking for cameras…"
NO_CAMERAS = "No camera is connected"
RECENT = "Recent"
MISSING = "Not there any more"


def open_tip(name: str, place: str) -> str:
    return f"Open {name}\n{place}" if place else f"Open {name}"


def missing_tip(name: str, place: str) -> str:
    return f"{name} is not there any more\n{place}" if place else f"{name} is not there any more"


# The address bar

ADDRESS = "Address or path"
ADDRESS_HINT = "rtsp://host/stream, http://…, a file or folder, a camera's number, screen or demo://"
OPEN = "Open"
OPEN_TIP = "Open this  (Enter)"
CLOSE = "Close"
CLOSE_TIP = "Close  (Esc)"
SPACE_IN_ADDRESS = "An address has no spaces: write %20 for each"
NO_SUCH_HOST = "This is no host: write [ ] around an IPv6 address, and nowhere else"
WRONG_PORT = "The port, after the host's colon, is a number up to 65535"
ESCAPE_PASSWORD = "In a password write %2F for /, %3F for ?, %23 for # and %40 for @"
WRONG_TRANSPORT = "transport is tcp or udp"
NO_CAMERA_NAME = "Write a camera's name, or a part of it, after camera://"


def is_a(kind: str, name: str) -> str:
    return f"{kind}: {name}"


def unknown_scheme(scheme: str, near: str | None) -> str:
    """near: the one that may be meant."""
    if near is not None:
        return f"Nothing is called {scheme}://. Is it {near}://?"
    return f"{scheme}:// cannot be opened: rtsp, rtmp, http, udp, tcp and rtp can"


def write_instead(address: str) -> str:
    return f"Two slashes are missing: write {address}"


def no_host(scheme: str) -> str:
    return f"The host is missing: write {scheme}://host/path"


def no_port(scheme: str) -> str:
    return f"The port is missing: write {scheme}://host:5000"


def perhaps_stream(source: str) -> str:
    return f"No such file. If it is a stream, write rtsp://{source}"


def no_such_file(source: str) -> str:
    return f"No such file or folder: {source}"


# Dropping

DROP_TO_OPEN = "Drop to open"


def dropped_folder(name: str) -> str:
    return f"Folder {name}"


# Dialogs

OPEN_FILE_TITLE = "Open a video, a picture or a list"
OPEN_FOLDER_TITLE = "Open a folder of videos or pictures"
FILTER_ALL_KINDS = "Videos, pictures and lists"
FILTER_VIDEOS = "Videos"
FILTER_PICTURES = "Pictures"
FILTER_LISTS = "Lists of files"
FILTER_ANY = "All files"

# The list of files

FILES = "Files"
CLOSE_LIST_TIP = "Hide the files"
NOW_OPEN = "open now"


def position(index: int, count: int) -> str:
    """index: from 0."""
    return f"{index + 1} of {count}"
