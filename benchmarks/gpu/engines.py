"""Opening what is measured: the project's own engine on a card, as its users get it."""

from __future__ import annotations

import torch
from benchmarks.gpu.subjects import Size

from bisenet.engines import OverlappingEngine, open_engine
from bisenet.segmenter import Segmenter


def opened(
    model: Segmenter, imgsz: Size | None, device: torch.device, name: str = "torch", precision: str = "auto"
) -> OverlappingEngine:
    """`auto` is half precision on a card. Raises EngineError, TypeError for an engine that does not overlap."""
    engine = open_engine(name, model, imgsz=imgsz, device=str(device), precision=precision)
    if not isinstance(engine, OverlappingEngine):
        engine.close()
        raise TypeError(f"{name} is no OverlappingEngine on {device}")
    return engine
