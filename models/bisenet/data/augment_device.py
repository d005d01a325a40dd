"""`apply_on_device`: a batch's changes made with torch, on the card (or the CPU) where the pictures lie.

Computes what `augment_host` does, up to rounding. Each effect is made for those samples of the batch that have it, all
of them at once; nothing here waits for the device.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from bisenet.data.changes import Changes, Cutout, Geometry
from bisenet.data.jpeg_device import jpeg
from bisenet.data.patterns import BLUR_RADIUS, GLARE_RGB, RAIN_RGB, TILE, blur_kernel, noise_tile, rain_tile

_POINTS_AT_ONCE = {"cpu": 1 << 18, "cuda": 1 << 24}
"""Gathered together: what fits a core's cache, or a small part of a card's memory."""


class Place(NamedTuple):
    """Where a picture lies in a store of pixels."""

    offset: int
    width: int
    height: int


def pack(rgb: Tensor, labels: Tensor) -> Tensor:
    """Picture (H, W, 3) uint8 and labels (H, W) uint8 -> (H * W,) int32: red, green, blue and label in one number."""
    if rgb.dtype != torch.uint8 or labels.dtype != torch.uint8 or rgb.shape != (*labels.shape, 3):
        raise ValueError(
            f"expected a picture (H, W, 3) and labels (H, W), both uint8, got {tuple(rgb.shape)} {rgb.dtype} and "
            f"{tuple(labels.shape)} {labels.dtype}"
        )
    return torch.cat([rgb, labels[..., None]], dim=2).contiguous().view(torch.int32).flatten()


def apply_on_device(
    pixels: Tensor, places: Sequence[Place], changes: Sequence[Changes], size: tuple[int, int], ignore_id: int
) -> tuple[Tensor, Tensor]:
    """Pictures (B, 3, H, W) uint8 and labels (B, H, W) uint8 of size (width, height), on the device of `pixels`.

    pixels: (P,) int32, see `pack`; places: of each sample's picture in it.
    """
    pictures, labels = _crops(pixels, places, [each.geometry for each in changes], size, ignore_id)

    def apply(effect: Callable[..., Tensor], values: Sequence[tuple[float, ...] | None]) -> None:
        """Change those pictures that have a value; its numbers come as columns (n, 1, 1, 1)."""
        rows = [row for row, value in enumerate(values) if value is not None]
        if not rows:
            return
        table = torch.tensor([value for value in values if value is not None], dtype=torch.float32)
        columns = table.to(pictures.device, non_blocking=True).T[..., None, None, None].unbind()
        # Rounded each time, as 8-bit pictures on the host are.
        if len(rows) == len(values):
            pictures.copy_(effect(pictures, *columns).round_().clamp_(0, 255))
        else:
            which = torch.tensor(rows).to(pictures.device, non_blocking=True)
            pictures.index_copy_(0, which, effect(pictures[which], *columns).round_().clamp_(0, 255))

    if any(each.cutout for each in changes):
        labels = _ignore_cut_out(labels, [each.cutout for each in changes], ignore_id)
    apply(_cut_out, [each.cutout for each in changes])
    apply(_shadow, [each.shadow for each in changes])
    apply(_vignette, [(each.vignette,) if each.vignette else None for each in changes])
    apply(_haze, [each.haze for each in changes])
    apply(_glare, [each.glare for each in changes])
    apply(_rain, [each.rain for each in changes])
    apply(_blur, [tuple(blur_kernel(each.blur).tolist()) if each.blur else None for each in changes])
    apply(_tone, [each.tone for each in changes])
    apply(_color, [tuple(each.color.matrix().flatten().tolist()) if each.color else None for each in changes])
    apply(_noise, [each.noise for each in changes])
    apply(_low_resolution, [_small(size, each.low_resolution) if each.low_resolution else None for each in changes])
    apply(jpeg, [(each.jpeg,) if each.jpeg else None for each in changes])
    return pictures.to(torch.uint8), labels


def _crops(
    pixels: Tensor, places: Sequence[Place], geometries: Sequence[Geometry], size: tuple[int, int], ignore_id: int
) -> tuple[Tensor, Tensor]:
    """Pictures (B, 3, H, W) float32 of whole numbers and labels (B, H, W) uint8."""
    width, height = size
    where = torch.tensor(places).to(pixels.device, non_blocking=True)
    maps = torch.tensor([each.inverse(width, height) for each in geometries], dtype=torch.float32)
    maps = maps.to(pixels.device, non_blocking=True)
    pictures = torch.empty(len(places), 3, height, width, device=pixels.device)
    labels = torch.empty(len(places), height, width, dtype=torch.uint8, device=pixels.device)
    for times in sorted({each.oversampling for each in geometries}):
        rows = [row for row, each in enumerate(geometries) if each.oversampling == times]
        at_once = max(1, _POINTS_AT_ONCE[pixels.device.type] // (width * height * times**2))
        for first in range(0, len(rows), at_once):
            which = torch.tensor(rows[first : first + at_once]).to(pixels.device, non_blocking=True)
            x, y = _points(maps[which], size, times)
            picture = _bilinear(pixels, where[which], x, y)
            pictures.index_copy_(0, which, F.avg_pool2d(picture, times) if times > 1 else picture)
            if times > 1:
                x, y = _points(maps[which], size, 1)
            labels.index_copy_(0, which, _nearest_label(pixels, where[which], x, y, ignore_id))
    return pictures.round_(), labels


def _points(maps: Tensor, size: tuple[int, int], times: int) -> tuple[Tensor, Tensor]:
    """Where in the picture the crop's points are, times * times per pixel: x and y, each (n, times * H, times * W)."""
    width, height = size
    u = (torch.arange(width * times, device=maps.device) + 0.5) / times
    v = ((torch.arange(height * times, device=maps.device) + 0.5) / times)[:, None]
    xx, xy, x, yx, yy, y = maps.T[..., None, None].unbind()
    return xx * u + (xy * v + x), yx * u + (yy * v + y)


