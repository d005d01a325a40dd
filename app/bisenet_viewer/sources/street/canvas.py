"""The picture being painted, RGB and labels together, and how flat textures get onto it in perspective."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Points = list[tuple[float, float]]

HAZE = 215.0
"""Grey that everything far away fades into."""
HAZE_REACH_M = 260.0
"""Distance at which 1 - 1/e of a thing's own colour is gone."""


class Texture:
    """A flat picture with opacity, kept at every reduction that has been asked for, in each direction by itself.

    Reducing the two directions separately keeps facades seen at a glancing angle both sharp and free of aliasing.
    """

    def __init__(self, rgba: Pixels) -> None:
        """`rgba` (height, width, 4) uint8, colours already multiplied by opacity."""
        if rgba.dtype != np.uint8 or rgba.ndim != 3 or rgba.shape[2] != 4:
            raise ValueError(f"expected (height, width, 4) uint8, got {rgba.shape} {rgba.dtype}")
        self._levels: dict[tuple[int, int], Pixels] = {(0, 0): np.ascontiguousarray(rgba)}
        self.height, self.width = rgba.shape[:2]

    @classmethod
    def opaque(cls, rgb: Pixels) -> Texture:
        return cls(cv2.cvtColor(rgb, cv2.COLOR_RGB2RGBA).astype(np.uint8, copy=False))

    def reduced(self, across: float, down: float) -> Pixels:
        """The reduction for showing `across` by `down` texture pixels in one pixel of the picture."""
        x = min(max(int(math.log2(max(across, 1.0)) + 0.4), 0), int(math.log2(self.width)))
        y = min(max(int(math.log2(max(down, 1.0)) + 0.4), 0), int(math.log2(self.height)))
        found = self._levels.get((x, y))
        if found is None:
            size = max(1, self.width >> x), max(1, self.height >> y)
            found = np.asarray(cv2.resize(self._levels[0, 0], size, interpolation=cv2.INTER_AREA), np.uint8)
            self._levels[x, y] = found
        return found


@dataclass(frozen=True, slots=True)
class Shade:
    """How a thing looks from where we are: its colours times `light`, then mixed with `haze` parts of haze."""

    light: float = 1.0
    haze: float = 0.0

    @classmethod
    def at(cls, distance_m: float, light: float = 1.0) -> Shade:
        return cls(light, 1.0 - math.exp(-max(distance_m, 0.0) / HAZE_REACH_M))


class Canvas:
    """`rgb` and `labels` of one frame. Painted from far to near; half covered or more is labelled."""

    def __init__(self, rgb: Pixels, labels: Pixels) -> None:
        self.rgb = rgb
        self.labels = labels
        self.height, self.width = labels.shape

    def blend(self, left: int, top: int, rgba: Pixels, shade: Shade, label: int | None) -> None:
        """Lay premultiplied RGBA over the picture, its corner at (left, top); it must fit inside."""
        height, width = rgba.shape[:2]
        target = self.rgb[top : top + height, left : left + width]
        alpha = cv2.extractChannel(rgba, 3)
        cover = cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB)
        keep = shade.light * (1 - shade.haze)
        own = cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB)
        colour = cv2.addWeighted(own, keep, cover, shade.haze * HAZE / 255, 0.0)
        under = cv2.multiply(target, cv2.bitwise_not(cover), scale=1 / 255)
        cv2.add(under, colour, dst=target)
        if label is not None:
            np.copyto(self.labels[top : top + height, left : left + width], np.uint8(label), where=alpha > 127)

    def quad(self, texture: Texture, corners: Points, shade: Shade, label: int | None) -> None:
        """Paint a texture into a quadrilateral; `corners`: top left, top right, bottom right, bottom left."""
        box = self._box(corners)
        if box is None:
            return
        left, top, right, bottom = box
        a, b, c, d = corners
        across, down = (math.dist(a, b) + math.dist(c, d)) / 2, (math.dist(b, c) + math.dist(d, a)) / 2
        pixels = texture.reduced(texture.width / max(across, 0.1), texture.height / max(down, 0.1))
        target = np.array([(x - left - 0.5, y - top - 0.5) for x, y in corners], np.float32)
        matrix = cv2.getPerspectiveTransform(_outline(pixels), target)
        warped = cv2.warpPerspective(pixels, matrix, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
        self.blend(left, top, np.asarray(warped, np.uint8), shade, label)

    def upright(
        self, texture: Texture, centre: float, foot: float, width: float, height: float,
        shade: Shade, label: int | None, *, mirrored: bool = False,
    ) -> None:  # fmt: skip
        """Paint a texture facing us, standing on `foot` (a row), around the column `centre`; all in pixels."""
        if width < 0.3 or height < 1:
            return
        near, far = centre - width / 2, centre + width / 2
        box = self._box([(near, foot - height), (far, foot)])
        if box is None:
            return
        left, top, right, bottom = box
        pixels = texture.reduced(texture.width / width, texture.height / height)
        x_scale, y_scale = width / pixels.shape[1], height / pixels.shape[0]
        start = near
        if mirrored:
            x_scale, start = -x_scale, far
        matrix = np.array(
            [[x_scale, 0, start + x_scale / 2 - left - 0.5],
             [0, y_scale, foot - height + y_scale / 2 - top - 0.5]], np.float32,
        )  # fmt: skip
        warped = cv2.warpAffine(pixels, matrix, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
        self.blend(left, top, np.asarray(warped, np.uint8), shade, label)

    def _box(self, points: Points) -> tuple[int, int, int, int] | None:
        """The pixels that the points enclose, with one to spare, inside the picture: left, top, right, bottom."""
        columns, rows = [x for x, _ in points], [y for _, y in points]
        left, top = max(int(min(columns)) - 1, 0), max(int(min(rows)) - 1, 0)
        right, bottom = min(int(max(columns)) + 2, self.width), min(int(max(rows)) + 2, self.height)
        return (left, top, right, bottom) if left < right and top < bottom else None


def _outline(pixels: Pixels) -> NDArray[np.float32]:
    """The corners of a picture, in coordinates whose integers are the centres of its pixels."""
    height, width = pixels.shape[:2]
    right, bottom = width - 0.5, height - 0.5
    return np.array([[-0.5, -0.5], [right, -0.5], [right, bottom], [-0.5, bottom]], np.float32)
