"""Sky and skyline: a panorama far enough away that only turning moves it."""

from __future__ import annotations

import math

import cv2
import numpy as np

from bisenet_viewer.sources.street.canvas import HAZE, Canvas, Pixels
from bisenet_viewer.sources.street.ids import Class
from bisenet_viewer.sources.street.noise import Floats, grain, smooth_noise
from bisenet_viewer.sources.street.planes import packed, tinted
from bisenet_viewer.sources.street.view import View

_MARGIN = 0.36
"""Radians of panorama beyond each side of the picture: more than the street ever turns."""
_BELOW = 0.1
"""How far the panorama reaches below the horizon, as a share of the picture's height; the ground covers that."""


class Sky:
    """The panorama for one picture size."""

    def __init__(self, rng: np.random.Generator, width: int, height: int, focal: float, horizon: float) -> None:
        self._margin = math.ceil(_MARGIN * focal)
        self._horizon = round(horizon + _BELOW * height)
        rows, columns = self._horizon + round(_BELOW * height), width + 2 * self._margin
        self._rgb, self._labels = _panorama(rng, rows, columns, self._horizon, focal)

    def paint(self, canvas: Canvas, view: View) -> None:
        x = self._margin + view.heading * view.focal
        y = self._horizon - view.horizon
        rows = min(canvas.height, math.floor(view.horizon) + 2)
        matrix = np.array([[1, 0, -x], [0, 1, -y]], np.float32)
        size = canvas.width, rows
        cv2.warpAffine(self._rgb, matrix, size, dst=canvas.rgb[:rows], flags=cv2.INTER_LINEAR)
        left, top = round(x), round(y)
        canvas.labels[:rows] = self._labels[top : top + rows, left : left + canvas.width]


def _panorama(rng: np.random.Generator, rows: int, columns: int, horizon: int, focal: float) -> tuple[Pixels, Pixels]:
    # Elevation in units of the focal length: the same sky at every picture size.
    up = ((horizon - np.arange(rows, dtype=np.float32)) / focal)[:, None]
    mix = np.clip(up / 0.5, 0, 1) ** 0.75
    low, high = np.array([214, 223, 231], np.float32), np.array([104, 154, 211], np.float32)
    sky = np.empty((3, rows, columns), np.float32)
    sky[:] = tinted(1 - mix, low) + tinted(mix, high)

    # Clouds lie in a layer: seen in perspective they flatten towards the horizon.
    field = smooth_noise(rng, 512, 512, 150, 7)
    distance = 30 / (np.maximum(up, 0) + 0.16)
    aside = (np.arange(columns, dtype=np.float32) - columns / 2)[None] / focal
    map_x = np.mod(aside * distance * 2.1, 511).astype(np.float32)
    map_y = np.broadcast_to(np.mod(distance * 3.0, 511), map_x.shape).astype(np.float32).copy()
    density = cv2.remap(field, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    lit = cv2.remap(field, map_x, np.mod(map_y + 7, 511), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    cover = 1 / (1 + np.exp(-(density - 0.15) * 3.2))
    relief = np.clip((density - lit) * 26, -26, 10)
    cover *= 0.9
    for plane, cloud in zip(sky, (244 + relief, 246 + relief, 249 + relief * 0.8), strict=True):
        plane += (cloud - plane) * cover

    labels = np.full((rows, columns), Class.SKY, np.uint8)
    _skyline(rng, sky, labels, up, focal)
    return packed(sky + grain(rng, rows, columns) * 0.7), labels


def _skyline(rng: np.random.Generator, sky: Floats, labels: Pixels, up: Floats, focal: float) -> None:
    """Far roofs, then trees before them, both pale with haze."""
    rows, columns = labels.shape
    roofs = np.zeros(columns, np.float32)
    at = 0
    while at < columns:
        wide = max(2, int(rng.uniform(0.02, 0.07) * focal))
        roofs[at : at + wide] = rng.uniform(0.018, 0.055)
        at += wide
    crowns = 0.034 + 0.014 * smooth_noise(rng, 1, columns, 0.16 * focal, 6)[0]
    leaves = smooth_noise(rng, rows, columns, max(3.0, 0.012 * focal), 3)
    for outline, colour, texture, label, fade in (
        (roofs, (150, 128, 116), 0.02, Class.BUILDING, 0.55),
        (crowns, (84, 104, 70), 0.13, Class.TREE, 0.42),
    ):
        inside = up < outline[None]
        own = tinted(1 + texture * leaves, np.array(colour, np.float32))
        np.copyto(sky, own * (1 - fade) + HAZE * fade, where=inside)
        labels[inside] = label
