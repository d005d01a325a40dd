"""Which key does what: one table behind the shortcuts and the card. The keys are mpv's where it has them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Action(Enum):
    """What a key can ask for."""

    PLAY_PAUSE = auto()
    BACK_SECOND = auto()
    FORWARD_SECOND = auto()
    BACK_SHORT = auto()
    FORWARD_SHORT = auto()
    BACK_LONG = auto()
    FORWARD_LONG = auto()
    BACK_FRAME = auto()
    FORWARD_FRAME = auto()
    SLOWER = auto()
    FASTER = auto()
    NORMAL_SPEED = auto()
    LOOP_SPAN = auto()
    LOOP_FILE = auto()
    NEXT_WITH_CLASS = auto()
    PREVIOUS_INPUT = auto()
    NEXT_INPUT = auto()
    FAINTER = auto()
    STRONGER = auto()
    TOGGLE_CLASS = auto()
    SOLO_CLASS = auto()
    TOGGLE_ALL = auto()
    UNDO = auto()
    REDO = auto()
    NEXT_VIEW = auto()
    WIPE = auto()
    FIT = auto()
    ZOOM_IN = auto()
    ZOOM_OUT = auto()
    ZOOM_RESET = auto()
    LEGEND = auto()
    PAIRING = auto()
    SNAPSHOT = auto()
    SNAPSHOT_PLAIN = auto()
    COPY = auto()
    RECORD = auto()
    EXPORT_MASKS = auto()
    FLAG = auto()
    OPEN_FILE = auto()
    OPEN_ADDRESS = auto()
    STATISTICS = auto()
    SPEED_PAGE = auto()
    MODEL = auto()
    COMPARE = auto()
    FULL_SCREEN = auto()
    LEAVE = auto()
    HELP = auto()
    DOCTOR = auto()
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


SECOND_S = 1.0
SHORT_STEP_S = 5.0
LONG_STEP_S = 60.0
OPACITY_STEP = 0.05

BINDINGS: tuple[Binding, ...] = (
    Binding(Action.PLAY_PAUSE, ("Space",), "Space", "Play or pause"),
    Binding(Action.BACK_SHORT, ("Left",), "←", "Back 5 seconds", repeats=True),
    Binding(Action.FORWARD_SHORT, ("Right",), "→", "Forward 5 seconds", repeats=True),
    Binding(Action.BACK_SECOND, ("Shift+Left",), "Shift ←", "Back a second", repeats=True),
    Binding(Action.FORWARD_SECOND, ("Shift+Right",), "Shift →", "Forward a second", repeats=True),
    Binding(Action.BACK_LONG, ("Down",), "↓", "Back a minute", repeats=True),
    Binding(Action.FORWARD_LONG, ("Up",), "↑", "Forward a minute", repeats=True),
    Binding(Action.BACK_FRAME, (",",), ",", "Back one frame", repeats=True),
    Binding(Action.FORWARD_FRAME, (".",), ".", "Forward one frame", repeats=True),
    Binding(Action.SLOWER, ("[",), "[", "Slower", repeats=True),
    Binding(Action.FASTER, ("]",), "]", "Faster", repeats=True),
    Binding(Action.NORMAL_SPEED, ("Backspace",), "⌫", "Normal speed"),
    Binding(Action.LOOP_SPAN, ("L",), "L", "Loop from here, to here, no more"),
    Binding(Action.LOOP_FILE, ("Shift+L",), "Shift L", "Play over and over"),
    Binding(Action.NEXT_WITH_CLASS, ("N",), "N", "Next frame with the timeline's class"),
    Binding(Action.PREVIOUS_INPUT, ("PgUp", "<", "Shift+<"), "PgUp", "Previous file of the folder"),
    Binding(Action.NEXT_INPUT, ("PgDown", ">", "Shift+>"), "PgDn", "Next file of the folder"),
    Binding(Action.TOGGLE_CLASS, tuple("123456789"), "1 – 9", "Show or hide a class"),
    Binding(Action.SOLO_CLASS, tuple(f"Alt+{n}" for n in range(1, 10)), "Alt 1 – 9", "Show this class alone"),
    Binding(Action.TOGGLE_ALL, ("T", "Shift+T"), "T", "All classes on, or off"),
    Binding(Action.UNDO, ("Ctrl+Z",), "Ctrl Z", "Undo what was done to the classes"),
    Binding(Action.REDO, ("Ctrl+Shift+Z", "Ctrl+Y"), "Ctrl Y", "Do it again"),
    Binding(Action.FAINTER, ("-",), "-", "Overlay fainter", repeats=True),
    Binding(Action.STRONGER, ("=", "+", "Shift++"), "=", "Overlay stronger", repeats=True),
    Binding(Action.NEXT_VIEW, ("V",), "V", "Next view"),
    Binding(Action.WIPE, ("W",), "W", "Wipe between original and overlay, or between two models"),
    Binding(Action.FIT, ("Z",), "Z", "Fit, fill, or pixel for pixel"),
    Binding(Action.ZOOM_IN, ("Ctrl++", "Ctrl+="), "Ctrl +", "Zoom in (or Ctrl and wheel)", repeats=True),
    Binding(Action.ZOOM_OUT, ("Ctrl+-",), "Ctrl -", "Zoom out", repeats=True),
    Binding(Action.ZOOM_RESET, ("Ctrl+0",), "Ctrl 0", "No zoom"),
    Binding(Action.LEGEND, ("G",), "G", "Names of the classes in the picture"),
    Binding(Action.PAIRING, ("P",), "P", "Mask on its own frame, or on the newest"),
    Binding(Action.SNAPSHOT, ("S",), "S", "Save the picture"),
    Binding(Action.SNAPSHOT_PLAIN, ("Shift+S",), "Shift S", "Save it without overlay"),
    Binding(Action.COPY, ("Ctrl+C",), "Ctrl C", "Copy the picture"),
    Binding(Action.RECORD, ("R",), "R", "Record, or stop recording"),
    Binding(Action.EXPORT_MASKS, ("Ctrl+E",), "Ctrl E", "Save the masks of the looped span"),
    Binding(Action.FLAG, ("Shift+F",), "Shift F", "Flag the frame, to train with it"),
    Binding(Action.OPEN_FILE, ("Ctrl+O",), "Ctrl O", "Open a file (or drop one)"),
    Binding(Action.OPEN_ADDRESS, ("Ctrl+V",), "Ctrl V", "Open a copied address"),
    Binding(Action.MODEL, ("M",), "M", "Another model, engine, precision or size"),
    Binding(Action.COMPARE, ("Shift+M",), "Shift M", "A second model beside this one"),
    Binding(Action.STATISTICS, ("I",), "I", "Times and load"),
    Binding(Action.SPEED_PAGE, ("Shift+I",), "Shift I", "How fast: this machine and the papers"),
    Binding(Action.FULL_SCREEN, ("F",), "F", "Full screen (or double click)"),
    Binding(Action.LEAVE, ("Esc",), "Esc", "Leave full screen, a page or this card"),
    Binding(Action.HELP, ("?", "Shift+?", "F1"), "?", "These keys"),
    Binding(Action.DOCTOR, ("F2",), "F2", "What works on this machine"),
    Binding(Action.QUIT, ("Q", "Ctrl+Q"), "Q", "Quit"),
)
