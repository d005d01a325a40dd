"""Keys that belong to the widget with the focus, though the window has a shortcut for them."""

from __future__ import annotations

from collections.abc import Callable, Container

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent


def claims(event: QEvent | None, is_own: Callable[[QKeyEvent], bool]) -> bool:
    """For `QWidget.event`: whether Qt asks for a key that is the widget's own; then it is told so, and that is all.

    Before a shortcut takes a key, the widget with the focus is asked whether it wants it.
    """
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride or not is_own(event):
        return False
    event.accept()
    return True


def is_plain(event: QKeyEvent, keys: Container[int]) -> bool:
    """One of these keys, without Shift and the like; those of the number pad count as the others."""
    return event.key() in keys and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
