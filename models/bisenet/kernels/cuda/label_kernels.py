"""Logits to class ids, confidence and overlays in Triton: enlarged logits exist in registers only.

A program has some rows of pixels, which lie in two or three rows of cells. For every class it interpolates these rows
of cells along x once; each of its pixels is then one multiplication and addition, or two, away.
"""

# ruff: noqa: N803  (compile-time constants in capitals, as Triton's own kernels have them)
# mypy: allow-untyped-defs, allow-incomplete-defs, allow-untyped-decorators, allow-untyped-calls

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

from bisenet.kernels.cuda import blocks
from bisenet.kernels.cuda.blocks import Block
from bisenet.kernels.cuda.tables import LabelTables, RowBlocks


def write(
    tables: LabelTables, rows: RowBlocks, block: Block, logits: Tensor, labels: Tensor, confidence: Tensor | None
) -> None:
    """logits (C, h, w) -> labels and, unless None, confidence, both (H, W) uint8, contiguous."""
    _launch(label_kernel, tables, rows, block, logits, labels, confidence)


def write_overlay(
    tables: LabelTables,
    rows: RowBlocks,
    block: Block,
    logits: Tensor,
    labels: Tensor,
    rgb: Tensor,
    table: Tensor,
    drawn: Tensor,
) -> None:
    """And rgb (H, W, 3) uint8 -> drawn, the same; table (256,) int32: RGBA in its bytes, the lowest first."""
    _launch(overlay_kernel, tables, rows, block, logits, labels, rgb, table, drawn)


def write_overlay_nv12(
    tables: LabelTables,
    rows: RowBlocks,
    block: Block,
    logits: Tensor,
    labels: Tensor,
    planes: tuple[Tensor, Tensor],
    table: Tensor,
    drawn: tuple[Tensor, Tensor],
) -> None:
    """The same with luma and chroma, and Y, U, V and alpha in the table."""
    strided = [item for plane in (*planes, *drawn) for item in (plane, plane.stride(0))]
    _launch(nv12_overlay_kernel, tables, rows, block, logits, labels, table, *strided)


def _launch(
    kernel: Any, tables: LabelTables, rows: RowBlocks, block: Block, logits: Tensor, labels: Tensor, *others: Any
) -> None:
    height, width = labels.shape
    with torch.cuda.device_of(labels):
        kernel[triton.cdiv(width, block.width), triton.cdiv(height + rows.shift, rows.height)](
            logits, *logits.stride(), *logits.shape[1:],
            tables.row_cell, tables.row_share, tables.column_cell, tables.column_share, labels, height, width, *others,
            logits.shape[0], blocks.CLASSES_AT_ONCE, rows.shift, rows.cell_rows, rows.height, block.width,
            num_warps=block.warps, enable_fp_fusion=True,
        )  # fmt: skip


@triton.jit(do_not_specialize=["cells_high", "cells_wide", "height"])
def label_kernel(
    logits, class_stride, row_stride, column_stride, cells_high, cells_wide,
    row_cell, row_share, column_cell, column_share, labels, height, width,
    confidence,
    CLASSES: tl.constexpr, AT_ONCE: tl.constexpr, SHIFT: tl.constexpr, CELL_ROWS: tl.constexpr,
    ROWS: tl.constexpr, PIXELS: tl.constexpr,
):  # fmt: skip
    """See `write`."""
    y = tl.program_id(1) * ROWS - SHIFT + tl.arange(0, ROWS)
    x = tl.program_id(0) * PIXELS + tl.arange(0, PIXELS)
    winner, total = _winners(
        logits, class_stride, row_stride, column_stride, cells_high, cells_wide,
        row_cell, row_share, column_cell, column_share, y, x, height, width,
        CLASSES, AT_ONCE, CELL_ROWS, SHIFT, ROWS, PIXELS, confidence is not None,
    )  # fmt: skip
    inside = ((y >= 0) & (y < height))[:, None] & (x < width)[None, :]
    pixel = (y * width)[:, None] + x[None, :]
    tl.store(labels + pixel, winner.to(tl.uint8), mask=inside)
    if confidence is not None:
        tl.store(confidence + pixel, (255.0 / total + 0.5).to(tl.uint8), mask=inside)


