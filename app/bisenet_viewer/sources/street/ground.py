"""Road, kerbs, pavements and grass: a long tile seen in perspective, row by row."""

from __future__ import annotations

import math
from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet_viewer.sources.street.canvas import HAZE, HAZE_REACH_M, Canvas, Pixels
from bisenet_viewer.sources.street.ids import Class
from bisenet_viewer.sources.street.noise import grain, smooth_noise
from bisenet_viewer.sources.street.planes import packed, strips, tinted
from bisenet_viewer.sources.street.view import View

ROAD_M = 5.6
"""Half the width of the road, kerb to centre."""
PAVEMENT_M = 8.8
"""From the centre line to where the pavements end."""

_HALF_M = 13.0  # the tile reaches this far to both sides
_LENGTH_M = 60.0
_PX_PER_M = 40
_BAND_ROWS = 4.0


class Ground:
    """The tile and its reductions; paints everything below the horizon."""

    def __init__(self, tile: Pixels, reductions: Mapping[tuple[int, int], Pixels] | None = None) -> None:
        """`tile`: what `draw_tile` drew. `reductions`: those that another one of this tile has made."""
        self.tile = tile
        self.reductions = dict(reductions or {})
        """By level across and along; made when they are first needed."""

    def paint(self, canvas: Canvas, view: View) -> None:
        first = max(0, math.floor(view.horizon) + 1)
        rows = np.arange(first, canvas.height, dtype=np.float32)
        z = (view.eye_m * view.focal / (rows + 0.5 - view.horizon)).astype(np.float32)
        columns = np.arange(canvas.width, dtype=np.float32) + np.float32(0.5 - view.centre)
        aside = np.multiply.outer(z / np.float32(view.focal), columns) + (view.side_m - view.bend(z))[:, None]
        _label(canvas.labels[first:], aside)

        # Neighbouring rows that want the same reductions are painted in one go.
        per_column = np.log2(np.maximum(z / view.focal * _PX_PER_M, 1)).astype(int)
        per_row = np.log2(np.maximum(z * z / (view.focal * view.eye_m) * _PX_PER_M * 0.7, 1)).astype(int).clip(0, 8)
        cuts = np.flatnonzero(np.diff(per_column * 16 + per_row)) + 1
        for start, stop in zip([0, *cuts], [*cuts, len(rows)], strict=True):
            tile, x_scale, y_scale = self._reduced(int(per_column[start]), int(per_row[start]))
            map_x = (aside[start:stop] + _HALF_M) * x_scale - 0.5
            along = np.mod(view.along_m + z[start:stop], _LENGTH_M) * y_scale + 0.5  # + 1 row of padding - 0.5
            map_y = np.broadcast_to(along[:, None].astype(np.float32), map_x.shape).copy()
            cv2.remap(
                tile, map_x, map_y, cv2.INTER_LINEAR,
                dst=canvas.rgb[first + start : first + stop], borderMode=cv2.BORDER_REPLICATE,
            )  # fmt: skip
        _haze(canvas.rgb[first:], z)

    def _reduced(self, x_level: int, y_level: int) -> tuple[Pixels, float, float]:
        """The tile at 1 / 2**level in each direction, a wrapped row before and after, and its pixels per metre."""
        width, length = int(2 * _HALF_M * _PX_PER_M) >> x_level, int(_LENGTH_M * _PX_PER_M) >> y_level
        found = self.reductions.get((x_level, y_level))
        if found is None:
            small = cv2.resize(self.tile, (width, length), interpolation=cv2.INTER_AREA)
            found = np.pad(small, ((1, 1), (0, 0), (0, 0)), mode="wrap")
            self.reductions[x_level, y_level] = found
        return found, width / (2 * _HALF_M), length / _LENGTH_M


