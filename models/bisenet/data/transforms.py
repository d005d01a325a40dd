"""Augmentation of a picture and its labels: one affine crop, then photometric changes.

The papers' augmentation is random scale, crop and flip (V1 section 4.1, V2 section 4.2). The photometric part is ours:
a small data set from one camera teaches its colours unless they are changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Labels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Ranges of the random changes."""

    width: int
    height: int
    scale_min: float = 0.75
    scale_max: float = 2.0
    rotation_deg: float = 0.0
    photometric: float = 0.0
    """0 is none, 1 is strong: gamma, gain per channel, saturation, hue, grey, blur, noise."""

    def __post_init__(self) -> None:
        if self.width < 32 or self.height < 32:
            raise ValueError(f"crop must be at least 32x32, got {self.width}x{self.height}")
        if not 0 < self.scale_min <= self.scale_max:
            raise ValueError(f"expected 0 < scale_min <= scale_max, got {self.scale_min}, {self.scale_max}")


def augment(
    rgb: Rgb, labels: Labels, options: Augmentation, ignore_id: int, rng: np.random.Generator
) -> tuple[Rgb, Labels]:
    """A random crop of the options' size; where it reaches over the picture, labels are ignore_id."""
    rgb, labels = _crop(rgb, labels, options, ignore_id, rng)
    if options.photometric > 0:
        rgb = _photometric(rgb, options.photometric, rng)
    return rgb, labels


def _crop(
    rgb: Rgb, labels: Labels, options: Augmentation, ignore_id: int, rng: np.random.Generator
) -> tuple[Rgb, Labels]:
    height, width = labels.shape
    scale = float(np.exp(rng.uniform(np.log(options.scale_min), np.log(options.scale_max))))
    angle = np.deg2rad(rng.uniform(-options.rotation_deg, options.rotation_deg))
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    # The crop's centre, anywhere such that the crop stays inside; the picture's centre where the crop is larger.
    reach_x = max(width - options.width / scale, 0.0) / 2
    reach_y = max(height - options.height / scale, 0.0) / 2
    centre_x = width / 2 + rng.uniform(-reach_x, reach_x)
    centre_y = height / 2 + rng.uniform(-reach_y, reach_y)
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    linear = np.array([[cos * mirror, -sin], [sin * mirror, cos]])
    shift = np.array([options.width / 2, options.height / 2]) - linear @ np.array([centre_x, centre_y])
    matrix = np.concatenate([linear, shift[:, None]], axis=1)
    size = (options.width, options.height)
    if scale < 0.75:
        # warpAffine samples single points: shrink first, or fine texture turns into noise.
        shrunk = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        fit = np.diag([width / shrunk.shape[1], height / shrunk.shape[0], 1.0])
        rgb = np.asarray(cv2.warpAffine(shrunk, (matrix @ fit), size, flags=cv2.INTER_LINEAR), np.uint8)
    else:
        rgb = np.asarray(cv2.warpAffine(rgb, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)
    cropped = cv2.warpAffine(labels, matrix, size, flags=cv2.INTER_NEAREST, borderValue=float(ignore_id))
    return rgb, np.asarray(cropped, np.uint8)


def _photometric(rgb: Rgb, strength: float, rng: np.random.Generator) -> Rgb:
    # Gamma, contrast and a gain per channel are one look-up table each.
    gamma = np.exp(rng.uniform(-0.5, 0.5) * strength)
    contrast = np.exp(rng.uniform(-0.35, 0.35) * strength)
    brightness = rng.uniform(-0.15, 0.15) * strength
    gains = np.exp(rng.uniform(-0.2, 0.2, 3) * strength)
    ramp = np.linspace(0, 1, 256)[:, None]
    table = ((ramp**gamma - 0.5) * contrast + 0.5 + brightness) * gains
    rgb = np.asarray(cv2.LUT(rgb, np.clip(table * 255, 0, 255).astype(np.uint8)[None]), np.uint8)
    if rng.random() < 0.8:
        hsv = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV_FULL)
        steps = np.arange(256, dtype=np.float64)
        shift = rng.uniform(-14, 14) * strength
        saturation = np.exp(rng.uniform(-0.7, 0.6) * strength)
        hsv_table = np.stack([(steps + shift) % 256, np.clip(steps * saturation, 0, 255), steps], axis=1)
        rgb = np.asarray(cv2.cvtColor(cv2.LUT(hsv, hsv_table.astype(np.uint8)[None]), cv2.COLOR_HSV2RGB_FULL), np.uint8)
    if rng.random() < 0.05 * strength:
        rgb = np.repeat(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)[:, :, None], 3, axis=2).astype(np.uint8)
    if rng.random() < 0.2 * strength:
        rgb = np.asarray(cv2.GaussianBlur(rgb, (0, 0), rng.uniform(0.4, 1.4)), np.uint8)
    if rng.random() < 0.3 * strength:
        noise = rng.normal(0, rng.uniform(2, 10), (*rgb.shape[:2], 1)).astype(np.float32)
        rgb = np.clip(rgb + noise, 0, 255).astype(np.uint8)
    return rgb
