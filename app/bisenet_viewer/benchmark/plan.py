"""What is measured: `Sizes`, `Configuration`, and which of them the options ask for. Imports nothing heavy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from bisenet.engine_names import ON_CARD, ON_PROCESSOR
from bisenet_viewer.errors import UsageError

Size = tuple[int, int]
"""Width and height."""

Chain = Literal["engine", "baseline"]
"""This project's engines, or the plain PyTorch chain of public demos."""

_PATTERN = re.compile(r"(\d{2,4})x(\d{2,4})(?:@(\d{2,4})x(\d{2,4}))?")
_DEFAULT_WIDTH = 640


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of the pictures and of the network's input, which a picture is resized to."""

    picture: Size
    imgsz: Size

    @classmethod
    def parse(cls, text: str) -> Self:
        """`1280x720@640x360`; without `@` the network takes the picture as it is. Raises ValueError."""
        match = _PATTERN.fullmatch(text)
        sides = [int(side) for side in match.groups() if side] if match else []
        if not sides or not all(32 <= side <= 8192 for side in sides):
            raise ValueError(f"expected WxH or WxH@WxH, sides 32 to 8192, such as 1280x720@640x360, got {text!r}")
        return cls((sides[0], sides[1]), (sides[-2], sides[-1]))

    def __str__(self) -> str:
        picture, imgsz = (f"{width}x{height}" for width, height in (self.picture, self.imgsz))
        return picture if picture == imgsz else f"{picture}@{imgsz}"


DEFAULT_SIZES = tuple(map(Sizes.parse, ("1280x720@640x360", "640x360", "1280x720")))

PAPER_SIZES = tuple(
    Sizes.parse(text)
    for text in ("640x360", "1280x720", "1920x1080", "1024x512", "2048x1024@1536x768")  # the last is V1's protocol
)

ALL_SIZES = (DEFAULT_SIZES[0], Sizes.parse("1280x720@1024x512"), *PAPER_SIZES)

ALL_PRECISIONS = ("f32", "bf16", "f16", "int8")


def all_engines(device: str) -> tuple[str, ...]:
    """Those that `--all` measures. torch-compile has to be named: it compiles for a minute for each size."""
    return tuple(name for name in (ON_CARD if device.startswith("cuda") else ON_PROCESSOR) if name != "torch-compile")


@dataclass(frozen=True, slots=True)
class Configuration:
    """One thing to measure, as it was asked for."""

    model: str
    """Name or path of a model, or ARCHITECTURE/VARIANT: that network, untrained."""
    sizes: Sizes
    engine: str = "auto"
    precision: str = "auto"
    chain: Chain = "engine"
    network_only: bool = False
    """Nothing but the network is reported, and the picture is noise."""

    @property
    def file(self) -> str | None:
        """The name, without its folder, of a model that is given as a file."""
        parts = re.split(r"[/\\]", self.model)
        if is_network(self.model) or (len(parts) == 1 and not re.search(r"\.[a-z]+$", self.model)):
            return None
        return parts[-1]

    @property
    def label(self) -> str:
        """For people; the name of a file without its folder."""
        runs_on = "baseline" if self.chain == "baseline" else f"{self.engine} {self.precision}"
        return f"{self.file or self.model} {runs_on} {self.sizes}"


def is_network(model: str) -> bool:
    """Whether a model is named as ARCHITECTURE/VARIANT, such as `enet/paper`."""
    return re.fullmatch(r"[a-z0-9-]+/[a-z0-9-]+", model) is not None


def configurations(
    models: Sequence[str],
    engines: Sequence[str],
    precisions: Sequence[str],
    sizes: Sequence[Sizes],
    *,
    baseline: bool = False,
) -> list[Configuration]:
    """Every combination, none twice; size by size, so that what is compared is measured at about the same time."""
    wanted: list[Configuration] = []
    for size in sizes:
        for model in models:
            wanted += [
                Configuration(model, size, engine, precision)
                for engine in engines or ("auto",)
                for precision in precisions or ("auto",)
            ]
            if baseline:
                wanted.append(Configuration(model, size, "torch", "f32", "baseline"))
    return list(dict.fromkeys(wanted))


def wanted_sizes(sizes: Sequence[Sizes], *, everything: bool, quick: bool) -> Sequence[Sizes]:
    """Those that were named; else the short set, or by the option all or one. Raises UsageError."""
    if everything and quick:
        raise UsageError("--all and --quick exclude each other")
    if sizes:
        return sizes
    return ALL_SIZES if everything else DEFAULT_SIZES[:1] if quick else DEFAULT_SIZES


def fitted(picture: Size) -> Sizes:
    """A picture with the network's input 640 wide, in its aspect and multiples of 8."""
    width, height = picture
    return Sizes(picture, (_DEFAULT_WIDTH, max(32, round(height * _DEFAULT_WIDTH / width / 8) * 8)))
