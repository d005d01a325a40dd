"""What `input_kernels` does, in plain torch: where there is no Triton, and to compare with."""

from __future__ import annotations

from torch import Tensor

from bisenet.kernels.cuda.colors import YuvColors
from bisenet.kernels.cuda.tables import CardTaps, InputTables, Normal


def write_rgb(tables: InputTables, rgb: Tensor, normal: Normal | None, out: Tensor) -> None:
    """rgb (H, W, 3) uint8 -> out (h, w, 3)."""
    _write(_resampled(rgb, tables.rows, tables.columns).unbind(2), normal, out)


def write_nv12(
    tables: InputTables, luma: Tensor, chroma: Tensor, colors: YuvColors, normal: Normal | None, out: Tensor
) -> None:
    """luma (H, W) uint8, chroma (ceil(H / 2), ceil(W / 2), 2) uint8 -> out (h, w, 3)."""
    light = _resampled(luma[..., None], tables.rows, tables.columns)[..., 0]
    u, v = _resampled(chroma, tables.chroma_rows, tables.chroma_columns).unbind(2)
    matrix, offset = (array.tolist() for array in colors.to_rgb())
    channels = [light * row[0] + u * row[1] + v * row[2] + offset[c] for c, row in enumerate(matrix)]
    _write(channels, normal, out)


def _resampled(plane: Tensor, rows: CardTaps, columns: CardTaps) -> Tensor:
    """(H, W, channels) uint8 -> (h, w, channels) float32."""
    return _along(1, _along(0, plane, rows), columns)


def _along(axis: int, plane: Tensor, taps: CardTaps) -> Tensor:
    # Sums of a few products rather than matrices: faster for two or three taps, and exact where TF32 is allowed.
    shape = (-1, 1, 1) if axis == 0 else (1, -1, 1)
    total = taps.weights[0].view(shape) * plane.index_select(axis, taps.first)
    for k in range(1, taps.taps):
        total.addcmul_(taps.weights[k].view(shape), plane.index_select(axis, taps.first + k).float())
    return total


def _write(channels: tuple[Tensor, ...] | list[Tensor], normal: Normal | None, out: Tensor) -> None:
    for c, values in enumerate(channels):
        level = values.clamp(0, 255).add_(0.5).floor_()
        if normal is not None:
            scale, bias = normal
            level = level.mul_(scale[c]).add_(bias[c])
        out[..., c].copy_(level)
