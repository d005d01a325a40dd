"""Planes in one piece: as NVENC wants them, whatever they lay like before."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from bisenet_viewer.nv12 import in_one_piece, is_in_one_piece, torch_context


def planes(width: int, height: int, *, padding: int = 0) -> tuple[Tensor, Tensor]:
    """Of random levels, each with rows that are longer than the picture is wide."""
    pitch = width + padding
    luma = torch.randint(0, 256, (height, pitch), dtype=torch.uint8)[:, :width]
    chroma = torch.randint(0, 256, (height // 2, pitch // 2, 2), dtype=torch.uint8)[:, : width // 2]
    return luma, chroma


@pytest.mark.parametrize(("width", "height"), [(64, 48), (854, 480), (2, 2), (130, 6)])
@pytest.mark.parametrize("padding", [0, 62])
def test_copies_are_equal_and_lie_together(width: int, height: int, padding: int) -> None:
    luma, chroma = planes(width, height, padding=padding)
    assert not is_in_one_piece(luma, chroma)
    copied_luma, copied_chroma = in_one_piece(luma, chroma)
    assert torch.equal(copied_luma, luma)
    assert torch.equal(copied_chroma, chroma)
    assert is_in_one_piece(copied_luma, copied_chroma)
    luma.zero_()
    assert copied_luma.any()


def test_what_lies_otherwise_is_told() -> None:
    luma, chroma = in_one_piece(*planes(64, 48))
    memory = torch.zeros(54 * 3 // 2, 54, dtype=torch.uint8)
    assert not is_in_one_piece(luma, chroma.clone())
    assert not is_in_one_piece(luma[:-2], chroma)
    # Rows of 54 bytes: NVENC would refuse.
    assert not is_in_one_piece(memory[:54], memory[54:].view(27, 27, 2))


@pytest.mark.parametrize(("width", "height"), [(64, 47), (63, 48)])
def test_odd_sizes_are_refused(width: int, height: int) -> None:
    luma = torch.zeros(height, width, dtype=torch.uint8)
    chroma = torch.zeros((height + 1) // 2, (width + 1) // 2, 2, dtype=torch.uint8)
    with pytest.raises(ValueError, match="even size"):
        in_one_piece(luma, chroma)


def test_a_card_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="there is no card cuda:99"), torch_context(99):
        pass
