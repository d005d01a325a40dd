"""What people read in the card of keys, the main menu, the card about the program and the page of checks."""

from __future__ import annotations

KEYS = "Keys"
KEYS_HINT = "Esc or a click puts this away. What plays goes on."
GROUPS = {
    "playing": "Playing",
    "classes": "Classes",
    "view": "View",
    "work": "Work",
    "window": "Window",
}
"""By the value of the group."""

MENU = "Menu"
MENU_TEXTS = {
    "OPEN_FILE": "Open a file…",
    "MODEL": "Model, engine, precision, size…",
    "FULL_SCREEN": "Full screen",
    "ZOOM_IN": "Zoom in",
    "HELP": "Keys",
}
"""By the name of the action, where the card of keys says it in other words."""
THEME = "Theme"
THEMES = {"system": "As the system", "dark": "Dark", "light": "Light"}
"""By the value of the choice."""
RESET_SETTINGS = "Reset settings"
ABOUT = "About"

NAME = "BiSeNet Viewer"
PURPOSE = "Real-time semantic segmentation of video"
LICENCE = "Free software under the GPL-3.0-or-later. It comes without any warranty."
NOT_INSTALLED = "not installed"
CLOSE = "Close"
CLOSE_TIP = "Close  (Esc)"

DOCTOR = "What works on this machine"
DOCTOR_BUSY = "Checking…"
STATES = {"ok": "works", "warn": "could be better", "fail": "does not work"}
"""By the state of a finding."""
COPY_REPORT = "Copy report"
COPY_REPORT_TIP = "Copy all of this as text"
COPIED = "Copied"
CHECK_AGAIN = "Check again"
CHECK_AGAIN_TIP = "Do all checks anew"


def version(text: str) -> str:
    return f"Version {text}"


def verdict(fails: int, warnings: int) -> str:
    """How it stands, in one line."""
    if fails:
        return f"{fails} {'thing does' if fails == 1 else 'things do'} not work" + (
            f", {warnings} could be better" if warnings else ""
        )
    if warnings:
        return f"All works; {warnings} {'thing' if warnings == 1 else 'things'} could be better"
    return "All works"
