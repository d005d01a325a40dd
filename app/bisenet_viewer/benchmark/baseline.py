"""`BaselineChain`: what the public demos of such networks do with a frame, step by step, to compare with.

As in most of them: resize, float32 normalisation in NumPy, the network as it was trained (eager float32, channels
first, batch normalisation on its own), logits interpolated to the frame, argmax, colours by NumPy indexing, a float
blend.
"""

from __future__ import annotations

import time

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from bisenet.closing import Closing
from bisenet.engines import EngineInfo
from bisenet.engines.device import device_name, resolve_device
from bisenet.layers import upsample
from bisenet.segmenter import Segmenter
from bisenet_viewer.benchmark.chain import Step
from bisenet_viewer.benchmark.plan import Size

_OPACITY = 0.5


class BaselineChain(Closing):
    """Runs a Segmenter's network, which is moved to the device."""

    def __init__(self, model: Segmenter, *, imgsz: Size, device: str, threads: int | None) -> None:
        """threads: of torch, at most; None: as torch chooses. Raises EngineError when the device is not there."""
        self._device = resolve_device(device)
        if threads is not None:
            torch.set_num_threads(threads)
        self._network = model.network.eval().float().to(self._device)
        self._imgsz = imgsz
        self._mean = np.array(model.card.mean, np.float32)
        self._std = np.array(model.card.std, np.float32)
        self._palette = np.array(model.card.classes.palette, np.uint8)
        self._info = EngineInfo("torch", model.card.name, str(self._device), device_name(self._device), "f32")

    @property
    def info(self) -> EngineInfo:
        """What is running."""
        return self._info

    @torch.no_grad()
    def run(self, rgb: NDArray[np.uint8]) -> Step:
        """See `FrameChain.run`."""
        stamps = [time.perf_counter()]
        resized = cv2.resize(rgb, self._imgsz).astype(np.float32) / 255
        normalised = (resized - self._mean) / self._std
        batch = torch.from_numpy(np.ascontiguousarray(normalised.transpose(2, 0, 1))[np.newaxis]).to(self._device)
        stamps.append(self._now())
        logits = self._network(batch)
        stamps.append(self._now())
        labels = upsample(logits, rgb.shape[:2], self._network.logits_upsampling).argmax(dim=1)[0].cpu().numpy()
        stamps.append(self._now())
        overlay = (rgb * (1 - _OPACITY) + self._palette[labels] * _OPACITY).astype(np.uint8)
        stamps.append(self._now())
        pre, network, post, blend = (1000 * float(lap) for lap in np.diff(stamps))
        return Step(
            overlay,
            {"pre": pre, "network": network, "post": post, "overlay": blend},
            (stamps[-1] - stamps[0]) * 1000,
        )

    def _now(self) -> float:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        return time.perf_counter()

    def close(self) -> None:
        """Nothing is held but memory."""