def _bilinear(pixels: Tensor, where: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """(n, 3, h, w) float32 at x and y; black outside the picture."""
    offset, width, height = where.T[..., None, None].unbind()
    left, top = torch.floor(x - 0.5), torch.floor(y - 0.5)
    along_x, along_y = x - 0.5 - left, y - 0.5 - top
    column, row = left.long(), top.long()
    total = torch.zeros(*x.shape, 3, device=pixels.device)
    for down in (0, 1):
        for right in (0, 1):
            inside = (column + right >= 0) & (column + right < width) & (row + down >= 0) & (row + down < height)
            index = torch.where(inside, offset + (row + down) * width + (column + right), 0)
            share = (along_x if right else 1 - along_x) * (along_y if down else 1 - along_y) * inside
            colors = pixels[index].view(torch.uint8).view(*x.shape, 4)[..., :3]
            total.addcmul_(colors.float(), share[..., None])
    return total.permute(0, 3, 1, 2)


def _nearest_label(pixels: Tensor, where: Tensor, x: Tensor, y: Tensor, ignore_id: int) -> Tensor:
    offset, width, height = where.T[..., None, None].unbind()
    column, row = torch.floor(x).long(), torch.floor(y).long()
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    index = torch.where(inside, offset + row * width + column, 0)
    found = pixels[index].view(torch.uint8).view(*x.shape, 4)[..., 3]
    return torch.where(inside, found, ignore_id)


def _grid(images: Tensor) -> tuple[Tensor, Tensor]:
    """Pixel middles as shares of the crop: x (W,), y (H, 1)."""
    height, width = images.shape[-2:]
    x = (torch.arange(width, device=images.device) + 0.5) / width
    y = (torch.arange(height, device=images.device) + 0.5) / height
    return x, y[:, None]


def _blend(images: Tensor, share: Tensor, color: Tensor) -> Tensor:
    return images + share * (color - images)


def _rgb(red: Tensor, green: Tensor, blue: Tensor) -> Tensor:
    """Columns (n, 1, 1, 1) -> (n, 3, 1, 1)."""
    return torch.cat([red, green, blue], dim=1)


def _hidden(images: Tensor, left: Tensor, top: Tensor, right: Tensor, bottom: Tensor) -> Tensor:
    """(n, 1, H, W) bool."""
    height, width = images.shape[-2:]
    x = torch.arange(width, device=images.device)
    y = torch.arange(height, device=images.device)[:, None]
    across = (x >= (left * width).round()) & (x < (right * width).round())
    return across & (y >= (top * height).round()) & (y < (bottom * height).round())


def _cut_out(images: Tensor, left: Tensor, top: Tensor, right: Tensor, bottom: Tensor, *color: Tensor) -> Tensor:
    return torch.where(_hidden(images, left, top, right, bottom), _rgb(*color), images)


def _ignore_cut_out(labels: Tensor, cutouts: Sequence[Cutout | None], ignore_id: int) -> Tensor:
    edges = torch.tensor([cutout[:4] if cutout else (0.0,) * 4 for cutout in cutouts], dtype=torch.float32)
    columns = edges.to(labels.device, non_blocking=True).T[..., None, None].unbind()
    return torch.where(_hidden(labels, *columns), ignore_id, labels)


def _shadow(images: Tensor, across: Tensor, along: Tensor, offset: Tensor, softness: Tensor, depth: Tensor) -> Tensor:
    x, y = _grid(images)
    distance = (x - 0.5) * across + (y - 0.5) * along - offset
    return images * (1 - depth * torch.sigmoid(distance / softness))


def _vignette(images: Tensor, amount: Tensor) -> Tensor:
    x, y = _grid(images)
    return images * (1 - amount * 2 * ((x - 0.5) ** 2 + (y - 0.5) ** 2))


def _haze(images: Tensor, amount: Tensor, bottom: Tensor, span: Tensor, *color: Tensor) -> Tensor:
    _, y = _grid(images)
    return _blend(images, amount * ((bottom - y) / span).clamp(0, 1), _rgb(*color))


def _glare(images: Tensor, amount: Tensor, at_x: Tensor, at_y: Tensor, radius: Tensor) -> Tensor:
    x, y = _grid(images)
    height, width = images.shape[-2:]
    distance = ((x - at_x) ** 2 + ((y - at_y) * (height / width)) ** 2) / radius**2
    share = amount * (0.75 * torch.exp(-distance) + 0.25 * torch.exp(-distance / 9))
    return _blend(images, share, _color_of(GLARE_RGB, images))


def _rain(images: Tensor, amount: Tensor, x: Tensor, y: Tensor, slant: Tensor, zoom: Tensor) -> Tensor:
    columns = torch.arange(images.shape[3], device=images.device)
    rows = torch.arange(images.shape[2], device=images.device)[:, None]
    tile_x = torch.floor((columns + slant * rows) * zoom + x * TILE).long() % TILE
    tile_y = torch.floor(rows * zoom + y * TILE).long() % TILE
    return _blend(images, amount * _tile("rain", images.device)[tile_y, tile_x], _color_of(RAIN_RGB, images))


def _blur(images: Tensor, *kernel: Tensor) -> Tensor:
    weights = torch.cat(kernel, dim=3).repeat_interleave(3, dim=0)  # (n * 3, 1, 1, K)
    padded = F.pad(images, (BLUR_RADIUS,) * 4, mode="reflect").flatten(0, 1)[None]
    across = F.conv2d(padded, weights, groups=len(weights))
    return F.conv2d(across, weights.transpose(2, 3), groups=len(weights)).view(images.shape)


def _tone(images: Tensor, gamma: Tensor, contrast: Tensor, brightness: Tensor, *gains: Tensor) -> Tensor:
    # One look-up table per sample: a power of each pixel would take several times as long on a CPU.
    ramp = torch.linspace(0, 1, 256, device=images.device)
    tables = (((ramp**gamma - 0.5) * contrast + 0.5 + brightness) * _rgb(*gains) * 255).flatten()  # (n * 3 * 256)
    first = torch.arange(len(images) * 3, device=images.device, dtype=torch.int32).view(-1, 3, 1, 1) * 256
    return tables[images.int() + first]


def _color(images: Tensor, *matrix: Tensor) -> Tensor:
    matrices = torch.cat(matrix, dim=1).view(-1, 3, 3)
    return (matrices @ images.flatten(2)).view(images.shape)


def _noise(images: Tensor, sigma: Tensor, x: Tensor, y: Tensor) -> Tensor:
    rows = torch.arange(images.shape[2], device=images.device) + (y * TILE).long()[:, 0, 0]
    columns = torch.arange(images.shape[3], device=images.device) + (x * TILE).long()[:, 0, 0]
    tile = _tile("noise", images.device)[(rows % TILE)[:, :, None], (columns % TILE)[:, None, :]]  # (n, H, W, 3)
    return torch.addcmul(images, sigma, tile.permute(0, 3, 1, 2))


def _small(size: tuple[int, int], factor: float) -> tuple[float, float]:
    return round(size[0] * factor), round(size[1] * factor)


def _low_resolution(images: Tensor, width: Tensor, height: Tensor) -> Tensor:
    rows, columns = _shrink_and_enlarge(images.shape[2], height), _shrink_and_enlarge(images.shape[3], width)
    return rows @ images @ columns.transpose(2, 3)


def _shrink_and_enlarge(side: int, small: Tensor) -> Tensor:
    """(n, 1, side, side) weights: the mean over the area of each large pixel, then linear between large pixels.

    small: (n, 1, 1, 1) large pixels on that side.
    """
    # Of the large pixels those past `small` cover nothing, and nothing reads them.
    large = torch.arange(side, device=small.device)[:, None]
    fine = torch.arange(side, device=small.device)
    ratio = side / small
    begin, end = torch.maximum(large * ratio, fine), torch.minimum((large + 1) * ratio, fine + 1)
    mean = (end - begin).clamp_min(0) / ratio  # (n, 1, large, fine)
    middle = torch.minimum(((fine + 0.5) / ratio - 0.5).clamp_min(0), small - 1)
    linear = (1 - (middle - large).abs()).clamp_min(0)  # (n, 1, large, fine)
    return linear.transpose(2, 3) @ mean


@cache
def _tile(name: str, device: torch.device) -> Tensor:
    tile = noise_tile() if name == "noise" else rain_tile()
    return torch.from_numpy(tile.copy()).to(device)


def _color_of(rgb: tuple[float, float, float], images: Tensor) -> Tensor:
    return torch.tensor(rgb).to(images.device, non_blocking=True).view(3, 1, 1)