def _label(labels: NDArray[np.uint8], aside: NDArray[np.float32]) -> None:
    distance = np.abs(aside)
    labels[:] = Class.TREE  # grass counts as vegetation
    np.copyto(labels, np.uint8(Class.PAVEMENT), where=distance < PAVEMENT_M)
    np.copyto(labels, np.uint8(Class.ROAD), where=distance < ROAD_M)


def _haze(rgb: Pixels, z: NDArray[np.float32]) -> None:
    far = int(np.searchsorted(-z, -12.0))  # nearer than this, haze is below one grey level in twenty
    if far == 0:
        return
    share = (1 - np.exp(-z[:far] / HAZE_REACH_M))[:, None, None]
    rgb[:far] = (rgb[:far] * (1 - share) + HAZE * share).astype(np.uint8)


def draw_tile(rng: np.random.Generator) -> Pixels:
    """(length, width, 3) uint8: row 0 is where a tile begins, rows run ahead, columns run to the right."""
    height, width = int(_LENGTH_M * _PX_PER_M), int(2 * _HALF_M * _PX_PER_M)
    x = np.asarray((np.arange(width) + 0.5) / _PX_PER_M - _HALF_M, np.float32)
    y = np.asarray((np.arange(height) + 0.5) / _PX_PER_M, np.float32)
    fine = grain(rng, height, width)
    broad = smooth_noise(rng, height, width, 300, 5)
    tile = np.empty((3, height, width), np.float32)

    road = _columns(np.abs(x) < ROAD_M)
    _asphalt(rng, x[road], y, fine[:, road], broad[:, road], tile[:, :, road])
    # The two sides are one picture: a slab's tone is that of the slab across the street.
    left, right = _columns((x < -ROAD_M) & (x > -PAVEMENT_M)), _columns((x > ROAD_M) & (x < PAVEMENT_M))
    sides = np.concatenate([fine[:, left], fine[:, right]], 1), np.concatenate([broad[:, left], broad[:, right]], 1)
    paving = _paving(rng, np.abs(np.concatenate([x[left], x[right]])), y, *sides)
    tile[:, :, left], tile[:, :, right] = np.split(paving, [left.stop - left.start], axis=2)
    blades = smooth_noise(rng, height, width, 12, 3)
    green = np.array([96, 118, 58], np.float32)
    for grass in (_columns(x <= -PAVEMENT_M), _columns(x >= PAVEMENT_M)):
        tone = 1 + 0.10 * broad[:, grass] + 0.14 * blades[:, grass] + 0.05 * fine[:, grass]
        tile[:, :, grass] = tinted(tone, green)

    # The left side lies in the light shade of its houses; the edge is soft and uneven.
    edge = -5.0 + 1.1 * smooth_noise(rng, height, 1, 250, 3)
    cast = np.array([-0.6, 0.0, 1.4], np.float32)
    for rows in strips(height):
        shade = 1 / (1 + np.exp((x[None] - edge[rows]) * 2.2))
        tile[:, rows] *= 1 - 0.24 * shade
        tile[:, rows] += tinted(shade * 5, cast)
    return packed(tile)


def _columns(chosen: NDArray[np.bool_]) -> slice:
    """From the first chosen column to the last."""
    found = np.flatnonzero(chosen)
    return slice(int(found[0]), int(found[-1]) + 1)


