"""Calls of the kernels before and after the network, on enough buffers that no cache helps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from benchmarks.gpu.subjects import Size
from torch import Tensor

from bisenet.card import IMAGENET_MEAN, IMAGENET_STD
from bisenet.kernels.cuda.choice import Kernels
from bisenet.kernels.cuda.colors import YuvColors
from bisenet.kernels.cuda.input_maker import InputMaker
from bisenet.kernels.cuda.label_maker import LabelMaker

KINDS = ("RGB in", "NV12 in", "ids", "ids, confidence", "ids, overlay", "ids, overlay NV12")
_CLASSES, _STRIDE = 19, 8
_YUV = YuvColors("bt709", full_range=False)
_BEYOND_CACHES = 256 << 20
_MOST_SETS = 16


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of kernel at one size."""

    calls: list[Callable[[], None]]
    """On buffers of their own each."""
    written: list[Tensor]
    """By the first call."""
    bytes: int
    """The fewest that one call reads and writes."""


def work(
    kind: str, picture: Size, imgsz: Size, device: torch.device, kernels: Kernels, seed: int | None = None
) -> Work:
    """One of KINDS on random values; with the same seed the same. picture, imgsz: (width, height)."""
    if seed is not None:
        torch.manual_seed(seed)
    if kind in ("RGB in", "NV12 in"):
        return _input_work(kind, picture, imgsz, device, kernels)
    return _label_work(kind, picture, imgsz, device, kernels)


def _input_work(kind: str, picture: Size, imgsz: Size, device: torch.device, kernels: Kernels) -> Work:
    (width, height), (wide, high) = picture, imgsz
    maker = InputMaker((height, width), imgsz, mean=IMAGENET_MEAN, std=IMAGENET_STD, device=device, kernels=kernels)
    size = (3 * width * height if kind == "RGB in" else _nv12_bytes(picture)) + 2 * 3 * wide * high
    calls, outs = [], []
    for _ in range(_sets(size)):
        out = torch.empty((1, 3, high, wide), dtype=torch.float16, device=device)
        out = out.to(memory_format=torch.channels_last)[0]
        if kind == "RGB in":
            calls.append(_bound(maker.write_rgb, _levels(device, height, width, 3), out))
        else:
            calls.append(_bound(maker.write_nv12, *_planes(picture, device), _YUV, out))
        outs.append(out)
    return Work(calls, outs[:1], size)


def _label_work(kind: str, picture: Size, imgsz: Size, device: torch.device, kernels: Kernels) -> Work:
    (width, height), cells = picture, (-(-imgsz[1] // _STRIDE), -(-imgsz[0] // _STRIDE))
    maker = LabelMaker(cells, (height, width), "bilinear", device=device, kernels=kernels)
    pixels = width * height
    more = {
        "ids": 0,
        "ids, confidence": pixels,
        "ids, overlay": 6 * pixels,
        "ids, overlay NV12": 2 * _nv12_bytes(picture),
    }
    size = 2 * _CLASSES * cells[0] * cells[1] + pixels + more[kind]
    calls, all_written = [], []
    for _ in range(_sets(size)):
        logits = torch.randn((1, _CLASSES, *cells), device=device).half().to(memory_format=torch.channels_last)[0]
        labels, table = _levels(device, height, width), _levels(device, 256, 4)
        if kind == "ids":
            written = [labels]
            call = _bound(maker.write, logits, labels)
        elif kind == "ids, confidence":
            written = [labels, _levels(device, height, width)]
            call = _bound(maker.write_with_confidence, logits, *written)
        elif kind == "ids, overlay":
            rgb, drawn = (_levels(device, height, width, 3) for _ in range(2))
            written = [labels, drawn]
            call = _bound(maker.write_overlay, logits, labels, rgb, table, drawn)
        else:
            written = [labels, *_planes(picture, device)]
            call = _bound(maker.write_overlay_nv12, logits, labels, *_planes(picture, device), table, *written[1:])
        calls.append(call)
        all_written.append(written)
    return Work(calls, all_written[0], size)


def _levels(device: torch.device, *shape: int) -> Tensor:
    return torch.randint(0, 256, shape, dtype=torch.uint8, device=device)


def _planes(picture: Size, device: torch.device) -> tuple[Tensor, Tensor]:
    width, height = picture
    return _levels(device, height, width), _levels(device, (height + 1) // 2, (width + 1) // 2, 2)


def _nv12_bytes(picture: Size) -> int:
    width, height = picture
    return width * height + 2 * ((height + 1) // 2) * ((width + 1) // 2)


def _sets(size: int) -> int:
    """Of buffers, of a kernel that moves so many bytes."""
    return max(2, min(_MOST_SETS, -(-_BEYOND_CACHES // size)))


def _bound(call: Callable[..., None], *arguments: object) -> Callable[[], None]:
    return lambda: call(*arguments)
