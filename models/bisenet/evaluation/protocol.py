"""`Protocol`: at which size, in which pieces and how often a picture goes through the network to be scored.

Scores are always taken at the label's own resolution.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Any

from bisenet.errors import ConfigError
from bisenet.pictures import input_size

_SCALES = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75)
_WINDOW = re.compile(r"([0-9]{1,5})x([0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a picture is put to the network. Raises ValueError for what makes no sense."""

    name: str
    share: float | None = None
    """Of the picture's size, for the network's input; None is the size that the model's card says."""
    window: tuple[int, int] | None = None
    """Width and height in pixels of the input; None is the whole input at once."""
    stride: float = 5 / 6
    """From window to window, as a share of the window."""
    scales: tuple[float, ...] = (1.0,)
    """Of the input."""
    flip: bool = False
    """Whether each view is seen mirrored too."""

    def __post_init__(self) -> None:
        if self.share is not None and not 0 < self.share <= 4:
            raise ValueError(f"share {self.share} must lie above 0 and at most at 4")
        if self.window is not None and not all(32 <= side <= 8192 for side in self.window):
            raise ValueError(f"window {self.window[0]}x{self.window[1]} is out of range: each side is 32 to 8192")
        if not 0 < self.stride <= 1:
            raise ValueError(f"stride {self.stride:g} must lie above 0 and at most at 1: it is a share of the window")
        if not self.scales or not all(0.1 <= scale <= 4 for scale in self.scales):
            raise ValueError(f"scales must lie between 0.1 and 4, got {', '.join(map(str, self.scales)) or 'none'}")
        if len(set(self.scales)) != len(self.scales):
            raise ValueError(f"scales must differ, got {', '.join(map(str, self.scales))}")

    @property
    def averages(self) -> bool:
        """Whether class probabilities of several views are averaged, for which logits are needed."""
        return self.window is not None or self.scales != (1.0,) or self.flip

    def imgsz(self, width: int, height: int) -> tuple[int, int] | None:
        """The network's input (width, height) for a picture, in multiples of 8; None is as the card says."""
        if self.share is None:
            return None
        return scaled((width, height), self.share)

    def view_sizes(self, width: int, height: int, short_side: int) -> list[tuple[int, int]]:
        """Width and height of the input at each scale; short_side is the card's."""
        size = self.imgsz(width, height) or input_size(width, height, short_side)
        return [scaled(size, scale) for scale in self.scales]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for reports; only what the protocol uses."""
        plain: dict[str, Any] = {"name": self.name, "share": self.share}
        if self.window:
            plain |= {"window": list(self.window), "stride": round(self.stride, 6)}
        return plain | ({"scales": list(self.scales), "flip": self.flip} if self.averages else {})

    def __str__(self) -> str:
        parts = [f"at {self.share:g} of the picture's size"] if self.share is not None else []
        parts += [f"windows {self.window[0]}x{self.window[1]} at stride {self.stride:.3g}"] if self.window else []
        parts += [f"scales {' '.join(f'{scale:g}' for scale in self.scales)}"] if self.scales != (1.0,) else []
        parts += ["mirrored too"] if self.flip else []
        return f"{self.name} ({', '.join(parts)})" if parts else self.name


PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        Protocol("whole"),
        Protocol("v1", share=0.75),
        Protocol("v2", share=0.5),
        Protocol("sliding", window=(1024, 1024)),
        Protocol("ms", scales=_SCALES, flip=True),
    )
}
"""By name. whole: the picture at once, at the size that the model was made for.

v1 and v2: at 3/4 and 1/2 of its size, which for Cityscapes is 1536x768 (V1 section 4.3) and 1024x512 (V2 section 5.2).
sliding: the official V1 code's windows. ms: the scales and the mirroring of mmsegmentation.
"""

WHOLE = PROTOCOLS["whole"]


def parse_protocol(
    name: str,
    *,
    window: str | None = None,
    stride: str | None = None,
    scales: str | None = None,
    flip: bool | None = None,
) -> Protocol:
    """A protocol by name, changed by what is not None: `1024x1024`, `5/6`, `0.5,1,1.5`.

    Raises ConfigError for an unknown name, a value that cannot be, and an option that would change nothing.
    """
    if name not in PROTOCOLS:
        raise ConfigError(f"unknown protocol {name!r}: choose one of {', '.join(PROTOCOLS)}")
    protocol = PROTOCOLS[name]
    given = {"--window": window, "--stride": stride, "--scales": scales, "--flip": flip}
    useless = [option for option, value in given.items() if value is not None]
    if useless and not protocol.averages:
        raise ConfigError(f"{useless[0]} is for the protocols sliding and ms, not {name}")
    if stride is not None and window is None and protocol.window is None:
        raise ConfigError("--stride is from window to window: give --window too")
    try:
        return replace(
            protocol,
            window=_window(window) if window is not None else protocol.window,
            stride=_share(stride) if stride is not None else protocol.stride,
            scales=tuple(_scale(text) for text in scales.split(",")) if scales is not None else protocol.scales,
            flip=flip if flip is not None else protocol.flip,
        )
    except ValueError as error:
        raise ConfigError(f"protocol {name}: {error}") from error


def scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    """Width and height times scale, to the nearest multiple of 8, as `input_size` has them."""
    width, height = (max(32, round(side * scale / 8) * 8) for side in size)
    return width, height


def window_places(length: int, window: int, stride: float) -> list[tuple[int, int]]:
    """Begin and end of each window along one side; the last one ends with it and so may overlap more.

    Where the side is shorter than the window, there is one window of its length: nothing is padded.
    """
    if length <= window:
        return [(0, length)]
    step = math.ceil(window * stride)
    count = math.ceil((length - window) / step) + 1
    begins = [min(place * step, length - window) for place in range(count)]
    return [(begin, begin + window) for begin in begins]


def _window(text: str) -> tuple[int, int]:
    match = _WINDOW.fullmatch(text)
    if not match:
        raise ValueError(f"--window is WIDTHxHEIGHT such as 1024x1024, got {text!r}")
    return int(match[1]), int(match[2])


def _share(text: str) -> float:
    above, _, below = text.partition("/")
    try:
        return float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"--stride is a share of the window such as 5/6 or 0.5, got {text!r}") from None


def _scale(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"--scales are numbers such as 0.5,1,1.5, got {text!r}") from None
