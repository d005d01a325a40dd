"""`LabelMaker`: a network's logits to class ids of a picture's size, their confidence, or an overlay, in one pass."""

from __future__ import annotations

import torch
from torch import Tensor

from bisenet.kernels.cuda import blocks, label_twin
from bisenet.kernels.cuda.choice import Kernels, usable_kernels
from bisenet.kernels.cuda.input_maker import check_nv12
from bisenet.kernels.cuda.tables import LabelTables, RowBlocks
from bisenet.upsampling import Upsampling

_MOST = 2**31 - 1
"""The kernels count in int32."""


class LabelMaker:
    """Ids as of `bisenet.inference.class_ids` in float32: where classes are equal the lowest wins.

    One for each size of logits and of pictures; used by one thread at a time. Its calls are asynchronous, on the
    current stream, and can be captured in a CUDA graph. With Triton they allocate nothing, and enlarged logits are
    never written to memory; the first call for a number of classes compiles.

    All calls take logits (C, h, w), C from 1 to 255, float16, bfloat16 or float32, finite, of any strides, and write
    labels (H, W) uint8, contiguous. All raise ValueError for other tensors.
    """

    def __init__(
        self,
        cells: tuple[int, int],
        picture: tuple[int, int],
        upsampling: Upsampling,
        *,
        device: torch.device,
        kernels: Kernels | None = None,
    ) -> None:
        """cells: (height, width) of the logits; picture: of the labels. kernels None: `usable_kernels`."""
        if min(*cells, *picture) < 1 or 3 * picture[0] * picture[1] > _MOST:
            raise ValueError(f"expected sizes of 1 x 1 to about 26,000 x 26,000, got {cells} to {picture}")
        self._cells, self._picture = cells, picture
        self._tables = LabelTables.of(cells, picture, upsampling, device)
        self._block = blocks.LABELS
        self._rows = RowBlocks.of(cells[0], picture[0], upsampling, self._block.height)
        self.kernels = usable_kernels(device) if kernels is None else kernels

    def write(self, logits: Tensor, labels: Tensor) -> None:
        """The class ids."""
        self._write(logits, labels, None)

    def write_with_confidence(self, logits: Tensor, labels: Tensor, confidence: Tensor) -> None:
        """And confidence (H, W) uint8, contiguous: the softmax probability of each pixel's class, 255 is 1."""
        self._check_pictures(confidence)
        self._write(logits, labels, confidence)

    def write_overlay(self, logits: Tensor, labels: Tensor, rgb: Tensor, table: Tensor, drawn: Tensor) -> None:
        """And the picture with the classes' colours laid over it.

        rgb, drawn: (H, W, 3) uint8, contiguous; may be the same. table: (256, 4) uint8, contiguous, RGBA by class id,
        not premultiplied: alpha 0 leaves the pixel as it is.
        """
        self._check(logits, labels, table)
        self._check_pictures(rgb, drawn, channels=(3,))
        if self.kernels == "triton":
            from bisenet.kernels.cuda import label_kernels

            label_kernels.write_overlay(
                self._tables, self._rows, self._block, logits, labels, rgb, table.view(torch.int32), drawn
            )
        else:
            label_twin.write_overlay(self._tables, logits, labels, rgb, table, drawn)

    def write_overlay_nv12(
        self,
        logits: Tensor,
        labels: Tensor,
        luma: Tensor,
        chroma: Tensor,
        table_yuva: Tensor,
        drawn_luma: Tensor,
        drawn_chroma: Tensor,
    ) -> None:
        """And the picture with the classes' colours, Y, U, V and alpha in the table, laid over it.

        luma, drawn_luma: (H, W) uint8; chroma, drawn_chroma: (ceil(H / 2), ceil(W / 2), 2) uint8; rows may be padded;
        drawn may be what is read. The chroma of 2 x 2 pixels is the mean of what each of them would have.
        """
        self._check(logits, labels, table_yuva)
        check_nv12(luma, chroma, self._picture)
        check_nv12(drawn_luma, drawn_chroma, self._picture)
        planes, drawn = (luma, chroma), (drawn_luma, drawn_chroma)
        if self.kernels == "triton":
            from bisenet.kernels.cuda import label_kernels

            label_kernels.write_overlay_nv12(
                self._tables, self._rows, self._block, logits, labels, planes, table_yuva.view(torch.int32), drawn
            )
        else:
            label_twin.write_overlay_nv12(self._tables, logits, labels, planes, table_yuva, drawn)

    def _write(self, logits: Tensor, labels: Tensor, confidence: Tensor | None) -> None:
        self._check(logits, labels)
        if self.kernels == "triton":
            from bisenet.kernels.cuda import label_kernels

            label_kernels.write(self._tables, self._rows, self._block, logits, labels, confidence)
        else:
            label_twin.write(self._tables, logits, labels, confidence)

    def _check(self, logits: Tensor, labels: Tensor, table: Tensor | None = None) -> None:
        floats = logits.dtype in (torch.float16, torch.bfloat16, torch.float32)
        if not floats or logits.ndim != 3 or logits.shape[1:] != self._cells or not 1 <= logits.shape[0] <= 255:
            raise ValueError(
                f"expected logits (1 to 255 classes, {self._cells[0]}, {self._cells[1]}) in floats, "
                f"got {tuple(logits.shape)} {logits.dtype}"
            )
        if sum((side - 1) * stride for side, stride in zip(logits.shape, logits.stride(), strict=True)) > _MOST:
            raise ValueError(f"expected logits that span less than 2^31 values, got strides {logits.stride()}")
        self._check_pictures(labels)
        if table is not None and (table.shape != (256, 4) or table.dtype != torch.uint8 or not table.is_contiguous()):
            raise ValueError(f"expected a table (256, 4) uint8, contiguous, got {tuple(table.shape)} {table.dtype}")

    def _check_pictures(self, *pictures: Tensor, channels: tuple[int, ...] = ()) -> None:
        shape = (*self._picture, *channels)
        for picture in pictures:
            if picture.shape != shape or picture.dtype != torch.uint8 or not picture.is_contiguous():
                raise ValueError(f"expected {shape} uint8, contiguous, got {tuple(picture.shape)} {picture.dtype}")