@triton.jit(do_not_specialize=["cells_high", "cells_wide", "height"])
def overlay_kernel(
    logits, class_stride, row_stride, column_stride, cells_high, cells_wide,
    row_cell, row_share, column_cell, column_share, labels, height, width,
    rgb, table, drawn,
    CLASSES: tl.constexpr, AT_ONCE: tl.constexpr, SHIFT: tl.constexpr, CELL_ROWS: tl.constexpr,
    ROWS: tl.constexpr, PIXELS: tl.constexpr,
):  # fmt: skip
    """See `write_overlay`."""
    y = tl.program_id(1) * ROWS - SHIFT + tl.arange(0, ROWS)
    x = tl.program_id(0) * PIXELS + tl.arange(0, PIXELS)
    winner, _ = _winners(
        logits, class_stride, row_stride, column_stride, cells_high, cells_wide,
        row_cell, row_share, column_cell, column_share, y, x, height, width,
        CLASSES, AT_ONCE, CELL_ROWS, SHIFT, ROWS, PIXELS, False,
    )  # fmt: skip
    inside = ((y >= 0) & (y < height))[:, None] & (x < width)[None, :]
    pixel = (y * width)[:, None] + x[None, :]
    tl.store(labels + pixel, winner.to(tl.uint8), mask=inside)
    entry = tl.load(table + winner)
    for channel in tl.static_range(3):
        value = tl.load(rgb + 3 * pixel + channel, mask=inside, other=0)
        tl.store(drawn + 3 * pixel + channel, _blended(value, entry, channel), mask=inside)


