"""Which part of the work a key belongs to: for the card of keys and the main menu."""

from __future__ import annotations

from enum import Enum

from bisenet_viewer.gui.help.keys import BINDINGS, Action, Binding


class Group(Enum):
    """A part of the work. The value is its name for people's text files."""

    PLAYING = "playing"
    CLASSES = "classes"
    VIEW = "view"
    WORK = "work"
    WINDOW = "window"


GROUPS: dict[Group, frozenset[Action]] = {
    Group.CLASSES: frozenset(
        {Action.TOGGLE_CLASS, Action.SOLO_CLASS, Action.TOGGLE_ALL, Action.UNDO, Action.REDO, Action.NEXT_WITH_CLASS}
    ),
    Group.VIEW: frozenset(
        {
            Action.FAINTER, Action.STRONGER, Action.NEXT_VIEW, Action.WIPE, Action.FIT, Action.ZOOM_IN,
            Action.ZOOM_OUT, Action.ZOOM_RESET, Action.LEGEND, Action.PAIRING, Action.FULL_SCREEN,
        }
    ),
    Group.WORK: frozenset(
        {
            Action.SNAPSHOT, Action.SNAPSHOT_PLAIN, Action.COPY, Action.RECORD, Action.EXPORT_MASKS, Action.FLAG,
        }
    ),
    Group.WINDOW: frozenset(
        {
            Action.OPEN_FILE, Action.OPEN_ADDRESS, Action.MODEL, Action.COMPARE, Action.STATISTICS, Action.SPEED_PAGE,
            Action.LEAVE, Action.HELP, Action.DOCTOR, Action.QUIT,
        }
    ),
}  # fmt: skip
"""All others are for playing."""


def group_of(action: Action) -> Group:
    return next((group for group, actions in GROUPS.items() if action in actions), Group.PLAYING)


def bindings_of(group: Group) -> tuple[Binding, ...]:
    """In the order of the table of keys."""
    return tuple(binding for binding in BINDINGS if group_of(binding.action) is group)
