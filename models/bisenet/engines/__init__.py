"""What runs a network on a picture: the `Engine` protocol and its implementations by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet

if TYPE_CHECKING:
    from bisenet.engines.cuda.pictures import Nv12Picture, Picture
    from bisenet.engines.scores import Scored
    from bisenet.exported import ExportedModel
    from bisenet.segmenter import Segmenter

Laps = dict[str, float]
"""Milliseconds per stage of one call: `pre`, `network`, `post`."""


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What is running, for people and for reports."""

    engine: str
    """Name of the back end, e.g. `torch`."""
    model: str
    """Name of the model, e.g. `street-x39`."""
    device: str
    """`cpu`, `cuda:0`."""
    device_name: str
    """The processor's or the card's own name."""
    precision: str
    """`f32`, `bf16`, `f16`, `int8`."""
    threads: int | None = None
    """How many it computes with on the processor."""
    context_every: int = 1
    """How many frames share what the context path made of one."""
    reason: str = ""
    """Why it is this one, for people."""


class Engine(Protocol):
    """Everything from a picture to its classes; closed in a `with`.

    Used by one thread at a time: it may be opened on one, used on another and closed on a third, but no two calls run
    at once. Two engines may run at once, each on its own thread.
    """

    @property
    def info(self) -> EngineInfo: ...

    @property
    def classes(self) -> ClassSet: ...

    def infer(self, rgb: NDArray[np.uint8], laps: Laps | None = None) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB of any size -> (H, W) uint8 class ids; fills `laps` with ms per stage when given.

        Raises ValueError for another shape or dtype, EngineError when the device fails.
        """
        ...

    def infer_confidence(
        self, rgb: NDArray[np.uint8], laps: Laps | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """As `infer`, and how sure the network is of each pixel: (H, W) uint8, of which 255 is probability 1.

        The probability is the winning class's by the softmax over the logits enlarged to the picture.
        """
        ...

    def infer_scored(self, rgb: NDArray[np.uint8], laps: Laps | None = None, *, confidence: bool = False) -> Scored:
        """As `infer`, or with confidence as `infer_confidence`, and what makes any pixel's probabilities afterwards.

        That costs a copy of the logits, less than 0.2 ms.
        """
        ...

    def close(self) -> None:
        """Let go of the device; harmless when repeated."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class BlendTable:
    """How ids are drawn over their picture: by class id what lies over it, and how densely."""

    rgba: bytes
    """256 times red, green, blue and alpha, not premultiplied; alpha 0 leaves the picture as it is."""

    def __post_init__(self) -> None:
        if len(self.rgba) != 256 * 4:
            raise ValueError(f"expected 256 colours of 4 bytes, got {len(self.rgba)} bytes")


@dataclass(frozen=True, slots=True)
class Inferred:
    """What became of one of the pictures that were begun."""

    labels: NDArray[np.uint8]
    """(H, W) uint8 class ids."""
    drawn: NDArray[np.uint8] | Nv12Picture | None = None
    """The picture with its classes drawn over it, where it was asked for: (H, W, 3) uint8 RGB, or on the card where the
    picture was there."""
    laps: Laps = field(default_factory=dict)
    """What it took, with the pictures that were begun with it."""


class Pending(Protocol):
    """Pictures on their way through an `OverlappingEngine`."""

    def wait(self) -> tuple[Inferred, ...]:
        """In the order of the pictures; the arrays are the caller's. Raises EngineError when the device fails."""
        ...


@runtime_checkable
class OverlappingEngine(Engine, Protocol):
    """An engine that takes the next pictures while it works on the ones before, and several at once."""

    @property
    def depth(self) -> int:
        """So many `begin`s may be waiting for their end."""
        ...

    @property
    def most_pictures(self) -> int:
        """Of one `begin`; fewer when the device's memory has run out."""
        ...

    def begin(self, pictures: Sequence[Picture], *, blend: BlendTable | None = None) -> Pending:
        """Begin with pictures of one size and one kind; they are the caller's again when this returns.

        blend: draw the classes too. Where `depth` are waiting already, waits for the oldest or raises EngineError.
        Raises ValueError for pictures that do not go together, EngineError when the device fails.
        """
        ...


def open_engine(
    name: str,
    model: Segmenter | ExportedModel | str,
    *,
    imgsz: tuple[int, int] | None = None,
    device: str = "auto",
    precision: str = "auto",
    threads: int | None = None,
    context_every: int = 1,
    say: Callable[[str], None] | None = None,
) -> Engine:
    """Open an engine: one of `bisenet.engine_names.ENGINES`. On a card it is an `OverlappingEngine`.

    model: a loaded Segmenter, an exported model, or the name or path of one. imgsz: the network's input (width,
    height); None keeps the picture's aspect at the short side the model was made for, or is what a model was exported
    for. device: `auto`, `cpu`, `cuda`, `cuda:N`. precision: `auto`, `f32`, `bf16`, `f16` (CUDA), `int8` (of a model
    exported so). threads: of the processor; None leaves some of it to decoding and a window.

    context_every: for frames of one video in order: the context path (V2: the semantic branch) runs on each k-th of
    them and when the scene changes, the rest on each. It saves time and costs accuracy (docs/engines.md has the
    figures); on the processor only.

    On the processor `auto` takes what was the fastest in a trial of about two seconds, which is remembered for this
    machine, model, size and these packages' versions; bfloat16 is tried where the processor has it, int8 is never
    chosen for a model that is not. On a card it is the same trial between what starts at once: nothing is built or
    compiled for it. say is called with a line that tells what was chosen and why, and with lines on what is built or
    compiled, also later, when a picture of another size comes.

    Raises EngineError for an engine, package, device or precision that is not there or does not fit the model,
    CheckpointError for the model.
    """
    from bisenet.engines.opening import Wishes, opened

    return opened(model, Wishes(name, imgsz, device, precision, threads, context_every), say or _silent)


def _silent(_: str) -> None:
    """Nobody listens."""
