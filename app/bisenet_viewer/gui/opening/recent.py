"""Which sources were opened lately. Pure; no Qt. What is kept where they are stored is for the settings to say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bisenet_viewer.address import NETWORK_SCHEMES, public, scheme_of, without_options
from bisenet_viewer.gui.opening.kinds import Kind, kind_of

MOST = 20
"""As many are remembered."""

_HARMLESS = frozenset({"transport", "listen"})
"""Options of an address that are no secret; all others may be."""


@dataclass(frozen=True, slots=True)
class Recent:
    """The sources, newest first, none twice, none with a secret in it."""

    sources: tuple[str, ...] = ()

    @classmethod
    def of(cls, sources: Iterable[str]) -> Recent:
        """Of a list that comes from outside, newest first; what may not be kept is left out."""
        kept = dict.fromkeys(settled(source) for source in sources if may_be_kept(source))
        return cls(tuple(kept)[:MOST])

    def add(self, source: str) -> Recent:
        """With this as the newest; unchanged where it may not be kept."""
        return Recent.of([source, *self.sources]) if may_be_kept(source) else self

    def without(self, source: str) -> Recent:
        """Without this one."""
        return Recent(tuple(kept for kept in self.sources if kept != source))


def may_be_kept(source: str) -> bool:
    """Whether it is worth keeping and holds no login, no key and no query that may be one."""
    if not source.strip() or kind_of(source) is Kind.DEMO:
        return False
    if scheme_of(source) not in NETWORK_SCHEMES:
        return True
    bare, _ = without_options(source, _HARMLESS)
    return public(bare) == bare


def settled(source: str) -> str:
    """Files by their whole path, so that they are found from any folder and known again."""
    if kind_of(source) is not Kind.FILE or "://" in source:
        return source
    try:
        return str(Path(source).expanduser().absolute())
    except RuntimeError:  # `~nobody`
        return source