def _asphalt(
    rng: np.random.Generator, x: NDArray[np.float32], y: NDArray[np.float32],
    fine: NDArray[np.float32], broad: NDArray[np.float32], out: NDArray[np.float32],
) -> None:  # fmt: skip
    """Worn, mended and marked; into `out`, (3, length, width)."""
    height, width = fine.shape
    tone = 112 + 7 * broad + 7 * fine
    # Wheels polish two tracks in each lane, oil darkens the middle between them.
    for lane in (-1.75, 1.75):
        for track in (-0.75, 0.75):
            tone += 7 * np.exp(-(((x - lane - track) / 0.28) ** 2))
        tone -= 9 * np.exp(-(((x - lane) / 0.3) ** 2))
    tone -= np.where(np.abs(x) > ROAD_M - 0.35, np.float32(14), np.float32(0))  # the gutter

    for _ in range(9):  # repairs: smooth, darker or lighter rectangles with tarred edges
        w, length = rng.uniform(0.7, 2.0), rng.uniform(1.2, 5.0)
        x0, y0 = rng.uniform(-ROAD_M + 0.5, ROAD_M - 2.5), rng.uniform(0.5, _LENGTH_M - 6)
        inside = np.ix_((y > y0) & (y < y0 + length), (x > x0) & (x < x0 + w))
        core = np.ix_((y > y0 + 0.05) & (y < y0 + length - 0.05), (x > x0 + 0.05) & (x < x0 + w - 0.05))
        shift = rng.uniform(-14, 5)
        tone[inside] -= 16
        tone[core] += 16 + shift

    lines = np.ascontiguousarray(tone, np.float32)
    for _ in range(14):  # cracks wander along the road
        start = rng.integers(0, width), rng.integers(0, height - 260)
        steps = np.cumsum(np.stack([rng.normal(0, 5, 40), rng.uniform(1, 11, 40)], 1), 0) + start
        cv2.polylines(lines, [steps.astype(np.int32)], False, float(rng.uniform(66, 82)), 1, cv2.LINE_AA)
    for _ in range(3):  # manholes
        at = (int(rng.integers(60, width - 60)), int(rng.integers(40, height - 40)))
        cv2.circle(lines, at, 13, 74.0, -1, cv2.LINE_AA)
        cv2.circle(lines, at, 11, 92.0, 2, cv2.LINE_AA)
    out[:] = tinted(lines, np.array([1.0, 0.985, 0.96], np.float32))

    paint = np.zeros((height, width), np.float32)
    paint[np.ix_(np.mod(y, 7.5) < 3.2, np.abs(x) < 0.075)] = 1  # dashes along the middle
    for edge in (-3.35, 3.35):  # where parking begins
        paint[np.ix_(np.mod(y, 1.5) < 0.75, np.abs(x - edge) < 0.05)] = 0.8
    paint = np.asarray(cv2.GaussianBlur(paint, (0, 0), 0.8), np.float32)
    marked = paint.any(axis=0)
    worn = np.clip(0.92 + 0.22 * broad[:, marked] + 0.20 * fine[:, marked], 0.25, 1)
    paint = paint[:, marked] * worn
    out[:, :, marked] = out[:, :, marked] * (1 - paint) + tinted(paint, np.array([232, 231, 224], np.float32))


def _paving(
    rng: np.random.Generator, x: NDArray[np.float32], y: NDArray[np.float32],
    fine: NDArray[np.float32], broad: NDArray[np.float32],
) -> NDArray[np.float64]:  # fmt: skip
    """Slabs in rows, each with its own tone, behind a granite kerb."""
    row, column = (y / 0.6).astype(int), ((x - ROAD_M) / 0.8).astype(int)
    slabs = rng.normal(0, 6, (row.max() + 1, column.max() + 1))[row][:, column]
    tone = 158 + slabs + 6 * broad + 4 * fine
    tone[np.mod(y, 0.6) < 0.03] -= 26
    tone[:, np.mod(x - ROAD_M, 0.8) < 0.03] -= 26
    colour = tinted(tone, np.array([1.0, 0.97, 0.93], np.float32))
    kerb = x < ROAD_M + 0.22
    stones = rng.normal(0, 7, int(_LENGTH_M))[y.astype(int)]
    top = 178 + stones[:, None] + 4 * fine[:, kerb]
    top[np.mod(y, 1.0) < 0.03] -= 40
    face = x[kerb] < ROAD_M + 0.07
    top[:, face] -= 62
    colour[:, :, kerb] = tinted(top, np.array([1.0, 0.99, 0.97], np.float32))
    # Walls and fences keep the light off the far edge.
    colour *= 1 - 0.28 * np.exp(-(PAVEMENT_M - x) / 0.35)
    return colour
