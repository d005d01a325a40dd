"""What the window says itself."""

from __future__ import annotations

TITLE = "BiSeNet Viewer"

SHOW_ALL = "Show all classes"
TRY_NOW = "Try now"
TRY_AGAIN = "Try again"
TRY_DEMO = "Try demo"
OPEN_FILE = "Open file…"
ANY_DEVICE = "Use any device"

NO_ADDRESS = "There is no address in the clipboard: copy one, or type it here"
NOT_IN_TIMELINE = "Not seen in what was played so far. Play on, and the timeline learns more."
CHOOSE_CLASS = "Choose a class at the left of the timeline first"
PAUSED_FOR_MEASURING = "Paused while this machine is measured"
SETTINGS_RESET = "Settings are as they were at the first start"
SAVED_PICTURE = "Saved {name}"


def title(source: str, model: str) -> str:
    """Of the window."""
    return f"{source} · {model} – {TITLE}"


def use_model(name: str) -> str:
    return f"Use {name}"


def opening(name: str) -> str:
    return f"Opening {name}"


def loading(name: str) -> str:
    return f"Loading the model {name}"


def waiting_for(name: str) -> tuple[str, str]:
    """Headline and detail."""
    return "Waiting for the first picture", name
