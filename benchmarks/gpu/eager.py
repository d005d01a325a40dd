"""The truth to compare with: float32, eager, logits interpolated to the picture, argmax and softmax."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from benchmarks.gpu.subjects import Rgb, Size
from numpy.typing import NDArray

from bisenet.inference import normalise, preprocess
from bisenet.layers import upsample
from bisenet.pictures import input_size
from bisenet.segmenter import Segmenter

Maps = tuple[NDArray[np.uint8], NDArray[np.uint8]]
"""Ids, and confidence of which 255 is 1; (H, W) each."""


class Eager:
    """Runs a copy of a Segmenter's network; pictures are resized on the host, by OpenCV."""

    def __init__(self, model: Segmenter, device: torch.device) -> None:
        self._network = copy.deepcopy(model.network).eval().to(device, torch.float32)
        self._device = device
        self._card = model.card
        self._mean, self._std = (
            torch.tensor(values, device=device).view(3, 1, 1) for values in (model.card.mean, model.card.std)
        )

    @torch.inference_mode()
    def maps(self, rgb: Rgb, imgsz: Size | None) -> Maps:
        """imgsz: the network's input (width, height); None: as the model's card says."""
        height, width = rgb.shape[:2]
        batch = preprocess(rgb, imgsz or input_size(width, height, self._card.short_side)).to(self._device)
        with exact():
            logits = self._network(normalise(batch, self._mean, self._std))
        enlarged = upsample(logits, (height, width), self._network.logits_upsampling)
        probability, ids = enlarged.softmax(dim=1).max(dim=1)
        # Not the ids of the softmax: it makes equals of what differs.
        ids = enlarged.argmax(dim=1)
        confidence = (probability * 255).round()
        return _host(ids), _host(confidence)

    def ids(self, rgb: Rgb, imgsz: Size | None = None) -> NDArray[np.uint8]:
        """The first of `maps`."""
        return self.maps(rgb, imgsz)[0]


@contextmanager
def exact() -> Iterator[None]:
    """Within, convolutions in float32 are computed as such: cards since Ampere would take ten bits of each factor."""
    with torch.backends.cudnn.flags(enabled=True, benchmark=False, allow_tf32=False):
        yield


def _host(maps: torch.Tensor) -> NDArray[np.uint8]:
    return np.asarray(maps[0].to(torch.uint8).cpu().numpy(), np.uint8)
