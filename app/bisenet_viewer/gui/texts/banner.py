"""What people read on the banner, apart from the faults themselves."""

from __future__ import annotations

DISMISS = "Dismiss"
DISMISS_TIP = "Dismiss  (Esc)"
COPY = "Copy text"
INFO = "Note"
WARNING = "Warning"
ERROR = "Fault"
MORE_TIP = "Show the next"


def more(count: int) -> str:
    return f"{count} more"


def announced(severity: str, text: str) -> str:
    """What a screen reader says."""
    return f"{severity}: {text}"
