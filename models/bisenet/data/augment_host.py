"""`apply_on_host`: a sample's changes made with OpenCV, one sample at a time, in a worker."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet.data.changes import Changes, Cutout, Geometry, Glare, Haze, Noise, Rain, Shadow, Tone
from bisenet.data.patterns import GLARE_RGB, RAIN_RGB, TILE, blur_kernel, noise_tile, rain_tile

Rgb = NDArray[np.uint8]
Labels = NDArray[np.uint8]

Floats = NDArray[np.float32]


def apply_on_host(
    rgb: Rgb, labels: Labels, changes: Changes, size: tuple[int, int], ignore_id: int
) -> tuple[Rgb, Labels]:
    """Picture (H, W, 3) uint8 and labels (H, W) uint8 -> the changed crop of size (width, height)."""
    rgb, labels = _crop(rgb, labels, changes.geometry, size, ignore_id)
    if changes.cutout:
        rgb, labels = _cut_out(rgb, labels, changes.cutout, ignore_id)
    if changes.shadow or changes.vignette:
        rgb = _as_rgb(rgb * _light(size, changes.shadow, changes.vignette)[:, :, None])
    if changes.haze:
        rgb = _blend(rgb, _haze_share(size, changes.haze), changes.haze[-3:])
    if changes.glare:
        rgb = _blend(rgb, _glare_share(size, changes.glare), GLARE_RGB)
    if changes.rain:
        rgb = _blend(rgb, _rain_share(size, changes.rain), RAIN_RGB)
    if changes.blur:
        kernel = blur_kernel(changes.blur)
        rgb = np.asarray(cv2.sepFilter2D(rgb, -1, kernel, kernel, borderType=cv2.BORDER_REFLECT_101), np.uint8)
    if changes.tone:
        rgb = np.asarray(cv2.LUT(rgb, _tone_table(changes.tone)[None]), np.uint8)
    if changes.color:
        rgb = np.asarray(cv2.transform(rgb, changes.color.matrix()), np.uint8)
    if changes.noise:
        rgb = _as_rgb(rgb + _noise(size, changes.noise))
    if changes.low_resolution:
        rgb = _low_resolution(rgb, changes.low_resolution)
    if changes.jpeg:
        rgb = _jpeg(rgb, int(changes.jpeg))
    return rgb, labels


def _as_rgb(values: NDArray[Any]) -> Rgb:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def _crop(rgb: Rgb, labels: Labels, geometry: Geometry, size: tuple[int, int], ignore_id: int) -> tuple[Rgb, Labels]:
    times = geometry.oversampling
    picture = cv2.warpAffine(
        rgb,
        _between_pixels(geometry, size, times),
        (size[0] * times, size[1] * times),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    if times > 1:
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    cropped = cv2.warpAffine(
        labels,
        _between_pixels(geometry, size, 1),
        size,
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
        borderValue=float(ignore_id),
    )
    return np.asarray(picture, np.uint8), np.asarray(cropped, np.uint8)


def _between_pixels(geometry: Geometry, size: tuple[int, int], times: int) -> NDArray[np.float64]:
    """(2, 3) from an enlarged crop to the picture in OpenCV's coordinates, where pixel n has its middle at n."""
    xx, xy, x, yx, yy, y = geometry.inverse(*size)
    linear = np.array([[xx, xy], [yx, yy]]) / times
    shift = np.array([x, y]) + linear @ [0.5, 0.5] - 0.5
    return np.concatenate([linear, shift[:, None]], axis=1)


def _cut_out(rgb: Rgb, labels: Labels, cutout: Cutout, ignore_id: int) -> tuple[Rgb, Labels]:
    height, width = labels.shape
    rows = slice(round(cutout.top * height), round(cutout.bottom * height))
    columns = slice(round(cutout.left * width), round(cutout.right * width))
    rgb[rows, columns] = np.rint(cutout[-3:]).astype(np.uint8)
    labels[rows, columns] = ignore_id
    return rgb, labels


def _grid(size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Pixel middles as shares of the crop: x (1, W), y (H, 1)."""
    width, height = size
    x = (np.arange(width, dtype=np.float32) + 0.5) / width
    y = (np.arange(height, dtype=np.float32) + 0.5) / height
    return np.asarray(x[None], np.float32), np.asarray(y[:, None], np.float32)


def _light(size: tuple[int, int], shadow: Shadow | None, vignette: float | None) -> Floats:
    x, y = _grid(size)
    light = np.ones((size[1], size[0]), np.float32)
    if shadow:
        depth = (x - 0.5) * shadow.normal_x + (y - 0.5) * shadow.normal_y - shadow.offset
        light *= 1 - shadow.depth * _sigmoid(depth / shadow.softness)
    if vignette:
        light *= 1 - vignette * 2 * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    return light


def _sigmoid(values: NDArray[np.floating]) -> Floats:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * values), np.float32)


def _blend(rgb: Rgb, share: Floats, color: tuple[float, ...]) -> Rgb:
    return _as_rgb(rgb + share[:, :, None] * (np.asarray(color, np.float32) - rgb))


def _haze_share(size: tuple[int, int], haze: Haze) -> Floats:
    _, y = _grid(size)
    return np.asarray(haze.amount * np.clip((haze.bottom - y) / haze.span, 0, 1), np.float32)


def _glare_share(size: tuple[int, int], glare: Glare) -> Floats:
    x, y = _grid(size)
    distance = ((x - glare.x) ** 2 + ((y - glare.y) * (size[1] / size[0])) ** 2) / glare.radius**2
    return np.asarray(glare.amount * (0.75 * np.exp(-distance) + 0.25 * np.exp(-distance / 9)), np.float32)


def _rain_share(size: tuple[int, int], rain: Rain) -> Floats:
    columns, rows = np.arange(size[0])[None], np.arange(size[1])[:, None]
    tile_x = np.floor((columns + rain.slant * rows) * rain.zoom + rain.x * TILE).astype(np.int64) % TILE
    tile_y = np.floor(rows * rain.zoom + rain.y * TILE).astype(np.int64) % TILE
    return np.asarray(rain.amount * rain_tile()[tile_y, tile_x], np.float32)


def _tone_table(tone: Tone) -> NDArray[np.uint8]:
    """(256, 3)."""
    ramp = np.linspace(0, 1, 256)[:, None]
    table = ((ramp**tone.gamma - 0.5) * tone.contrast + 0.5 + tone.brightness) * np.array(tone[-3:])
    return np.asarray(np.clip(np.rint(table * 255), 0, 255), np.uint8)


def _noise(size: tuple[int, int], noise: Noise) -> Floats:
    columns = (np.arange(size[0]) + int(noise.x * TILE)) % TILE
    rows = (np.arange(size[1]) + int(noise.y * TILE)) % TILE
    return np.asarray(noise.sigma, np.float32) * noise_tile()[rows[:, None], columns]


def _low_resolution(rgb: Rgb, factor: float) -> Rgb:
    height, width = rgb.shape[:2]
    small = cv2.resize(rgb, (round(width * factor), round(height * factor)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _jpeg(rgb: Rgb, quality: int) -> Rgb:
    coded = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR_RGB), np.uint8)
