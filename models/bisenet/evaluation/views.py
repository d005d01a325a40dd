"""Class ids from several views of a picture: scales, windows and mirror images, their probabilities averaged.

The mean is of the softmax of each view's logits, after these were enlarged to the label's size as in `inference`:
mmsegmentation averages scales and mirror images so. Where windows overlap, their mean counts as one view. (The official
V1 code adds their softmax up, which differs only where a scale is not 1; mmsegmentation averages their logits.)

The probabilities of a 2048x1024 picture in 171 classes would be 1.4 GB. Averaging them at the logits' 1/8 would be
another function: enlarging and softmax do not commute. So all logits are kept, at 1/8, and one strip of rows after the
other is enlarged, averaged and reduced to ids. That is exact, in the memory of the logits (0.4 GB in that case for six
scales, mirrored; 45 MB for 19 classes) and of a strip.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bisenet.evaluation.protocol import Protocol, window_places
from bisenet.inference import normalise, preprocess
from bisenet.pictures import check_rgb
from bisenet.segmenter import Segmenter
from bisenet.upsampling import Upsampling

_STRIP = 2**23
"""Probabilities at once: 32 MB."""


@torch.inference_mode()
def segment_by_views(model: Segmenter, rgb: NDArray[np.uint8], protocol: Protocol) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB -> (H, W) uint8 class ids, on the device the network is on. Raises ValueError as it does."""
    check_rgb(rgb)
    height, width = rgb.shape[:2]
    views = list(_views(model, rgb, protocol))
    classes = len(model.card.classes)
    strip = max(1, _STRIP // (width * classes))
    labels = np.empty((height, width), np.uint8)
    for top in range(0, height, strip):
        total = views[0].logits.new_zeros(min(strip, height - top), width, classes)
        for view in views:
            view.add_to(total, top)
        labels[top : top + len(total)] = total.argmax(dim=2).to(torch.uint8).cpu().numpy()
    return labels


@dataclass(frozen=True, slots=True)
class _Axis:
    """Along one side of the label: which of its pixels a window covers, and between which cells of logits they lie."""

    begin: int
    """First pixel covered."""
    end: int
    """The one past the last."""
    low: Tensor
    high: Tensor
    """(end - begin,) int64: the cells before and after each pixel."""
    share: Tensor
    """(end - begin,) float: of `high`."""
    weight: Tensor
    """(end - begin,) float: 1 over the number of windows that cover each pixel."""


@dataclass(frozen=True, slots=True)
class _View:
    """The logits of one window at one scale, or of its mirror image turned back."""

    logits: Tensor
    """(h, w, classes) float32: the classes come last, so that a pixel's lie together."""
    rows: _Axis
    columns: _Axis

    def add_to(self, total: Tensor, top: int) -> None:
        """Add the probabilities of the rows from `top` on to total (rows, width, classes)."""
        begin, end = max(top, self.rows.begin), min(top + len(total), self.rows.end)
        if begin >= end:
            return
        here = slice(begin - self.rows.begin, end - self.rows.begin)
        rows, columns = self.rows, self.columns
        logits = torch.lerp(
            self.logits[rows.low[here]], self.logits[rows.high[here]], rows.share[here, None, None]
        )  # (rows, w, classes)
        logits = torch.lerp(logits[:, columns.low], logits[:, columns.high], columns.share[:, None])
        weights = rows.weight[here, None, None] * columns.weight[:, None]
        total[begin - top : end - top, columns.begin : columns.end] += logits.softmax(dim=2).mul_(weights)


def _views(model: Segmenter, rgb: NDArray[np.uint8], protocol: Protocol) -> Iterator[_View]:
    height, width = rgb.shape[:2]
    upsampling = model.network.logits_upsampling
    weight = next(model.network.parameters())
    mean, std = (
        torch.tensor(values, device=weight.device, dtype=weight.dtype).view(3, 1, 1)
        for values in (model.card.mean, model.card.std)
    )
    for size in protocol.view_sizes(width, height, model.card.short_side):
        picture = normalise(preprocess(rgb, size).to(weight.device), mean, std)
        window = protocol.window or size
        columns_of = window_places(size[0], window[0], protocol.stride)
        rows_of = window_places(size[1], window[1], protocol.stride)
        for rows_at, (top, bottom) in enumerate(rows_of):
            for columns_at, (left, right) in enumerate(columns_of):
                crop = picture[:, :, top:bottom, left:right]
                logits = model.network(crop)[0].permute(1, 2, 0)  # (h, w, classes)
                rows = _axis(rows_of, rows_at, logits.shape[0], height, upsampling, logits.device)
                columns = _axis(columns_of, columns_at, logits.shape[1], width, upsampling, logits.device)
                yield _View(logits.float().contiguous(), rows, columns)
                if protocol.flip:
                    # Not in one batch: two pictures of 3584x1792 need gigabytes. The logits can be turned back before
                    # they are enlarged, since bilinear interpolation is symmetric.
                    logits = model.network(crop.flip(3))[0].flip(2).permute(1, 2, 0)
                    yield _View(logits.float().contiguous(), rows, columns)


def _axis(
    windows: list[tuple[int, int]], number: int, cells: int, pixels: int, upsampling: Upsampling, device: torch.device
) -> _Axis:
    """Of one of the windows of a side, with `cells` logits, on the label's `pixels`, as torch interpolates."""
    begin, end = windows[number]
    length = windows[-1][1]  # the whole side's, in pixels of the input
    place = np.arange(pixels, dtype=np.float64)
    centre = (place + 0.5) * length / pixels
    covers = [(centre >= one) & (centre < other) for one, other in windows]
    mine = np.flatnonzero(covers[number])
    if upsampling == "bilinear-corners":
        corner = place * (length - 1) / max(pixels - 1, 1)
        at = (corner - begin) * (cells - 1) / (end - begin - 1)
    elif upsampling == "bilinear":
        at = (centre - begin) * cells / (end - begin) - 0.5
    else:
        at = np.floor((place * length / pixels - begin) * cells / (end - begin))
    at = at[mine].clip(0, cells - 1)
    low = np.floor(at).astype(np.int64)
    weight = 1 / np.sum(covers, axis=0)[mine]
    first = int(mine[0]) if mine.size else 0  # a small window can lie between the pixels of a smaller label
    return _Axis(
        first,
        first + len(mine),
        torch.from_numpy(low).to(device),
        torch.from_numpy(np.minimum(low + 1, cells - 1)).to(device),
        torch.from_numpy((at - low).astype(np.float32)).to(device),
        torch.from_numpy(weight.astype(np.float32)).to(device),
    )
