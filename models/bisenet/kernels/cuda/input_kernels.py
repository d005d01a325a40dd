"""Pictures to a network's input in Triton: resized, rounded to levels, normalised and written in one pass.

Every value is computed on its own, from the few values of the picture that it covers; neighbours meet in the cache.
"""

# ruff: noqa: N803  (compile-time constants in capitals, as Triton's own kernels have them)
# mypy: allow-untyped-defs, allow-incomplete-defs, allow-untyped-decorators, allow-untyped-calls

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from bisenet.kernels.cuda.blocks import Block
from bisenet.kernels.cuda.colors import YuvColors
from bisenet.kernels.cuda.tables import InputTables, Normal


def write_rgb(tables: InputTables, block: Block, rgb: Tensor, normal: Normal | None, out: Tensor) -> None:
    """rgb (H, W, 3) uint8 -> out (h, w, 3), both contiguous."""
    rows, columns = tables.rows, tables.columns
    grid = (triton.cdiv(3 * columns.pixels, block.width), triton.cdiv(rows.pixels, block.height))
    scale, bias = normal or ((0.0,) * 3, (0.0,) * 3)
    same_columns = tables.same_columns
    with torch.cuda.device_of(out):
        rgb_kernel[grid](
            rgb, rgb.shape[1], out, rows.pixels, columns.pixels,
            rows.first, rows.weights, columns.first, columns.weights,
            *scale, *bias, normal is not None,
            rows.taps, columns.taps, same_columns, same_columns and columns.pixels % 16 == 0,
            block.height, block.width, num_warps=block.warps, enable_fp_fusion=True,
        )  # fmt: skip


def write_nv12(
    tables: InputTables,
    block: Block,
    luma: Tensor,
    chroma: Tensor,
    colors: YuvColors,
    normal: Normal | None,
    out: Tensor,
) -> None:
    """luma (H, W) uint8, chroma (ceil(H / 2), ceil(W / 2), 2) uint8 -> out (h, w, 3), contiguous."""
    rows, columns = tables.rows, tables.columns
    grid = (triton.cdiv(columns.pixels, block.width), triton.cdiv(rows.pixels, block.height))
    scale, bias = normal or ((0.0,) * 3, (0.0,) * 3)
    matrix, offset = colors.to_rgb()
    with torch.cuda.device_of(out):
        nv12_kernel[grid](
            luma, luma.stride(0), chroma, chroma.stride(0), out, rows.pixels, columns.pixels,
            rows.first, rows.weights, columns.first, columns.weights,
            tables.chroma_rows.first, tables.chroma_rows.weights,
            tables.chroma_columns.first, tables.chroma_columns.weights,
            *matrix.ravel().tolist(), *offset.tolist(), *scale, *bias, normal is not None,
            rows.taps, columns.taps, tables.chroma_rows.taps, tables.chroma_columns.taps,
            block.height, block.width, num_warps=block.warps, enable_fp_fusion=True,
        )  # fmt: skip


# Sizes are not specialised: if Triton knew rows to be aligned, it would give each lane neighbouring values, to store
# them as one. Neighbouring lanes would then load from far apart, and there are several loads to a store.
@triton.jit(do_not_specialize=["source_width", "height", "width"])
def rgb_kernel(
    rgb, source_width, out, height, width,
    row_first, row_weights, column_first, column_weights,
    red_scale, green_scale, blue_scale, red_bias, green_bias, blue_bias,
    NORMALISED: tl.constexpr,
    ROW_TAPS: tl.constexpr, COLUMN_TAPS: tl.constexpr, SAME_COLUMNS: tl.constexpr, ALIGNED: tl.constexpr,
    ROWS: tl.constexpr, VALUES: tl.constexpr,
):  # fmt: skip
    """See `write_rgb`; height and width are those of `out`."""
    source_stride = 3 * source_width
    stride = 3 * width
    if ALIGNED:  # here loads are neighbours where stores are
        source_stride = tl.multiple_of(source_stride, 16)
        stride = tl.multiple_of(stride, 16)
    y = tl.program_id(1) * ROWS + tl.arange(0, ROWS)
    value = tl.program_id(0) * VALUES + tl.arange(0, VALUES)
    in_column = y < height
    in_row = value < stride
    x = value // 3
    channel = value - 3 * x
    upper = tl.load(row_first + y, mask=in_column, other=0)
    if SAME_COLUMNS:  # said plainly, so that lanes load vectors
        left = value
        needed = in_row[None, :]
    else:
        left = 3 * tl.load(column_first + x, mask=in_row, other=0) + channel
        needed = None  # what the tables say lies inside the picture, also for lanes that do not
    level = tl.zeros([ROWS, VALUES], tl.float32)
    for i in range(COLUMN_TAPS):
        column = tl.zeros([ROWS, VALUES], tl.float32)
        for j in range(ROW_TAPS):
            weight = tl.load(row_weights + j * height + y, mask=in_column, other=0.0)
            source = ((upper + j) * source_stride)[:, None] + (left + 3 * i)[None, :]
            column += weight[:, None] * tl.load(rgb + source, mask=needed)
        weight = tl.load(column_weights + i * width + x, mask=in_row, other=0.0)
        level += weight[None, :] * column
    level = tl.floor(level + 0.5)
    if NORMALISED:
        scale = tl.where(channel == 0, red_scale, tl.where(channel == 1, green_scale, blue_scale))
        bias = tl.where(channel == 0, red_bias, tl.where(channel == 1, green_bias, blue_bias))
        level = level * scale[None, :] + bias[None, :]
    target = (y * stride)[:, None] + value[None, :]
    inside = in_column[:, None] & in_row[None, :]
    tl.store(out + target, level.to(out.dtype.element_ty), mask=inside)


