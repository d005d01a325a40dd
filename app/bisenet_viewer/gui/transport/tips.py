"""Tooltips with the keys that do the same, from the table of keys."""

from __future__ import annotations

from bisenet_viewer.gui.help.keys import BINDINGS, Action

_SHOWN = {binding.action: binding.shown for binding in BINDINGS}


def keys(*actions: Action) -> str:
    """`- and =`."""
    return " and ".join(_SHOWN[action] for action in actions)


def with_keys(text: str, *actions: Action) -> str:
    """`Play  (Space)`."""
    return f"{text}  ({keys(*actions)})"
