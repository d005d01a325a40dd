"""`InputMaker`: a picture on the card, RGB or NV12, to a network's input in one pass."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from bisenet.kernels.cuda import blocks, input_twin
from bisenet.kernels.cuda.choice import Kernels, usable_kernels
from bisenet.kernels.cuda.colors import YuvColors
from bisenet.kernels.cuda.tables import InputTables, Normal

_MOST_BYTES = 2**31 - 1
"""The kernels count in int32."""


class InputMaker:
    """Resizes as `bisenet.pictures.resized` does, to within one level, rounds to levels, and normalises.

    One for each size of pictures and of the network; used by one thread at a time. Its calls are asynchronous, on the
    current stream, and can be captured in a CUDA graph. With Triton they allocate nothing; the first one compiles.
    """

    def __init__(
        self,
        picture: tuple[int, int],
        imgsz: tuple[int, int],
        *,
        mean: Sequence[float] | None,
        std: Sequence[float] | None,
        device: torch.device,
        kernels: Kernels | None = None,
    ) -> None:
        """picture: (height, width); imgsz: (width, height) of the network; mean and std: of 0 to 1, three each.

        mean and std None: uint8 pictures are written, for networks that normalise. kernels None: `usable_kernels`.
        Raises ValueError.
        """
        if min(*picture, *imgsz) < 1 or 3 * max(picture[0] * picture[1], imgsz[0] * imgsz[1]) > _MOST_BYTES:
            raise ValueError(f"expected sizes of 1 x 1 to about 26,000 x 26,000, got {picture} to {imgsz}")
        if (mean is None) != (std is None):
            raise ValueError(f"expected mean and std, or neither, got {mean} and {std}")
        self._picture, self._imgsz = picture, imgsz
        self._normal = None if mean is None or std is None else _normal(mean, std)
        self._tables = InputTables.of(picture, imgsz, device)
        self.kernels = usable_kernels(device) if kernels is None else kernels
        self._from_rgb, self._from_nv12 = blocks.INPUT_FROM_RGB, blocks.INPUT_FROM_NV12

    def write_rgb(self, rgb: Tensor, out: Tensor) -> None:
        """rgb: (H, W, 3) uint8, contiguous. Raises ValueError for other tensors.

        out: (3, h, w) float16, bfloat16 or float32, channels-last in memory; or (h, w, 3) uint8, contiguous, where the
        maker was made without mean and std.
        """
        if rgb.shape != (*self._picture, 3) or rgb.dtype != torch.uint8 or not rgb.is_contiguous():
            raise ValueError(f"expected {(*self._picture, 3)} uint8, contiguous, got {tuple(rgb.shape)} {rgb.dtype}")
        written = self._written(out)
        if self.kernels == "triton":
            from bisenet.kernels.cuda import input_kernels

            input_kernels.write_rgb(self._tables, self._from_rgb, rgb, self._normal, written)
        else:
            input_twin.write_rgb(self._tables, rgb, self._normal, written)

    def write_nv12(self, luma: Tensor, chroma: Tensor, colors: YuvColors, out: Tensor) -> None:
        """luma: (H, W) uint8; chroma: (ceil(H / 2), ceil(W / 2), 2) uint8, U and V; rows may be padded.

        out: as for `write_rgb`. A CUDA graph keeps the colours it was captured with. Raises ValueError.
        """
        check_nv12(luma, chroma, self._picture)
        written = self._written(out)
        if self.kernels == "triton":
            from bisenet.kernels.cuda import input_kernels

            input_kernels.write_nv12(self._tables, self._from_nv12, luma, chroma, colors, self._normal, written)
        else:
            input_twin.write_nv12(self._tables, luma, chroma, colors, self._normal, written)

    def _written(self, out: Tensor) -> Tensor:
        """`out` as (h, w, 3)."""
        width, height = self._imgsz
        if self._normal is None:
            good = out.dtype == torch.uint8
        else:
            good = out.dtype in (torch.float16, torch.bfloat16, torch.float32)
            out = out.permute(1, 2, 0) if out.ndim == 3 else out
        if not good or out.shape != (height, width, 3) or not out.is_contiguous():
            kind = "(h, w, 3) uint8, contiguous" if self._normal is None else "(3, h, w) floats, channels-last"
            raise ValueError(f"expected {kind} of {width} x {height}, got {tuple(out.shape)} {out.dtype}")
        return out


def check_nv12(luma: Tensor, chroma: Tensor, picture: tuple[int, int]) -> None:
    """Raise ValueError unless these are the planes of a picture (height, width)."""
    height, width = picture
    halves = ((height + 1) // 2, (width + 1) // 2, 2)
    if luma.shape != picture or luma.dtype != torch.uint8 or luma.stride(1) != 1 or luma.stride(0) < width:
        raise ValueError(f"expected luma {picture} uint8, got {tuple(luma.shape)} {luma.dtype}, {luma.stride()}")
    if (
        chroma.shape != halves
        or chroma.dtype != torch.uint8
        or chroma.stride()[1:] != (2, 1)
        or chroma.stride(0) < 2 * halves[1]
    ):
        raise ValueError(f"expected chroma {halves} uint8, got {tuple(chroma.shape)} {chroma.dtype}, {chroma.stride()}")


def _normal(mean: Sequence[float], std: Sequence[float]) -> Normal:
    """From levels 0 to 255: level * scale + bias is (level / 255 - mean) / std."""
    if len(mean) != 3 or len(std) != 3 or min(std) <= 0:
        raise ValueError(f"expected three means and three positive standard deviations, got {mean} and {std}")
    red, green, blue = ((1 / (255 * s), -m / s) for m, s in zip(mean, std, strict=True))
    return (red[0], green[0], blue[0]), (red[1], green[1], blue[1])
