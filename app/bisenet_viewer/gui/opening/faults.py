"""What is told on the banner: several faults wait for each other, none is overwritten unseen. Pure; no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

MOST = 3
"""So many are kept; before that the oldest is forgotten, which the log still has."""


class Severity(Enum):
    """How bad it is; the value is the name of its icon."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "fault"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to tell."""

    text: str
    ways_out: tuple[tuple[str, Callable[[], None]], ...] = ()
    """The texts of buttons and what they do."""
    severity: Severity = Severity.WARNING
    topic: str = ""
    """What it is about: a later one on the same topic takes its place. Empty: it is about itself."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Those that have not been dismissed, the one that is shown first."""

    shown_first: tuple[Fault, ...] = ()

    @property
    def shown(self) -> Fault | None:
        return self.shown_first[0] if self.shown_first else None

    @property
    def waiting(self) -> int:
        """How many there are beside the one that is shown."""
        return max(0, len(self.shown_first) - 1)

    def told(self, fault: Fault) -> Faults:
        """With this one shown. What says the same, or was told of the same topic, goes."""
        others = tuple(old for old in self.shown_first if old.text != fault.text and not _same_topic(old, fault.topic))
        return Faults((fault, *others)[:MOST])

    def dismissed(self, fault: Fault) -> Faults:
        """Without this one."""
        return Faults(tuple(old for old in self.shown_first if old is not fault))

    def withdrawn(self, topic: str) -> Faults:
        """Without what was told of a topic."""
        return Faults(tuple(old for old in self.shown_first if not _same_topic(old, topic)))

    def turned(self) -> Faults:
        """The next one shown, the one that was shown behind all others."""
        return Faults((*self.shown_first[1:], *self.shown_first[:1]))


def _same_topic(fault: Fault, topic: str) -> bool:
    return bool(topic) and fault.topic == topic
