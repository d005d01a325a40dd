"""`demo://`: a drive down a street drawn by code, which needs no camera, no file and no decoder."""

from __future__ import annotations

import difflib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import parse_qsl, urlsplit

import numpy as np
from numpy.typing import NDArray

from bisenet.closing import Closing
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, StreamInfo
from bisenet_viewer.sources.street.props import drawing
from bisenet_viewer.sources.street.scene import Street

SCHEME = "demo"
EXAMPLE = "demo://?seconds=10&width=960&height=540&fps=30&seed=1"


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What can be asked for after `demo://?`."""

    seconds: float | None = None
    """None: without end."""
    width: int = 640
    height: int = 360
    fps: float = 30.0
    seed: int = 0


_LIMITS: dict[str, tuple[float, float]] = {
    "seconds": (0.1, 86_400), "width": (64, 3840), "height": (64, 2160), "fps": (1, 240), "seed": (0, 2**32 - 1),
}  # fmt: skip


class DemoSource(Closing):
    """The street as a source: endless unless told otherwise, seekable, always the same for the same options."""

    def __init__(self, options: DemoOptions) -> None:
        self._rate = Fraction(options.fps).limit_denominator(1001)
        self._count = None if options.seconds is None else max(1, round(options.seconds * self._rate))
        self._options = options
        self._street: Street | None = None
        self._info = StreamInfo(
            name="demo street",
            width=options.width,
            height=options.height,
            rate=self._rate,
            live=False,
            duration_s=None if self._count is None else float(self._count / self._rate),
            frame_count=self._count,
            seekable=True,
        )

    @property
    def info(self) -> StreamInfo:
        return self._info

    @property
    def damaged(self) -> int:
        return 0

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        """Frame k shows the moment k / rate, drawn when it is asked for; None while the street itself is drawn."""
        pieces = drawing(self._options.seed) if self._street is None else iter(())
        while next(pieces, self) is None:
            yield None
        # The small addition keeps a time that came from a frame on that frame.
        pts = max(0, int(from_s * self._rate + 1e-6))
        if self._count is not None:
            pts = min(pts, self._count - 1)
        index = 0
        while self._count is None or pts < self._count:
            begun = time.monotonic()
            rgb, _ = self._drawn().render(float(pts / self._rate))
            now = time.monotonic()
            yield Frame(index, pts, 1 / self._rate, now, rgb, (now - begun) * 1000)
            index, pts = index + 1, pts + 1
            next(pieces, None)  # after the first frame, which need not wait until the street is kept

    def _drawn(self) -> Street:
        # Not on opening: it takes a second.
        if self._street is None:
            self._street = Street(self._options.width, self._options.height, self._options.seed)
        return self._street

    def labels(self, frame: Frame) -> NDArray[np.uint8]:
        """The true CamVid class of each pixel of a frame of this source: (height, width) uint8."""
        return self._drawn().render(float(frame.pts / self._rate))[1]

    def close(self) -> None:
        """Nothing is held open."""


def open_demo(uri: str) -> DemoSource:
    """Open `demo://` with an optional query. Raises SourceError for options that make no sense."""
    return DemoSource(parse_options(uri))


def parse_options(uri: str) -> DemoOptions:
    """The options in a `demo://` address. Raises SourceError naming the one that is wrong."""
    parts = urlsplit(uri)
    if parts.netloc or parts.path not in ("", "/") or parts.fragment:
        raise SourceError(f"not a demo address: {uri!r}; write demo:// or for example {EXAMPLE}")
    values: dict[str, float] = {}
    for name, text in parse_qsl(parts.query, keep_blank_values=True):
        if name not in _LIMITS:
            near = difflib.get_close_matches(name, _LIMITS, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise SourceError(f"demo:// has no option {name!r}{hint} (it has {', '.join(_LIMITS)})")
        values[name] = _number(name, text)
    options = DemoOptions()
    return DemoOptions(
        seconds=values.get("seconds"),
        width=int(values.get("width", options.width)),
        height=int(values.get("height", options.height)),
        fps=values.get("fps", options.fps),
        seed=int(values.get("seed", options.seed)),
    )


def _number(name: str, text: str) -> float:
    low, high = _LIMITS[name]
    kind = "a number" if name in ("seconds", "fps") else "a whole number"
    try:
        value = float(text) if name in ("seconds", "fps") else int(text)
    except ValueError as error:
        raise SourceError(f"demo:// option {name}={text!r} must be {kind} from {low:g} to {high:g}") from error
    if not low <= value <= high:
        raise SourceError(f"demo:// option {name}={text} must be {kind} from {low:g} to {high:g}")
    return value
