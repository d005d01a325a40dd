"""Pictures that FFmpeg leaves on a card or takes from there: in torch's context, each in one piece of memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch
from torch import Tensor

PITCH = 64
"""Rows begin at multiples of it: NVENC asks for 4, and kernels read pieces of up to 16 bytes."""


@contextmanager
def torch_context(index: int) -> Iterator[None]:
    """Within, torch's context of a card is this thread's current one, in which FFmpeg can take part.

    FFmpeg's own way there (`primary_ctx`) fails once torch has made that context, with other flags than FFmpeg wants;
    and with a context of its own it could not read torch's memory. Raises ValueError where there is no such card,
    RuntimeError when the card fails.
    """
    if not 0 <= index < torch.cuda.device_count():
        raise ValueError(f"there is no card cuda:{index}")
    with torch.cuda.device(index):
        # Not `empty`: it may take memory that torch has kept, and then calls nothing that makes a context current.
        torch.zeros(1, device=f"cuda:{index}")
        yield


def in_one_piece(luma: Tensor, chroma: Tensor) -> tuple[Tensor, Tensor]:
    """Copies of (H, W) and (H / 2, W / 2, 2) uint8 where they lie, the second right behind the first.

    On a card they are made on torch's default stream, as is what FFmpeg does there: after what FFmpeg was given before,
    and before what it is given afterwards. Raises ValueError for an odd size, RuntimeError when the card fails.
    """
    height, width = luma.shape
    if height % 2 or width % 2 or chroma.shape != (height // 2, width // 2, 2):
        raise ValueError(f"expected planes of an even size, got {tuple(luma.shape)} and {tuple(chroma.shape)}")
    pitch = -(-width // PITCH) * PITCH
    with torch.cuda.stream(torch.cuda.default_stream(luma.device)) if luma.is_cuda else nullcontext():
        memory = torch.empty((height * 3 // 2, pitch), dtype=torch.uint8, device=luma.device)
        copied = memory[:height, :width], memory[height:].view(height // 2, pitch // 2, 2)[:, : width // 2]
        copied[0].copy_(luma)
        copied[1].copy_(chroma)
    return copied


def is_in_one_piece(luma: Tensor, chroma: Tensor) -> bool:
    """Whether they lie as `in_one_piece` lays them: NVENC is told where the first is and looks for the other there."""
    pitch = luma.stride(0)
    return (
        (luma.stride(1), *chroma.stride()) == (1, pitch, 2, 1)
        and pitch % 4 == 0
        and chroma.data_ptr() == luma.data_ptr() + pitch * luma.shape[0]
    )
