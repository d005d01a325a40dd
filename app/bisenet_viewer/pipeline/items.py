"""What the capture thread hands to the inference thread."""

from __future__ import annotations

from dataclasses import dataclass

from bisenet_viewer.frame import Frame


@dataclass(frozen=True, slots=True)
class Captured:
    """A frame that is due."""

    frame: Frame
    generation: int


@dataclass(frozen=True, slots=True)
class EndOf:
    """Follows the last frame of a generation; more may come after a seek."""

    generation: int


@dataclass(frozen=True, slots=True)
class EndForGood:
    """Follows the last frame there will ever be."""

    error: Exception | None = None


Item = Captured | EndOf | EndForGood
