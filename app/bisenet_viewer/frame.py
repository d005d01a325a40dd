"""What travels along the frame path: `StreamInfo`, `Frame`, `Compared`, `Result`."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bisenet.classes import ClassSet
    from bisenet.engines import EngineInfo
    from bisenet.engines.cuda.pictures import Nv12Picture, Picture
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


class _HostCopy:
    """A picture of the card as an array: made when somebody asks for it, and once, whoever asks."""

    def __init__(self, picture: Nv12Picture) -> None:
        self.picture = picture
        self._rgb: NDArray[np.uint8] | None = None
        # A window paints a frame while a sink writes it; the second waits for the first one's array.
        self._lock = threading.Lock()

    def rgb(self) -> NDArray[np.uint8]:
        with self._lock:
            if self._rgb is None:
                self._rgb = self.picture.rgb()
            return self._rgb


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a stream. Its memory is never written after hand-over."""

    index: int
    """Counts the frames of one iteration from 0."""
    pts: int
    """Presentation time in units of `time_base`, as in the container."""
    time_base: Fraction
    """Seconds per unit of `pts`."""
    captured_at: float
    """`time.monotonic()` seconds at which the picture came to be here; the start of its end-to-end latency."""
    pixels: Picture
    """(height, width, 3) uint8 RGB, upright, C-contiguous; or, where a card decoded it for an engine on that card, the
    picture there."""
    decode_ms: float = 0.0
    """What it cost to capture or decode and convert the picture."""
    decoder: str | None = None
    """What decoded it: `cpu`, a device of `sources.hardware`, or `cuda:N` for a picture that stayed on that card; None
    for what no video file holds."""
    _host: _HostCopy | None = field(default=None, repr=False, compare=False)
    """Goes along when a frame is made anew with another time."""

    def __post_init__(self) -> None:
        pixels = self.pixels
        if not isinstance(pixels, np.ndarray):
            if self._host is None or self._host.picture is not pixels:
                object.__setattr__(self, "_host", _HostCopy(pixels))
        elif pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
            raise ValueError(f"expected (height, width, 3) uint8, got {pixels.shape} {pixels.dtype}")

    def __repr__(self) -> str:
        height, width, _ = self.shape
        return f"Frame(index={self.index}, time_s={self.time_s:.3f}, {width}x{height})"

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """(height, width, 3) uint8 RGB, upright, C-contiguous.

        A picture on the card is converted there and waited for, once; from any thread. Raises RuntimeError when the
        card fails.
        """
        if isinstance(self.pixels, np.ndarray):
            return self.pixels
        assert self._host is not None
        return self._host.rgb()

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, 3), which costs nothing wherever the picture is."""
        height, width, channels = self.pixels.shape
        return height, width, channels

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
    drawn: NDArray[np.uint8] | Nv12Picture | None = None
    """The picture with its classes drawn over it under the style the pipeline was given: (height, width, 3) uint8 RGB,
    or on the card; None where nobody asked for it."""

    def __post_init__(self) -> None:
        shape = self.frame.shape
        maps = [self.labels, self.confidence, None if self.compared is None else self.compared.labels]
        for ids in maps:
            if ids is not None and (ids.dtype != np.uint8 or ids.shape != shape[:2]):
                raise ValueError(f"expected {shape[:2]} uint8, got {ids.shape} {ids.dtype}")
        if self.drawn is not None and self.drawn.shape != shape:
            raise ValueError(f"expected the picture drawn over to be {shape}, got {self.drawn.shape}")
