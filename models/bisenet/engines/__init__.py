"""What runs a network on a picture: the `Engine` protocol and its implementations by name."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet

if TYPE_CHECKING:
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
    """`f32`, `bf16`, `f16`."""


class Engine(Protocol):
    """Everything from a picture to its classes. Confined to the thread that opened it; closed in a `with`."""

    @property
    def info(self) -> EngineInfo: ...

    @property
    def classes(self) -> ClassSet: ...

    def infer(self, rgb: NDArray[np.uint8], laps: Laps | None = None) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB of any size -> (H, W) uint8 class ids; fills `laps` with ms per stage when given.

        Raises ValueError for another shape or dtype, EngineError when the device fails.
        """
        ...

    def close(self) -> None:
        """Let go of the device; harmless when repeated."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_engine(
    name: str, model: Segmenter | str, *, imgsz: tuple[int, int] | None = None, device: str = "auto"
) -> Engine:
    """Open an engine: `auto` or `torch`.

    model: a loaded Segmenter, or the name or path of one. imgsz: the network's input (width, height); None keeps the
    picture's aspect at the short side the model was made for. device: `auto`, `cpu`, `cuda`, `cuda:N`.
    Raises EngineError for an unknown engine or a device that is not there, CheckpointError for the model.
    """
    if name not in ("auto", "torch"):
        from bisenet.errors import EngineError

        raise EngineError(f"unknown engine {name!r}: choose auto or torch")
    from bisenet.engines.torch_engine import TorchEngine
    from bisenet.segmenter import load

    return TorchEngine(load(model) if isinstance(model, str) else model, imgsz=imgsz, device=device)