@triton.jit(do_not_specialize=["cells_high", "cells_wide", "height"])
def nv12_overlay_kernel(
    logits, class_stride, row_stride, column_stride, cells_high, cells_wide,
    row_cell, row_share, column_cell, column_share, labels, height, width,
    table,
    luma, luma_stride, chroma, chroma_stride,
    drawn_luma, drawn_luma_stride, drawn_chroma, drawn_chroma_stride,
    CLASSES: tl.constexpr, AT_ONCE: tl.constexpr, SHIFT: tl.constexpr, CELL_ROWS: tl.constexpr,
    ROWS: tl.constexpr, PIXELS: tl.constexpr,
):  # fmt: skip
    """See `write_overlay_nv12`."""
    begin = tl.program_id(1) * ROWS - SHIFT
    y = begin + tl.arange(0, ROWS)
    x = tl.program_id(0) * PIXELS + tl.arange(0, PIXELS)
    winner, _ = _winners(
        logits, class_stride, row_stride, column_stride, cells_high, cells_wide,
        row_cell, row_share, column_cell, column_share, y, x, height, width,
        CLASSES, AT_ONCE, CELL_ROWS, SHIFT, ROWS, PIXELS, False,
    )  # fmt: skip
    inside = ((y >= 0) & (y < height))[:, None] & (x < width)[None, :]
    tl.store(labels + (y * width)[:, None] + x[None, :], winner.to(tl.uint8), mask=inside)
    entry = tl.load(table + winner)
    value = tl.load(luma + (y * luma_stride)[:, None] + x[None, :], mask=inside, other=0)
    drawn = drawn_luma + (y * drawn_luma_stride)[:, None] + x[None, :]
    tl.store(drawn, _blended(value, entry, 0), mask=inside)

    # The mean of the blends of the 2 x 2 pixels that share a chroma: at odd edges of the 2 or the 1 that there are.
    alpha = tl.where(inside, (entry >> 24) & 255, 0)
    pixels = _sum_of_four(inside.to(tl.int32), ROWS, PIXELS)
    alphas = _sum_of_four(alpha, ROWS, PIXELS).to(tl.float32)
    share = 1.0 / (255 * tl.maximum(pixels, 1)).to(tl.float32)
    half_y = begin // 2 + tl.arange(0, ROWS // 2)
    half_x = tl.program_id(0) * (PIXELS // 2) + tl.arange(0, PIXELS // 2)
    within = ((half_y >= 0) & (2 * half_y < height))[:, None] & (2 * half_x < width)[None, :]
    source = chroma + (half_y * chroma_stride)[:, None] + (2 * half_x)[None, :]
    drawn = drawn_chroma + (half_y * drawn_chroma_stride)[:, None] + (2 * half_x)[None, :]
    for part in tl.static_range(2):
        colors = _sum_of_four(alpha * ((entry >> (8 * part + 8)) & 255), ROWS, PIXELS).to(tl.float32)
        value = tl.load(source + part, mask=within, other=0).to(tl.float32)
        value += (colors - alphas * value) * share
        tl.store(drawn + part, (value + 0.5).to(tl.uint8), mask=within)


@triton.jit
def _winners(
    logits, class_stride, row_stride, column_stride, cells_high, cells_wide,
    row_cell, row_share, column_cell, column_share, y, x, height, width,
    CLASSES: tl.constexpr, AT_ONCE: tl.constexpr, CELL_ROWS: tl.constexpr, SHIFT: tl.constexpr,
    ROWS: tl.constexpr, PIXELS: tl.constexpr, CONFIDENT: tl.constexpr,
):  # fmt: skip
    """The winning class (ROWS, PIXELS) int32 of rows y and columns x, and the sum of e^(logit - winner's) if CONFIDENT.

    Pixels outside the picture are computed from cells inside the map.
    """
    in_column = (y >= 0) & (y < height)
    in_row = x < width
    upper = tl.load(row_cell + tl.maximum(tl.program_id(1) * ROWS - SHIFT, 0))
    # How many rows of cells below `upper`, and the share of the next.
    position = (tl.load(row_cell + y, mask=in_column, other=0) - upper).to(tl.float32)
    position += tl.load(row_share + y, mask=in_column, other=0.0)
    left = tl.load(column_cell + x, mask=in_row, other=0)
    share = tl.load(column_share + x, mask=in_row, other=0.0)
    right = tl.minimum(left + 1, cells_wide - 1) * column_stride
    left *= column_stride

    winner = tl.zeros([ROWS, PIXELS], tl.int32)
    highest = tl.full([ROWS, PIXELS], float("-inf"), tl.float32)
    total = tl.zeros([ROWS, PIXELS], tl.float32)
    for c in tl.range(0, CLASSES, loop_unroll_factor=AT_ONCE):
        cells = logits + c * class_stride
        row = _between(cells + upper * row_stride, left, right, share)
        value = tl.broadcast_to(row[None, :], [ROWS, PIXELS])
        for r in tl.static_range(1, CELL_ROWS):
            below = _between(cells + tl.minimum(upper + r, cells_high - 1) * row_stride, left, right, share)
            passed = tl.minimum(tl.maximum(position - (r - 1), 0.0), 1.0)
            value += passed[:, None] * (below - row)[None, :]
            row = below
        higher = value > highest
        if CONFIDENT:
            # One exponential a class: of the two terms, the new one and the sum so far, the lower one shrinks.
            shrunk = tl.exp2(tl.abs(value - highest) * -1.4426950408889634)
            total = tl.where(higher, total * shrunk + 1.0, total + shrunk)
        winner = tl.where(higher, c, winner)
        highest = tl.where(higher, value, highest)
    return winner, total


@triton.jit
def _between(cells, left, right, share):
    """A row of cells interpolated at columns (PIXELS,)."""
    value = tl.load(cells + left).to(tl.float32)
    return value + share * (tl.load(cells + right).to(tl.float32) - value)


@triton.jit
def _blended(value, entry, channel: tl.constexpr):
    """Of a picture's uint8 and an entry of the table, with the entry's alpha."""
    value = value.to(tl.float32)
    color = ((entry >> (8 * channel)) & 255).to(tl.float32)
    alpha = ((entry >> 24) & 255).to(tl.float32) * (1 / 255)
    return (value + (color - value) * alpha + 0.5).to(tl.uint8)


@triton.jit
def _sum_of_four(value, ROWS: tl.constexpr, PIXELS: tl.constexpr):
    """(ROWS, PIXELS) int32 -> (ROWS / 2, PIXELS / 2)."""
    return tl.sum(tl.sum(tl.reshape(value, [ROWS // 2, 2, PIXELS // 2, 2]), axis=3), axis=1)
