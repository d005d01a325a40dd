"""PyTorch on a CUDA device as an engine: normalisation folded, channels-last, all of it on the device."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet.engines import EngineInfo, Laps
from bisenet.engines.device import device_name, resolve_device
from bisenet.engines.scores import Scored, Scores
from bisenet.errors import EngineError
from bisenet.inference import class_ids, normalise, preprocess
from bisenet.layers import fold_batchnorm, upsample
from bisenet.pictures import check_rgb, input_size
from bisenet.segmenter import Segmenter
from bisenet.upsampling import Upsampling

_T = TypeVar("_T")
_DTYPES = {"auto": torch.float16, "f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32}


class CudaEngine(Closing):
    """Runs a Segmenter's network eagerly, in half precision unless told otherwise. The Segmenter is left as it was."""

    def __init__(
        self, model: Segmenter, *, imgsz: tuple[int, int] | None, device: str, precision: str = "auto"
    ) -> None:
        if precision not in _DTYPES:
            raise EngineError(f"{precision} is not for CUDA devices: choose f16, bf16 or f32")
        self._device = resolve_device(device)
        dtype = _DTYPES[precision]
        network = copy.deepcopy(model.network).eval()
        network.aux_heads = nn.ModuleList()  # for training only
        fold_batchnorm(network)
        self._network: Callable[[Tensor], Tensor] = network.to(  # type: ignore[call-overload]
            self._device, dtype, memory_format=torch.channels_last
        )
        self._upsampling = network.logits_upsampling
        self._mean, self._std = (
            torch.tensor(values, device=self._device, dtype=dtype).view(3, 1, 1)
            for values in (model.card.mean, model.card.std)
        )
        self._card = model.card
        self._imgsz = imgsz
        self._info = EngineInfo(
            engine="torch",
            model=model.card.name,
            device=str(self._device),
            device_name=device_name(self._device),
            precision="f16" if precision == "auto" else precision,
            reason="there is a CUDA device" if device == "auto" else "asked for",
        )

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
        return self._inferred(rgb, laps, _labels)

    def infer_confidence(
        self, rgb: NDArray[np.uint8], laps: Laps | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """See `Engine.infer_confidence`."""
        return self._inferred(rgb, laps, _labels_and_confidence)

    def infer_scored(self, rgb: NDArray[np.uint8], laps: Laps | None = None, *, confidence: bool = False) -> Scored:
        """See `Engine.infer_scored`."""
        return self._inferred(rgb, laps, partial(_scored, confidence=confidence))

    def _inferred(
        self,
        rgb: NDArray[np.uint8],
        laps: Laps | None,
        enlarge: Callable[[Tensor, tuple[int, int], Upsampling], _T],
    ) -> _T:
        """enlarge: from logits (1, C, h, w) on the device to what is made of them on the host."""
        check_rgb(rgb)
        height, width = rgb.shape[:2]
        stamps = _Stamps(self._device)
        try:
            with torch.inference_mode():
                batch = preprocess(rgb, self._imgsz or input_size(width, height, self._card.short_side))
                inputs = normalise(batch.to(self._device), self._mean, self._std)
                stamps.mark("pre")
                logits = self._network(inputs)
                stamps.mark("network")
                result = enlarge(logits, (height, width), self._upsampling)
                stamps.mark("post")
        except torch.cuda.OutOfMemoryError as error:
            raise EngineError(f"{self._info.device_name} is out of memory: choose a smaller --imgsz") from error
        except RuntimeError as error:
            raise EngineError(f"{self._info.device} failed: {str(error).splitlines()[0]}") from error
        if laps is not None:
            laps.update(stamps.laps_ms())
        return result

    def close(self) -> None:
        """Free the network; CUDA memory goes back to the driver."""
        self._network = _closed
        if self._device.type == "cuda":
            torch.cuda.empty_cache()


def _labels(logits: Tensor, size: tuple[int, int], upsampling: Upsampling) -> NDArray[np.uint8]:
    return _on_host(class_ids(logits, size, upsampling))


def _labels_and_confidence(
    logits: Tensor, size: tuple[int, int], upsampling: Upsampling
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    probability, labels = upsample(logits, size, upsampling).float().softmax(dim=1).max(dim=1)
    return _on_host(labels.to(torch.uint8)), _on_host((probability * 255).round().to(torch.uint8))


def _scored(logits: Tensor, size: tuple[int, int], upsampling: Upsampling, *, confidence: bool) -> Scored:
    labels, sure = (
        _labels_and_confidence(logits, size, upsampling) if confidence else (_labels(logits, size, upsampling), None)
    )
    return Scored(labels, Scores(logits[0].float().cpu().contiguous().numpy(), size, upsampling), sure)


def _on_host(maps: Tensor) -> NDArray[np.uint8]:
    """(1, H, W) uint8 -> (H, W)."""
    return np.asarray(maps[0].cpu().numpy(), np.uint8)


def _closed(_: Tensor) -> Tensor:
    raise EngineError("the engine is closed")


class _Stamps:
    """Times between marks: by CUDA events, so that measuring adds no synchronisation, or by the clock."""

    def __init__(self, device: torch.device) -> None:
        self._cuda = device.type == "cuda"
        self._names: list[str] = []
        self._events: list[torch.cuda.Event] = []
        self._times: list[float] = []
        self._stamp()

    def mark(self, name: str) -> None:
        self._names.append(name)
        self._stamp()

    def _stamp(self) -> None:
        if self._cuda:
            event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
            event.record()
            self._events.append(event)
        else:
            self._times.append(time.perf_counter())

    def laps_ms(self) -> dict[str, float]:
        """Milliseconds per mark; on CUDA the last copy to the host has waited for all of them but the last event."""
        if self._cuda:
            self._events[-1].synchronize()
            spans = [a.elapsed_time(b) for a, b in pairwise(self._events)]
        else:
            spans = [(b - a) * 1000 for a, b in pairwise(self._times)]
        return dict(zip(self._names, spans, strict=True))
