"""From a picture on the host to ids on the host, put together by hand: what lies between the demos and the engine."""

from __future__ import annotations

import numpy as np
import torch
from benchmarks.gpu.subjects import Rgb, Size
from numpy.typing import NDArray
from torch import Tensor

from bisenet.engines.cuda.torch_network import TorchNetwork
from bisenet.inference import class_ids, normalise
from bisenet.kernels.cuda.input_maker import InputMaker
from bisenet.kernels.cuda.label_maker import LabelMaker
from bisenet.pictures import resized
from bisenet.segmenter import Segmenter


class PlainChain:
    """The engine's network, with what the kind demo does before and after it: channels-last, normalisation folded."""

    def __init__(self, model: Segmenter, imgsz: Size, device: torch.device, *, fuse: bool) -> None:
        """fuse: convolution, bias and ReLU in one kernel, where cuDNN has one."""
        self._network = TorchNetwork(model, device=device, precision=_precision(device), fuse=fuse)
        self._imgsz = imgsz
        self._device = device
        self._mean, self._std = (
            torch.tensor(values, device=device, dtype=self._network.takes).view(3, 1, 1)
            for values in (model.card.mean, model.card.std)
        )

    @torch.inference_mode()
    def run(self, rgb: Rgb) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 -> (H, W) uint8."""
        batch = torch.from_numpy(resized(rgb, self._imgsz)).to(self._device).permute(2, 0, 1)[None]
        logits = self._network(normalise(batch, self._mean, self._std))
        ids = class_ids(logits, (rgb.shape[0], rgb.shape[1]), self._network.upsampling)
        return np.asarray(ids[0].cpu().numpy(), np.uint8)


class KernelChain:
    """And the project's kernels before and after it, on buffers that stay; still launched one by one."""

    def __init__(self, model: Segmenter, picture: Size, imgsz: Size, device: torch.device) -> None:
        """picture, imgsz: (width, height)."""
        width, height = picture
        self._network = TorchNetwork(model, device=device, precision=_precision(device))
        self._device = device
        self._make_input = InputMaker((height, width), imgsz, mean=model.card.mean, std=model.card.std, device=device)
        self._staged = _pinned((height, width, 3), device)
        self._rgb = torch.empty((height, width, 3), dtype=torch.uint8, device=device)
        self._inputs = torch.empty(
            (1, 3, imgsz[1], imgsz[0]), dtype=self._network.takes, device=device, memory_format=torch.channels_last
        )
        self._labels = torch.empty((height, width), dtype=torch.uint8, device=device)
        self._fetched = _pinned((height, width), device)
        self._make_labels: LabelMaker | None = None

    @torch.inference_mode()
    def run(self, rgb: Rgb) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 -> (H, W) uint8, good until the next call."""
        self._staged.copy_(torch.from_numpy(rgb))
        self._rgb.copy_(self._staged, non_blocking=True)
        self._make_input.write_rgb(self._rgb, self._inputs[0])
        logits = self._network(self._inputs)[0]
        self._labels_of(logits).write(logits, self._labels)
        self._fetched.copy_(self._labels, non_blocking=True)
        if self._device.type == "cuda":
            torch.cuda.current_stream(self._device).synchronize()
        return np.asarray(self._fetched.numpy(), np.uint8)

    def _labels_of(self, logits: Tensor) -> LabelMaker:
        if self._make_labels is None:
            cells, size = (logits.shape[1], logits.shape[2]), (self._labels.shape[0], self._labels.shape[1])
            self._make_labels = LabelMaker(cells, size, self._network.upsampling, device=self._device)
        return self._make_labels


def _precision(device: torch.device) -> str:
    return "f16" if device.type == "cuda" else "f32"


def _pinned(shape: tuple[int, ...], device: torch.device) -> Tensor:
    return torch.empty(shape, dtype=torch.uint8, pin_memory=device.type == "cuda")
