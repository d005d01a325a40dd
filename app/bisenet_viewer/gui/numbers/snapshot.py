"""`Snapshot`: all figures of one moment, frozen; what the panel shows and what advice is given by. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bisenet_viewer.gui.numbers.stage_times import Column, Spread
from bisenet_viewer.meters.gpu import GpuUsage

if TYPE_CHECKING:
    from bisenet.engines import EngineInfo


@dataclass(frozen=True, slots=True)
class SystemFigures:
    """What the machine does. Parts are of all its cores together, 0 to 1; None where the system does not say."""

    own_cpu: float = 0.0
    """Of this program."""
    all_cpu: float = 0.0
    """Of all programs, this one with them."""
    resident_mib: float | None = None
    watts: float | None = None
    """Of the processor's packages."""
    gpu: GpuUsage | None = None
    """None without an NVIDIA card that answers."""


@dataclass(frozen=True, slots=True)
class CameraMode:
    """What a camera could send at the size it sends now."""

    codec: str
    rate: float
    """Pictures per second."""
    is_on: bool
    """Whether that is what it sends."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The figures of one moment."""

    stages: Mapping[str, Spread] = field(default_factory=dict)
    """Milliseconds by stage, of the last ten seconds."""
    columns: Sequence[Column] = ()
    """The same over time, for a chart."""
    age: Spread | None = None
    """Milliseconds from the capture of a frame to its painting."""
    capture_fps: float = 0.0
    inference_fps: float = 0.0
    display_fps: float = 0.0
    nominal_fps: float | None = None
    """As the stream says, at the speed it is played; None where it does not."""
    drops: Mapping[str, int] = field(default_factory=dict)
    stream: str = ""
    """Its name; of a live one with what was agreed on in brackets."""
    size: tuple[int, int] | None = None
    """Of the pictures."""
    is_live: bool = False
    is_drawn: bool = False
    """The demo street: no decoder has anything to do with it."""
    is_playing: bool = True
    engine: EngineInfo | None = None
    decoder: str | None = None
    """What decodes a recording, as its frames say; None of what is no video file."""
    system: SystemFigures | None = None
    """None before the first reading."""
    camera: CameraMode | None = None
    """Its fastest mode of this size; None for others than cameras, and where the driver does not tell."""
