"""What `label_kernels` does, in plain torch: where there is no Triton, and to compare with."""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from bisenet.kernels.cuda.tables import LabelTables

_STRIP_BYTES = 64 << 20
"""Of enlarged logits in float32 that exist at a time; 19 classes at 4K would be 630 MB."""


def write(tables: LabelTables, logits: Tensor, labels: Tensor, confidence: Tensor | None) -> None:
    """logits (C, h, w) -> labels and, unless None, confidence, both (H, W) uint8."""
    for rows, values in _strips(tables, logits):
        highest, ids = values.max(dim=0)
        labels[rows].copy_(ids)
        if confidence is not None:
            confidence[rows].copy_(255 / (values - highest).exp_().sum(dim=0) + 0.5)


def write_overlay(
    tables: LabelTables, logits: Tensor, labels: Tensor, rgb: Tensor, table: Tensor, drawn: Tensor
) -> None:
    """And rgb (H, W, 3) uint8 -> drawn, the same; table (256, 4) uint8 RGBA."""
    for rows, values in _strips(tables, logits):
        entries = _entries(values, labels[rows], table)
        drawn[rows].copy_(_blended(rgb[rows], entries[..., :3], entries[..., 3:]))


def write_overlay_nv12(
    tables: LabelTables,
    logits: Tensor,
    labels: Tensor,
    planes: tuple[Tensor, Tensor],
    table: Tensor,
    drawn: tuple[Tensor, Tensor],
) -> None:
    """The same with luma and chroma, and Y, U, V and alpha in the table."""
    (luma, chroma), (drawn_luma, drawn_chroma) = planes, drawn
    for rows, values in _strips(tables, logits):
        entries = _entries(values, labels[rows], table)
        alpha = entries[..., 3]
        drawn_luma[rows].copy_(_blended(luma[rows], entries[..., 0], alpha))
        # The mean of the blends of the 2 x 2 pixels that share a chroma: at odd edges of the 2 or the 1 that there are.
        of_four = torch.stack([alpha, alpha * entries[..., 1], alpha * entries[..., 2]])
        of_four = F.avg_pool2d(of_four, 2, ceil_mode=True, count_include_pad=False)
        halves = slice(rows.start // 2, (rows.stop + 1) // 2)
        kept = 1 - of_four[0] / 255
        colors = of_four[1:].permute(1, 2, 0) / 255
        drawn_chroma[halves].copy_(chroma[halves] * kept[..., None] + colors + 0.5)


def _strips(tables: LabelTables, logits: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """Some rows of the picture, an even number, and their enlarged logits (C, rows, W) float32."""
    height, width = tables.row_cell.shape[0], tables.column_cell.shape[0]
    strip = max(2, _STRIP_BYTES // (4 * logits.shape[0] * width) // 2 * 2)
    for begin in range(0, height, strip):
        rows = slice(begin, min(begin + strip, height))
        values = _between(logits, 1, tables.row_cell[rows], tables.row_share[rows, None])
        yield rows, _between(values, 2, tables.column_cell, tables.column_share)


def _between(cells: Tensor, axis: int, cell: Tensor, share: Tensor) -> Tensor:
    below = (cell + 1).clamp_(max=cells.shape[axis] - 1)
    return torch.lerp(cells.index_select(axis, cell).float(), cells.index_select(axis, below).float(), share)


def _entries(values: Tensor, labels: Tensor, table: Tensor) -> Tensor:
    """Write the labels (rows, W) of a strip; their entries in the table (rows, W, 4) float32."""
    ids = values.argmax(dim=0)
    labels.copy_(ids)
    return table[ids].float()


def _blended(values: Tensor, colors: Tensor, alpha: Tensor) -> Tensor:
    return values + (colors - values) * (alpha / 255) + 0.5
