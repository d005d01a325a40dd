"""The tables of one resizing on a device, shared by the kernels and their twins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bisenet.kernels.cuda.resampling import Taps, resampling
from bisenet.kernels.sampling import sampling
from bisenet.upsampling import Upsampling

MOST_CELL_ROWS = 4
"""In which the rows of a block may lie before it is made lower."""


Normal = tuple[tuple[float, float, float], tuple[float, float, float]]
"""What the levels of red, green and blue are multiplied by, and what is added then."""


@dataclass(frozen=True, slots=True, eq=False)
class CardTaps:
    """`Taps` on a device."""

    first: Tensor
    """(pixels,) int32"""
    weights: Tensor
    """(taps, pixels) float32"""

    @classmethod
    def of(cls, taps: Taps, device: torch.device) -> CardTaps:
        return cls(_on(device, taps.first), _on(device, np.ascontiguousarray(taps.weights.T)))

    @property
    def taps(self) -> int:
        return self.weights.shape[0]

    @property
    def pixels(self) -> int:
        return self.weights.shape[1]


@dataclass(frozen=True, slots=True, eq=False)
class InputTables:
    """A picture to a network's input."""

    rows: CardTaps
    columns: CardTaps
    chroma_rows: CardTaps
    """Of a map half as high as the picture (rounded up), each value of which stands for two rows. That is how FFmpeg
    turns what processors decode (yuv420p of even size) into RGB, so a network sees the same picture on every path."""
    chroma_columns: CardTaps
    same_columns: bool
    """The width stays as it is."""

    @classmethod
    def of(cls, picture: tuple[int, int], imgsz: tuple[int, int], device: torch.device) -> InputTables:
        """picture (height, width), imgsz (width, height)."""
        rows, columns = resampling(picture, imgsz)
        return cls(
            CardTaps.of(rows, device),
            CardTaps.of(columns, device),
            CardTaps.of(rows.at_half_size((picture[0] + 1) // 2), device),
            CardTaps.of(columns.at_half_size((picture[1] + 1) // 2), device),
            same_columns=picture[1] == imgsz[0],
        )


@dataclass(frozen=True, slots=True, eq=False)
class LabelTables:
    """A network's logits to a picture."""

    row_cell: Tensor
    """(H,) int32; see `bisenet.kernels.sampling.Sampling`."""
    row_share: Tensor
    """(H,) float32"""
    column_cell: Tensor
    column_share: Tensor

    @classmethod
    def of(
        cls, cells: tuple[int, int], picture: tuple[int, int], upsampling: Upsampling, device: torch.device
    ) -> LabelTables:
        """cells and picture: (height, width)."""
        tables = []
        for axis in zip(cells, picture, strict=True):
            samples = sampling(*axis, upsampling)
            tables += [_on(device, samples.cell.astype(np.int32)), _on(device, samples.share)]
        return cls(*tables)


@dataclass(frozen=True, slots=True)
class RowBlocks:
    """How the rows of a picture are cut into blocks: the first block begins `shift` rows above the picture."""

    height: int
    shift: int
    """Even."""
    cell_rows: int
    """How many rows of cells a block needs at most."""

    @classmethod
    def of(cls, cells: int, pixels: int, upsampling: Upsampling, height: int) -> RowBlocks:
        """Blocks of at most `height` rows that need as few rows of cells as can be.

        At 8 times, blocks of 8 that begin in the middle of cells need two, others three.
        """
        cell = sampling(cells, pixels, upsampling).cell
        while True:
            choices = [cls(height, shift, _cell_rows(cell, cells, height, shift)) for shift in range(0, height, 2)]
            best = min(choices, key=lambda blocks: blocks.cell_rows)
            if best.cell_rows <= MOST_CELL_ROWS or height == 2:
                return best
            height //= 2


def _cell_rows(cell: NDArray[np.int64], cells: int, height: int, shift: int) -> int:
    begin = np.arange(-shift, len(cell), height)
    first, last = cell[np.maximum(begin, 0)], cell[np.minimum(begin + height, len(cell)) - 1]
    return int(min(cells, (last - first).max() + 2))


def _on(device: torch.device, array: NDArray[np.int32] | NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(array.copy()).to(device)
