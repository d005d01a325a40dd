"""`Buffers`: the memory of one round of pictures on a card, which stays where it is, as captured work needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from bisenet.engines import BlendTable
from bisenet.engines.cuda.card import Card
from bisenet.engines.cuda.job import Job
from bisenet.engines.cuda.pictures import Nv12Picture, Picture
from bisenet.engines.torch_runner import as_tensor


@dataclass(frozen=True, slots=True)
class Fetched:
    """Results of one round that belong to whoever began it; they are there when their event has come."""

    labels: Tensor
    """(N, H, W) uint8; on the host, as all that follows but the planes."""
    confidence: Tensor | None
    """(N, H, W) uint8."""
    scores: Tensor | None
    """(N, C, h, w) float32."""
    drawn: Tensor | None
    """(N, H, W, 3) uint8 RGB."""
    luma: Tensor | None
    """(N, H, W) uint8, on the card."""
    chroma: Tensor | None
    """(N, ceil(H / 2), ceil(W / 2), 2) uint8, on the card."""


class Buffers:
    """Where pictures come in, what the network gets, and where its results lie until they are fetched."""

    def __init__(self, job: Job, imgsz: tuple[int, int], takes: torch.dtype, card: Card) -> None:
        """imgsz: (width, height) of the network's input, of the type `takes`."""
        count, (height, width), device = job.count, job.size, card.device
        half = (height + 1) // 2, (width + 1) // 2, 2
        self.job = job
        self._card = card

        def bytes_of(*shape: int) -> Tensor:
            return torch.empty((count, *shape), dtype=torch.uint8, device=device)

        self.rgb = self.luma = self.chroma = self._staged = None
        if job.colors is None:
            self.rgb = bytes_of(height, width, 3)
            self._staged = card.pinned((count, height, width, 3), torch.uint8)
        else:
            self.luma, self.chroma = bytes_of(height, width), bytes_of(*half)
        if takes == torch.uint8:
            self.inputs = bytes_of(imgsz[1], imgsz[0], 3)
        else:
            self.inputs = torch.empty(
                (count, 3, imgsz[1], imgsz[0]), dtype=takes, device=device, memory_format=torch.channels_last
            )
        self.labels = bytes_of(height, width)
        self.confidence = bytes_of(height, width) if job.confidence else None
        self.scores: Tensor | None = None
        """(N, C, h, w) float32, where they are wanted; made when the network has shown how many classes it has."""
        self.table = self.drawn = self.drawn_luma = self.drawn_chroma = None
        if job.blend:
            self.table = torch.zeros((256, 4), dtype=torch.uint8, device=device)
            if job.colors is None:
                self.drawn = bytes_of(height, width, 3)
            else:
                self.drawn_luma, self.drawn_chroma = bytes_of(height, width), bytes_of(*half)
        self._blend: BlendTable | None = None

    def clear(self) -> None:
        """So that what is run to try things out runs on something."""
        for tensor in (self.rgb, self.luma, self.chroma, self.inputs):
            if tensor is not None:
                tensor.zero_()

    def take_in(self, pictures: Sequence[Picture], blend: BlendTable | None) -> None:
        """Copy the pictures, and what they are to be drawn with; on the current stream, host pictures at once."""
        for index, picture in enumerate(pictures):
            if isinstance(picture, Nv12Picture):
                assert self.luma is not None
                assert self.chroma is not None
                self.luma[index].copy_(picture.luma, non_blocking=True)
                self.chroma[index].copy_(picture.chroma, non_blocking=True)
            else:
                assert self._staged is not None
                # torch knows no arrays that run backwards, as mirrored ones do.
                self._staged[index].copy_(as_tensor(np.ascontiguousarray(picture)))
        if self.rgb is not None and self._staged is not None:
            self.rgb.copy_(self._staged, non_blocking=True)
        if blend is not None and blend != self._blend:
            assert self.table is not None
            self.table.copy_(self._colors(blend))
            self._blend = blend

    def _colors(self, blend: BlendTable) -> Tensor:
        """(256, 4): in the colours of the pictures, and alpha."""
        rgba = torch.frombuffer(bytearray(blend.rgba), dtype=torch.uint8).view(256, 4)
        if self.job.colors is None:
            return rgba
        matrix, offset = map(torch.tensor, self.job.colors.from_rgb())
        yuv = rgba[:, :3].float() @ matrix.T + offset
        return torch.cat((yuv.round().clamp(0, 255).to(torch.uint8), rgba[:, 3:]), dim=1)

    def fetched(self) -> Fetched:
        """Begin to copy the results to the host, on the current stream; what stays on the card is copied there."""
        return Fetched(
            labels=self._to_host(self.labels),
            confidence=None if self.confidence is None else self._to_host(self.confidence),
            scores=None if self.scores is None else self._to_host(self.scores),
            drawn=None if self.drawn is None else self._to_host(self.drawn),
            luma=None if self.drawn_luma is None else self.drawn_luma.clone(),
            chroma=None if self.drawn_chroma is None else self.drawn_chroma.clone(),
        )

    def _to_host(self, tensor: Tensor) -> Tensor:
        host = self._card.pinned(tuple(tensor.shape), tensor.dtype)
        return host.copy_(tensor, non_blocking=True)
