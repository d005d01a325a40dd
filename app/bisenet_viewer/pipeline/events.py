"""What a pipeline tells beside its results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bisenet.classes import ClassSet
    from bisenet.engines import EngineInfo
    from bisenet_viewer.frame import StreamInfo
    from bisenet_viewer.sources.live.state import StreamState


@dataclass(frozen=True, slots=True)
class SourceOpened:
    """Frames will come."""

    info: StreamInfo


@dataclass(frozen=True, slots=True)
class EngineOpened:
    """Results will come; or, after a switch: those that follow are this engine's."""

    info: EngineInfo
    classes: ClassSet
    wish: int = 0
    """As `Pipeline.switch_engine` numbered it; 0 is the engine that the pipeline began with."""


@dataclass(frozen=True, slots=True)
class EngineRefused:
    """A switch could not be made: the engine that there was goes on."""

    error: Exception
    wish: int


@dataclass(frozen=True, slots=True)
class CompareOpened:
    """The results that follow have a second opinion."""

    info: EngineInfo
    classes: ClassSet
    wish: int
    """As `Pipeline.compare_with` numbered it."""


@dataclass(frozen=True, slots=True)
class CompareRefused:
    """There is no second opinion, or none any more; results go on without."""

    error: Exception
    wish: int


@dataclass(frozen=True, slots=True)
class StreamChanged:
    """A live stream came, stalled, broke off or came back; results go on or stay away accordingly."""

    state: StreamState


@dataclass(frozen=True, slots=True)
class Ended:
    """The source has no more frames, and all results were delivered."""


@dataclass(frozen=True, slots=True)
class Failed:
    """What ended both threads. The last event, told once."""

    error: Exception


Event = (
    SourceOpened
    | EngineOpened
    | EngineRefused
    | CompareOpened
    | CompareRefused
    | StreamChanged
    | Ended
    | Failed
)  # fmt: skip
