"""What public demos of such networks do with a frame on a card, in half precision: what there is to be faster than.

CoinCheung's `tools/demo.py`: normalised in float32 on the host, copied, the network as it was trained (channels first,
normalisation not folded), its logits enlarged to the picture, argmax, int64 ids copied to the host. Pictures of another
size than the network's input are resized by OpenCV, which is faster than what the demo does.
"""

from __future__ import annotations

import copy
from typing import Literal

import numpy as np
import torch
from benchmarks.gpu.subjects import Rgb, Size
from torch import Tensor

from bisenet.layers import upsample
from bisenet.pictures import resized
from bisenet.segmenter import Segmenter

Way = Literal["as public", "copies logits", "kind"]
"""`copies logits`: the enlarged logits go to the host, and what is done with them there is not counted. `kind`: uint8
goes to the card, is normalised there, and uint8 ids come back."""
WAYS: tuple[Way, ...] = ("as public", "copies logits", "kind")


class Demo:
    """Runs a Segmenter's network, of which it has a copy, in half precision on a card and in float32 elsewhere."""

    def __init__(self, model: Segmenter, imgsz: Size, device: torch.device, way: Way) -> None:
        self._dtype = torch.float16 if device.type == "cuda" else torch.float32
        self._network = copy.deepcopy(model.network).eval().to(device, self._dtype)
        self._imgsz = imgsz
        self._device = device
        self._way = way
        self._mean, self._std = (torch.tensor(each).view(3, 1, 1) for each in (model.card.mean, model.card.std))
        self._levels = tuple((part * 255).to(device, self._dtype) for part in (self._mean, self._std))

    @torch.inference_mode()
    def run(self, rgb: Rgb) -> object:
        """(H, W, 3) uint8 -> what the way brings to the host."""
        logits = self._network(self._inputs(resized(rgb, self._imgsz)))
        enlarged = upsample(logits, rgb.shape[:2], self._network.logits_upsampling)
        if self._way == "copies logits":
            return enlarged.cpu().numpy()
        ids = enlarged.argmax(dim=1)
        return (ids.to(torch.uint8) if self._way == "kind" else ids)[0].cpu().numpy()

    def _inputs(self, picture: Rgb) -> Tensor:
        if self._way == "kind":
            levels = torch.from_numpy(picture).to(self._device).permute(2, 0, 1)[None].to(self._dtype)
            mean, std = self._levels
            return ((levels - mean) / std).contiguous()
        planes = torch.from_numpy(picture.transpose(2, 0, 1).astype(np.float32)).div_(255)
        return planes.sub_(self._mean).div_(self._std)[None].to(self._device).to(self._dtype)