@triton.jit(do_not_specialize=["luma_stride", "chroma_stride", "height", "width"])
def nv12_kernel(
    luma, luma_stride, chroma, chroma_stride, out, height, width,
    row_first, row_weights, column_first, column_weights,
    chroma_row_first, chroma_row_weights, chroma_column_first, chroma_column_weights,
    red_y, red_u, red_v, green_y, green_u, green_v, blue_y, blue_u, blue_v,
    red_offset, green_offset, blue_offset,
    red_scale, green_scale, blue_scale, red_bias, green_bias, blue_bias,
    NORMALISED: tl.constexpr,
    ROW_TAPS: tl.constexpr, COLUMN_TAPS: tl.constexpr, CHROMA_ROW_TAPS: tl.constexpr, CHROMA_COLUMN_TAPS: tl.constexpr,
    ROWS: tl.constexpr, PIXELS: tl.constexpr,
):  # fmt: skip
    """See `write_nv12`; height and width are those of `out`."""
    y = tl.program_id(1) * ROWS + tl.arange(0, ROWS)
    x = tl.program_id(0) * PIXELS + tl.arange(0, PIXELS)
    light, _ = _resampled(
        luma, luma_stride, False, y, x, height, width, row_first, row_weights, column_first, column_weights,
        ROW_TAPS, COLUMN_TAPS, ROWS, PIXELS,
    )  # fmt: skip
    u, v = _resampled(
        chroma, chroma_stride, True, y, x, height, width,
        chroma_row_first, chroma_row_weights, chroma_column_first, chroma_column_weights,
        CHROMA_ROW_TAPS, CHROMA_COLUMN_TAPS, ROWS, PIXELS,
    )  # fmt: skip
    red = _level(light * red_y + u * red_u + v * red_v + red_offset)
    green = _level(light * green_y + u * green_u + v * green_v + green_offset)
    blue = _level(light * blue_y + u * blue_u + v * blue_v + blue_offset)
    if NORMALISED:
        red = red * red_scale + red_bias
        green = green * green_scale + green_bias
        blue = blue * blue_scale + blue_bias
    inside = (y < height)[:, None] & (x < width)[None, :]
    target = out + (y * (3 * width))[:, None] + (3 * x)[None, :]
    tl.store(target, red.to(out.dtype.element_ty), mask=inside)
    tl.store(target + 1, green.to(out.dtype.element_ty), mask=inside)
    tl.store(target + 2, blue.to(out.dtype.element_ty), mask=inside)


@triton.jit
def _resampled(
    plane, row_stride, PAIRS: tl.constexpr, y, x, height, width,
    row_first, row_weights, column_first, column_weights,
    ROW_TAPS: tl.constexpr, COLUMN_TAPS: tl.constexpr, ROWS: tl.constexpr, PIXELS: tl.constexpr,
):  # fmt: skip
    """Values (ROWS, PIXELS) of a plane at rows y, columns x of the resized picture; of PAIRS the second ones too."""
    in_column = y < height
    in_row = x < width
    # What the tables say lies inside the plane, also for lanes that do not: no load needs a mask.
    upper = tl.load(row_first + y, mask=in_column, other=0)
    left = tl.load(column_first + x, mask=in_row, other=0)
    first = tl.zeros([ROWS, PIXELS], tl.float32)
    second = tl.zeros([ROWS, PIXELS], tl.float32)
    for i in range(COLUMN_TAPS):
        first_of_column = tl.zeros([ROWS, PIXELS], tl.float32)
        second_of_column = tl.zeros([ROWS, PIXELS], tl.float32)
        for j in range(ROW_TAPS):
            weight = tl.load(row_weights + j * height + y, mask=in_column, other=0.0)
            row = (upper + j) * row_stride
            if PAIRS:
                source = plane + (row[:, None] + (2 * (left + i))[None, :])
                second_of_column += weight[:, None] * tl.load(source + 1)
            else:
                source = plane + (row[:, None] + (left + i)[None, :])
            first_of_column += weight[:, None] * tl.load(source)
        weight = tl.load(column_weights + i * width + x, mask=in_row, other=0.0)
        first += weight[None, :] * first_of_column
        second += weight[None, :] * second_of_column
    return first, second


@triton.jit
def _level(value):
    return tl.floor(tl.minimum(tl.maximum(value, 0.0), 255.0) + 0.5)
