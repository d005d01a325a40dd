"""What the bar below the video says. Keys are added by `tips.with_keys`."""

from __future__ import annotations

PLAY = "Play"
PAUSE = "Pause"
REPLAY = "Play again"
PREVIOUS = "Previous file"
NEXT = "Next file"
TIME = "Time"
POSITION = "Position in the video"
LIVE = "LIVE"
LIVE_TIP = "What is seen is happening now"
SPEED = "Speed"
LOOP = "Loop"
LOOP_FILE = "Play over and over"
LOOP_BEGIN = "Loop from here"
LOOP_END = "Loop to here"
LOOP_LEAVE = "Loop no more"
VIEW = "View"
VIEWS = {
    "overlay": "Overlay",
    "mask": "Mask",
    "side-by-side": "Side by side",
    "boundaries": "Boundaries",
    "wipe": "Wipe",
    "confidence": "Confidence",
    "original": "Original",
}
"""By the values of `state.View`."""
SNAPSHOT = "Save the picture"
RECORD = "Record"
RECORD_STOP = "Stop recording"
MENU = "Menu"
OPACITY = "Overlay opacity"
FULL_SCREEN = "Full screen"

TIMELINE = "Classes over time"
TIMELINE_TIP = "Click to go there. With one class chosen, drag the line up and down to say how much of it counts."
ANY_CLASS = "Any class"
CLASS_OF_TIMELINE = "Class of the timeline"
NEXT_WITH_NONE = "Choose a class to go to the next frame with it"
NOT_SEEN = "not seen yet"


def next_with(name: str) -> str:
    return f"Next frame with {name}"


def above(name: str, part: str) -> str:
    return f"{name} above {part}"


def speed(factor: float) -> str:
    return f"{factor:g}×"


def with_arrow(text: str) -> str:
    """As a button that opens a menu says it."""
    return f"{text} ▾"


def loop_span(start: str, end: str | None) -> str:
    return f"↻ {start} – {end or '…'}"


def position(now: str, whole: str | None) -> str:
    return now if whole is None else f"{now} / {whole}"


def ago(seconds: float) -> str:
    """Of a stream that is happening now."""
    return "now" if seconds < 0.5 else f"{seconds:.0f} s ago"
