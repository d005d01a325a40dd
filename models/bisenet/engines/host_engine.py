"""An engine on the processor: a picture is resized, a `Runner` makes logits of it, and these become class ids."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from bisenet.card import ModelCard
from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet.engines import EngineInfo, Laps
from bisenet.engines.runner import Runner
from bisenet.engines.scores import Scored, scored
from bisenet.errors import EngineError
from bisenet.pictures import check_rgb, input_size, resized
from bisenet.upsampled_argmax import upsampled_argmax, upsampled_confidence

if TYPE_CHECKING:
    from bisenet.upsampling import Upsampling

_T = TypeVar("_T")


class HostEngine(Closing):
    """The contract of `Engine` around any `Runner`, which it owns."""

    def __init__(self, runner: Runner, card: ModelCard, info: EngineInfo, imgsz: tuple[int, int] | None) -> None:
        self._runner: Runner | None = runner
        self._card = card
        self._info = info
        self._imgsz = imgsz

    @property
    def info(self) -> EngineInfo:
        """What is running."""
        return self._info

    @property
    def classes(self) -> ClassSet:
        """What the ids stand for."""
        return self._card.classes

    def infer(self, rgb: NDArray[np.uint8], laps: Laps | None = None) -> NDArray[np.uint8]:
        """See `Engine.infer`."""
        return self._inferred(rgb, laps, upsampled_argmax)

    def infer_confidence(
        self, rgb: NDArray[np.uint8], laps: Laps | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """See `Engine.infer_confidence`."""
        return self._inferred(rgb, laps, upsampled_confidence)

    def infer_scored(self, rgb: NDArray[np.uint8], laps: Laps | None = None, *, confidence: bool = False) -> Scored:
        """See `Engine.infer_scored`."""
        return self._inferred(rgb, laps, partial(scored, confidence=confidence))

    def _inferred(
        self,
        rgb: NDArray[np.uint8],
        laps: Laps | None,
        enlarge: Callable[[NDArray[np.float32], tuple[int, int], Upsampling], _T],
    ) -> _T:
        check_rgb(rgb)
        if self._runner is None:
            raise EngineError("the engine is closed")
        height, width = rgb.shape[:2]
        began = time.perf_counter()
        picture = resized(rgb, self._imgsz or input_size(width, height, self._card.short_side))
        ready = time.perf_counter()
        logits = self._runner.run(picture[None])
        ran = time.perf_counter()
        result = enlarge(logits, (height, width), self._runner.upsampling)
        if laps is not None:
            ended = time.perf_counter()
            laps.update(pre=(ready - began) * 1000, network=(ran - ready) * 1000, post=(ended - ran) * 1000)
        return result

    def close(self) -> None:
        """Free the network."""
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.close()
