"""What stands behind pasted people: windows of other pictures, any person in them painted over, and made walls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet.data.stream import Pictures

Rgb = NDArray[np.uint8]
Labels = NDArray[np.uint8]

BACKGROUND, PERSON, IGNORED = 0, 1, 255
_TRIES = 4
_MIN_SIDE = 150
"""Of a window, pixels: smaller ones are nothing but blur when they fill a frame."""


@dataclass(frozen=True, slots=True)
class BackdropPictures:
    """A data set whose pictures may stand behind people."""

    data: Pictures
    background: tuple[int, ...]
    """Its ids of what is certainly no person."""
    person: tuple[int, ...]
    """Its ids of people; all other ids are ignored: people without a label may hide there."""

    def read(self, index: int) -> tuple[Rgb, Labels]:
        """Picture and labels BACKGROUND, PERSON or IGNORED. Raises DataError."""
        rgb, labels = self.data.read(index)
        table = np.full(256, IGNORED, np.uint8)
        table[list(self.background)] = BACKGROUND
        table[list(self.person)] = PERSON
        return rgb, table[labels]


def backdrop(
    pictures: Sequence[BackdropPictures], size: tuple[int, int], rng: np.random.Generator
) -> tuple[Rgb, Labels]:
    """A frame of size (width, height) without a person that fills it, and its labels.

    pictures: none means that walls and gradients are all there is. Raises DataError.
    """
    if pictures and rng.random() < 0.8:
        for _ in range(_TRIES):
            chosen = pictures[int(rng.integers(len(pictures)))]
            rgb, labels = chosen.read(int(rng.integers(len(chosen.data))))
            if (labels == PERSON).any():
                rgb = paint_over(rgb, labels == PERSON)
                labels = np.where(labels == PERSON, BACKGROUND, labels).astype(np.uint8)
            found = _window(rgb, labels, size, rng)
            if found is not None:
                return _out_of_focus(found[0], rng), found[1]
    return _wall(size, rng), np.zeros((size[1], size[0]), np.uint8)


def paint_over(rgb: Rgb, mask: NDArray[np.bool_]) -> Rgb:
    """The picture with what is under the mask filled from around it, and all of it blurred, so that it looks whole."""
    small = cv2.resize(rgb, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA).astype(np.float32)
    around = cv2.dilate(mask.astype(np.uint8), np.ones((9, 9), np.uint8))
    hidden = cv2.resize(around.astype(np.float32), (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA)
    known = (hidden < 0.01).astype(np.float32)
    filled = small * known[:, :, None]
    weight = known.copy()
    # From near to far: what is close to the hole comes from close by, its middle from further away.
    sigma = 1.0
    while (weight < 1e-3).any() and sigma < max(small.shape):
        wide = cv2.GaussianBlur(known, (0, 0), sigma)
        colors = cv2.GaussianBlur(small * known[:, :, None], (0, 0), sigma) / np.maximum(wide, 1e-6)[:, :, None]
        new = (weight < 1e-3) & (wide > 0.02)
        filled[new] = colors[new]
        weight[new] = 1
        sigma *= 2
    soft = cv2.GaussianBlur(filled, (0, 0), 1.2)
    large = cv2.resize(soft, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(large, 0, 255), np.uint8)


def _window(rgb: Rgb, labels: Labels, size: tuple[int, int], rng: np.random.Generator) -> tuple[Rgb, Labels] | None:
    """A part of the picture with the frame's aspect, mirrored or not; None where too little of it has a label."""
    height, width = labels.shape
    largest = min(width / size[0], height / size[1])  # picture pixels per frame pixel
    smallest = min(largest, _MIN_SIDE / min(size))
    scale = exp(log(smallest) + (log(largest) - log(smallest)) * rng.random())
    across, along = max(1, int(size[0] * scale)), max(1, int(size[1] * scale))
    left, top = int(rng.integers(width - across + 1)), int(rng.integers(height - along + 1))
    part, ids = rgb[top : top + along, left : left + across], labels[top : top + along, left : left + across]
    if (ids == IGNORED).mean() > 0.3:
        return None
    if rng.random() < 0.5:
        part, ids = part[:, ::-1], ids[:, ::-1]
    frame = cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale > 1 else cv2.INTER_CUBIC)
    return np.asarray(frame, np.uint8), np.asarray(cv2.resize(ids, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _out_of_focus(rgb: Rgb, rng: np.random.Generator) -> Rgb:
    if rng.random() < 0.5:
        return rgb
    sigma = exp(log(0.8) + (log(12) - log(0.8)) * rng.random())
    return np.asarray(cv2.GaussianBlur(rgb, (0, 0), sigma), np.uint8)


def _wall(size: tuple[int, int], rng: np.random.Generator) -> Rgb:
    """A wall or a drawn backdrop: two muted colours from one side to the other, stains, furniture, grain."""
    width, height = size
    ends = _muted(rng, 2)
    angle = rng.random() * 2 * np.pi
    x, y = np.meshgrid(np.linspace(-0.5, 0.5, width), np.linspace(-0.5, 0.5, height))
    along = np.clip(x * np.cos(angle) + y * np.sin(angle) + 0.5, 0, 1)[:, :, None]
    frame = np.asarray(ends[0] + (ends[1] - ends[0]) * along, np.float32)
    for _ in range(int(rng.integers(7))):
        _furniture(frame, rng)
    if rng.random() < 0.7:
        coarse = rng.normal(0, rng.random() * 14, (int(rng.integers(3, 9)), int(rng.integers(3, 12)), 1))
        stains = cv2.resize(coarse.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
        frame += stains[:, :, None]
    soft = cv2.GaussianBlur(frame, (0, 0), 0.6 + rng.random() * 2)
    return np.asarray(np.clip(soft + rng.normal(0, 1 + rng.random() * 3, frame.shape), 0, 255), np.uint8)


def _muted(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """(count, 3) colours of rooms: grey to half saturated, dark to light."""
    grey = rng.uniform(25, 240, (count, 1))
    return np.clip(grey + rng.normal(0, 1, (count, 3)) * rng.uniform(0, 40), 0, 255)


def _furniture(frame: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Draw a shelf, a door, a window or a picture: a rectangle, often with stripes across it."""
    height, width = frame.shape[:2]
    across, along = rng.uniform(0.04, 0.6, 2) * (width, height)
    left, top = rng.uniform(-0.1, 1, 2) * (width, height)
    corner, opposite = (int(left), int(top)), (int(left + across), int(top + along))
    color, line = _muted(rng, 2).tolist()
    cv2.rectangle(frame, corner, opposite, color, -1)
    if rng.random() < 0.6:
        cv2.rectangle(frame, corner, opposite, line, int(rng.integers(1, 6)))
    stripes, upright = int(rng.integers(0, 9)), rng.random() < 0.5
    for number in range(1, stripes):
        share = number / stripes
        if upright:
            ends = (int(left + across * share), int(top)), (int(left + across * share), int(top + along))
        else:
            ends = (int(left), int(top + along * share)), (int(left + across), int(top + along * share))
        cv2.line(frame, *ends, line, int(rng.integers(1, 6)))
