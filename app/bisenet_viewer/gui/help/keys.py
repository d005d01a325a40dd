"""Which key does what: one table behind the shortcuts and the card. The keys are mpv's where it has them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Action(Enum):
    """What a key can ask for."""

    PLAY_PAUSE = auto()
    BACK_SHORT = auto()
    FORWARD_SHORT = auto()
    BACK_LONG = auto()
    FORWARD_LONG = auto()
    BACK_FRAME = auto()
    FORWARD_FRAME = auto()
    LOOP = auto()
    FAINTER = auto()
    STRONGER = auto()
    TOGGLE_CLASS = auto()
    TOGGLE_ALL = auto()
    FULL_SCREEN = auto()
    LEAVE = auto()
    OPEN_FILE = auto()
    HELP = auto()
    QUIT = auto()


@dataclass(frozen=True, slots=True)
class Binding:
    """One action and its keys."""

    action: Action
    keys: tuple[str, ...]
    """As QKeySequence reads them. For TOGGLE_CLASS the place in the tuple is the class id."""
    shown: str
    """As people read it."""
    text: str
    repeats: bool = False
    """Whether holding the key down repeats the action."""


SHORT_STEP_S = 5.0
LONG_STEP_S = 60.0
OPACITY_STEP = 0.05

BINDINGS: tuple[Binding, ...] = (
    Binding(Action.PLAY_PAUSE, ("Space",), "Space", "Play or pause"),
    Binding(Action.BACK_SHORT, ("Left",), "←", "Back 5 seconds", repeats=True),
    Binding(Action.FORWARD_SHORT, ("Right",), "→", "Forward 5 seconds", repeats=True),
    Binding(Action.BACK_LONG, ("Down",), "↓", "Back a minute", repeats=True),
    Binding(Action.FORWARD_LONG, ("Up",), "↑", "Forward a minute", repeats=True),
    Binding(Action.BACK_FRAME, (",",), ",", "Back one frame", repeats=True),
    Binding(Action.FORWARD_FRAME, (".",), ".", "Forward one frame", repeats=True),
    Binding(Action.LOOP, ("L",), "L", "Loop from here, to here, no more"),
    Binding(Action.TOGGLE_CLASS, tuple("123456789"), "1 – 9", "Show or hide a class"),
    Binding(Action.TOGGLE_ALL, ("T", "Shift+T"), "T", "All classes on, or off"),
    Binding(Action.FAINTER, ("-",), "-", "Overlay fainter", repeats=True),
    Binding(Action.STRONGER, ("=", "+", "Shift++"), "=", "Overlay stronger", repeats=True),
    Binding(Action.FULL_SCREEN, ("F",), "F", "Full screen (or double click)"),
    Binding(Action.LEAVE, ("Esc",), "Esc", "Leave full screen or this card"),
    Binding(Action.OPEN_FILE, ("Ctrl+O",), "Ctrl+O", "Open a file (or drop one)"),
    Binding(Action.HELP, ("?", "Shift+?", "F1"), "?", "These keys"),
    Binding(Action.QUIT, ("Q", "Ctrl+Q"), "Q", "Quit"),
)
