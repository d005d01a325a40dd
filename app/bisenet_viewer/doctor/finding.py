"""`Finding`: what was found out about one part of this machine, and what to do about it; `Check`, what finds it out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]
"""`warn`: it works, and could be better. `fail`: something that the program is for does not work."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    name: str
    state: State
    text: str
    """What is there, in one line."""
    fix: str = ""
    """What to do about it, in one line; empty where there is nothing to do."""

    def __post_init__(self) -> None:
        if "\n" in self.text + self.fix:
            raise ValueError(f"expected one line, got {self.text!r}, {self.fix!r}")


@dataclass(frozen=True, slots=True)
class Check:
    """What finds out about one part. Blocks for up to some seconds; any thread."""

    name: str
    look: Callable[[], Finding]

    def run(self) -> Finding:
        """A finding in every case."""
        try:
            return self.look()
        except Exception as error:  # noqa: BLE001  what is broken here raises anything, and that is what is looked for
            _log.info("%s: %r", self.name, error, exc_info=True)
            told = " ".join(f"{type(error).__name__}: {error}".split())
            return Finding(self.name, "fail", told, "reinstall with: pip install --force-reinstall bisenet-viewer")


def examine(checks: Iterable[Check], *, stopped: Callable[[], bool] = lambda: False) -> Iterator[Finding]:
    """One finding after the other. stopped: asked before each check."""
    for check in checks:
        if stopped():
            return
        yield check.run()


def failed(findings: Iterable[Finding]) -> bool:
    """Whether anything does not work."""
    return any(finding.state == "fail" for finding in findings)
