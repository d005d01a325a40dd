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
from bisenet.exported import ExportedModel, is_exported, read_exported
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
    model: Segmenter | ExportedModel | str,
    protocol: Protocol,
    engine: str,
    device: str,
    precision: str,
    size: tuple[int, int],
) -> Iterator[Running]:
    """Open a model for as long as it is evaluated; size is the (width, height) of the first picture to come.

    Raises EngineError when the engine cannot do what the protocol needs, and what `open_engine` raises.
    """
    if protocol.averages:
        yield _averaging(model, protocol, engine, device, precision)
        return
    if isinstance(model, str) and is_exported(Path(model)):
        model = read_exported(Path(model))
    own = model.imgsz if isinstance(model, ExportedModel) else None
    opened: dict[tuple[int, int] | None, Engine] = {}

    def fitting(width: int, height: int) -> Engine:
        imgsz = protocol.imgsz(width, height)
        if own and imgsz not in (None, own):
            raise EngineError(
                f"protocol {protocol.name} chooses the input size, and this model takes {own[0]}x{own[1]} alone: "
                "take protocol whole, or export it with --dynamic"
            )
        if imgsz not in opened:
            if len(opened) == _ENGINES_KEPT:
                opened.pop(next(iter(opened))).close()
            opened[imgsz] = open_engine(engine, model, imgsz=imgsz, device=device, precision=precision)
        return opened[imgsz]

    try:
        first = fitting(*size)
        yield Running(lambda rgb: fitting(rgb.shape[1], rgb.shape[0]).infer(rgb), first.classes, first.info)
    finally:
        for one in opened.values():
            one.close()


def _averaging(
    model: Segmenter | ExportedModel | str, protocol: Protocol, engine: str, device: str, precision: str
) -> Running:
    """In float32 everywhere: these protocols are for figures to compare, not for speed."""
    exported = Path(model) if isinstance(model, str) and is_exported(Path(model)) else None
    if isinstance(model, ExportedModel) or exported or engine not in ("auto", "torch"):
        what = model.path if isinstance(model, ExportedModel) else exported or f"engine {engine}"
        raise EngineError(
            f"protocol {protocol.name} averages class probabilities, and {what} gives class ids alone: "
            "take a .safetensors model on the torch engine, or protocol whole, v1 or v2"
        )
    if precision not in ("auto", "f32"):
        raise EngineError(f"protocol {protocol.name} is computed in f32, not in {precision}")
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
