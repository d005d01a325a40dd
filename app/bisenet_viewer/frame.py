"""What travels along the frame path: `StreamInfo`, `Frame`, `Compared`, `Result`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bisenet.classes import ClassSet
    from bisenet.engines import EngineInfo
    from bisenet.engines.scores import Scores


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What is known of a stream before its first frame."""

    name: str
    """For people: a file name, a camera name, a URL without its secrets."""
    width: int
    height: int
    """Size of the frames as shown: rotation is already applied."""
    rate: Fraction | None
    """Nominal frames per second; None when the stream does not say."""
    live: bool
    """True when frames come at their own time and cannot be asked for again."""
    duration_s: float | None = None
    """None when endless or unknown."""
    frame_count: int | None = None
    """As the container says, or estimated from rate and duration; for progress only."""
    seekable: bool = False
    start_s: float = 0.0
    """Presentation time of the first frame; some recordings begin elsewhere than at 0."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a stream. The array is never written after hand-over."""

    index: int
    """Counts the frames of one iteration from 0."""
    pts: int
    """Presentation time in units of `time_base`, as in the container."""
    time_base: Fraction
    """Seconds per unit of `pts`."""
    captured_at: float
    """`time.monotonic()` seconds at which the picture came to be here; the start of its end-to-end latency."""
    rgb: NDArray[np.uint8]
    """(height, width, 3) uint8 RGB, upright, C-contiguous."""
    decode_ms: float = 0.0
    """What it cost to capture or decode and convert the picture."""

    def __post_init__(self) -> None:
        if self.rgb.dtype != np.uint8 or self.rgb.ndim != 3 or self.rgb.shape[2] != 3:
            raise ValueError(f"expected (height, width, 3) uint8, got {self.rgb.shape} {self.rgb.dtype}")

    def __repr__(self) -> str:
        height, width, _ = self.rgb.shape
        return f"Frame(index={self.index}, time_s={self.time_s:.3f}, {width}x{height})"

    @property
    def time_s(self) -> float:
        """Presentation time in seconds."""
        return float(self.pts * self.time_base)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a second model makes of the same frame."""

    labels: NDArray[np.uint8]
    """(height, width) uint8 class ids, the frame's own size."""
    classes: ClassSet
    """What these ids stand for, which may be other classes than the first model's."""
    info: EngineInfo
    ms: float
    """What it took, all stages together."""


@dataclass(frozen=True, slots=True)
class Result:
    """A frame with the class of each of its pixels. The arrays are never written after hand-over."""

    frame: Frame
    labels: NDArray[np.uint8]
    """(height, width) uint8 class ids, the frame's own size."""
    stage_ms: Mapping[str, float]
    """Milliseconds per stage: `decode`, `pre`, `network`, `post`; whoever adds a stage makes a new Result."""
    confidence: NDArray[np.uint8] | None = None
    """(height, width) uint8, 0 to 255: the probability of each pixel's class; None where nobody asked for it."""
    scores: Scores | None = None
    """The most probable classes of any pixel; None where nobody asked for details."""
    shares: tuple[float, ...] | None = None
    """The part of the picture, 0 to 1, by class id; None where nobody asked for details."""
    compared: Compared | None = None
    """A second opinion; None where nobody asked for one."""
    classes: ClassSet | None = None
    """What the ids stand for: a pipeline's engine may change from one result to the next."""
    info: EngineInfo | None = None
    """What made it."""

    def __post_init__(self) -> None:
        maps = [self.labels, self.confidence, None if self.compared is None else self.compared.labels]
        for ids in maps:
            if ids is not None and (ids.dtype != np.uint8 or ids.shape != self.frame.rgb.shape[:2]):
                raise ValueError(f"expected {self.frame.rgb.shape[:2]} uint8, got {ids.shape} {ids.dtype}")
