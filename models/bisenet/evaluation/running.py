"""A model under a protocol: an engine at the protocol's input size, or a network whose views are averaged."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet.engines import Engine, EngineInfo, open_engine
from bisenet.engines.device import device_name, resolve_device
from bisenet.errors import EngineError
from bisenet.evaluation.protocol import Protocol
from bisenet.evaluation.views import segment_by_views
from bisenet.segmenter import Segmenter, load

_ENGINES_KEPT = 4
"""An engine has one input size. Few data sets have pictures of more sizes than these, and each engine costs memory."""


@dataclass(frozen=True, slots=True)
class Running:
    """A model that is ready to be evaluated."""

    segment: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
    """(H, W, 3) uint8 RGB -> (H, W) uint8 class ids. Raises EngineError."""
    classes: ClassSet
    info: EngineInfo


@contextmanager
def running(
    model: Segmenter | str, protocol: Protocol, engine: str, device: str, size: tuple[int, int]
) -> Iterator[Running]:
    """Open a model for as long as it is evaluated; size is the (width, height) of the first picture to come.

    Raises EngineError when the engine cannot do what the protocol needs, and what `open_engine` raises.
    """
    if protocol.averages:
        yield _averaging(model, protocol, engine, device)
        return
    opened: dict[tuple[int, int] | None, Engine] = {}

    def fitting(width: int, height: int) -> Engine:
        imgsz = protocol.imgsz(width, height)
        if imgsz not in opened:
            if len(opened) == _ENGINES_KEPT:
                opened.pop(next(iter(opened))).close()
            opened[imgsz] = open_engine(engine, model, imgsz=imgsz, device=device)
        return opened[imgsz]

    try:
        first = fitting(*size)
        yield Running(lambda rgb: fitting(rgb.shape[1], rgb.shape[0]).infer(rgb), first.classes, first.info)
    finally:
        for one in opened.values():
            one.close()


def _averaging(model: Segmenter | str, protocol: Protocol, engine: str, device: str) -> Running:
    """In float32 everywhere: these protocols are for figures to compare, not for speed."""
    exported = isinstance(model, str) and Path(model).suffix not in ("", ".safetensors") and Path(model).is_file()
    if engine not in ("auto", "torch") or exported:
        what = f"engine {engine}" if not exported else f"{model}"
        raise EngineError(
            f"protocol {protocol.name} averages class probabilities, and {what} gives class ids alone: "
            "take a .safetensors model on the torch engine, or protocol whole, v1 or v2"
        )
    target = resolve_device(device)
    loaded = load(model) if isinstance(model, str) else model
    network = copy.deepcopy(loaded.network).eval().to(target, torch.float32)
    ready = replace(loaded, network=network)
    info = EngineInfo("torch", loaded.card.name, str(target), device_name(target), "f32")

    def segment(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        try:
            return segment_by_views(ready, rgb, protocol)
        except torch.cuda.OutOfMemoryError as error:
            raise EngineError(f"{info.device_name} is out of memory: take smaller --scales, or a --window") from error
        except RuntimeError as error:
            raise EngineError(f"{info.device} failed: {str(error).splitlines()[0]}") from error

    return Running(segment, loaded.card.classes, info)
