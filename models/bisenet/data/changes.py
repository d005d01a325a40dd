"""What one sample's augmentation is: every number drawn for it, before anything is done to a pixel.

The host (`augment_host`) and the device (`augment_device`) compute the same picture from the same `Changes`, so a
sample is the same wherever it is made. Effects are in the order of the light's way: scene, air, lens, sensor, codec.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, exp, log, pi, radians, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bisenet.data.augmentation import Augmentation

Labels = NDArray[np.uint8]

_TRIES = 10
"""How often a crop is drawn again when one class fills it (mmseg's RandomCrop)."""
PREVIEW_STRIDE = 4

# The effects' numbers are tuples of floats: on the device a batch of them is one tensor. Positions and lengths are
# shares of the crop's width and height, x to the right, y down; colours are 0 to 255, RGB.


class Geometry(NamedTuple):
    """Which part of the picture the crop shows."""

    scale: float
    """Crop pixels per picture pixel."""
    angle: float
    """Radians, clockwise in the picture's coordinates."""
    mirror: float
    """-1 mirrored left to right, else 1."""
    centre_x: float
    """Of the crop, in picture pixels from the picture's left edge."""
    centre_y: float

    def inverse(self, width: int, height: int) -> tuple[float, float, float, float, float, float]:
        """Rows (xx, xy, x, yx, yy, y) of the map from crop to picture; pixel n covers n to n + 1 in both."""
        across, along = cos(self.angle) / self.scale, sin(self.angle) / self.scale
        xx, xy, yx, yy = self.mirror * across, self.mirror * along, -along, across
        x = self.centre_x - (xx * width + xy * height) / 2
        y = self.centre_y - (yx * width + yy * height) / 2
        return xx, xy, x, yx, yy, y

    @property
    def oversampling(self) -> int:
        """Samples per crop pixel and axis, averaged: single samples would turn fine texture into noise."""
        return max(1, ceil(0.75 / self.scale - 1e-9))


class Cutout(NamedTuple):
    """A rectangle of one colour."""

    left: float
    top: float
    right: float
    bottom: float
    red: float
    green: float
    blue: float


class Shadow(NamedTuple):
    """Darker beyond a line: times 1 - depth * sigmoid((p . normal - offset) / softness), p seen from the middle."""

    normal_x: float
    normal_y: float
    offset: float
    softness: float
    depth: float


class Haze(NamedTuple):
    """Blended with a colour: by nothing below row `bottom`, by `amount` from `span` above it."""

    amount: float
    bottom: float
    span: float
    red: float
    green: float
    blue: float


class Glare(NamedTuple):
    """A round light, blended: amount * (0.75 exp(-(d/r)^2) + 0.25 exp(-(d/3r)^2)), d and r in crop widths."""

    amount: float
    x: float
    y: float
    radius: float


class Rain(NamedTuple):
    """The streaks of `patterns.rain_tile`, from (x, y) on, slanted, `zoom` tile pixels per crop pixel."""

    amount: float
    x: float
    y: float
    slant: float
    zoom: float


class Noise(NamedTuple):
    """`patterns.noise_tile` from (x, y) on, times sigma (0 to 255)."""

    sigma: float
    x: float
    y: float


class Tone(NamedTuple):
    """((v ** gamma - 1/2) * contrast + 1/2 + brightness) * gain, for v from 0 to 1."""

    gamma: float
    contrast: float
    brightness: float
    red: float
    green: float
    blue: float


class Color(NamedTuple):
    """Turned by `hue` radians in the plane of chroma (YIQ), which is multiplied by `saturation`; 0 is grey."""

    hue: float
    saturation: float

    def matrix(self) -> NDArray[np.float64]:
        """(3, 3), of RGB columns."""
        turn = np.diag([1.0, self.saturation, self.saturation])
        turn[1:, 1:] @= [[cos(self.hue), -sin(self.hue)], [sin(self.hue), cos(self.hue)]]
        return np.asarray(_TO_RGB @ turn @ _TO_YIQ, np.float64)


_TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]])
_TO_RGB = np.linalg.inv(_TO_YIQ)


@dataclass(frozen=True, slots=True)
class Changes:
    """One sample's changes, in the order in which they are made; None is left out."""

    geometry: Geometry
    cutout: Cutout | None = None
    shadow: Shadow | None = None
    vignette: float | None = None
    """Light that is missing in the corners, as a share."""
    haze: Haze | None = None
    glare: Glare | None = None
    rain: Rain | None = None
    blur: float | None = None
    """Sigma in pixels, at most 1.5."""
    tone: Tone | None = None
    color: Color | None = None
    noise: Noise | None = None
    low_resolution: float | None = None
    """Factor of the sides, below 1."""
    jpeg: float | None = None
    """Quality, 1 to 100."""


def label_preview(labels: Labels) -> Labels:
    """Every fourth label of every fourth row: what `draw_changes` looks at, small enough to keep of every picture."""
    return np.ascontiguousarray(labels[PREVIEW_STRIDE // 2 :: PREVIEW_STRIDE, PREVIEW_STRIDE // 2 :: PREVIEW_STRIDE])


def draw_changes(
    options: Augmentation,
    width: int,
    height: int,
    rng: np.random.Generator,
    preview: Labels | None = None,
    ignore_id: int = 255,
) -> Changes:
    """Draw the changes of a sample from a picture of that size.

    preview: `label_preview` of its labels; needed where max_class_share is below 1, else ignored.
    """
    geometry = _geometry(options, width, height, rng)
    if options.max_class_share < 1:
        if preview is None:
            raise ValueError("max_class_share needs a preview of the labels")
        for _ in range(_TRIES):
            if _largest_share(geometry, options, preview, ignore_id) < options.max_class_share:
                break
            geometry = geometry._replace(**_centre(geometry.scale, options, width, height, rng))
    strength = options.photometric
    tone, color, blur, noise = _photometric(strength, rng) if strength > 0 else (None, None, None, None)
    shadow = _shadow(rng) if rng.random() < options.shadow else None
    vignette = _between(rng, 0.25, 0.7) if rng.random() < options.vignette else None
    if rng.random() < options.night:
        tone, shadow = _night_tone(rng), _night_sky(rng)
        noise = _noise(rng, 3, 10)
    return Changes(
        geometry,
        _cutout(rng) if rng.random() < options.cutout else None,
        shadow,
        vignette,
        _haze(rng) if rng.random() < options.haze else None,
        _glare(rng) if rng.random() < options.glare else None,
        _rain(rng) if rng.random() < options.rain else None,
        blur,
        tone,
        color,
        noise,
        _between(rng, 0.35, 0.8) if rng.random() < options.low_resolution else None,
        float(rng.integers(30, 96)) if rng.random() < options.jpeg else None,
    )


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    # Not rng.uniform: it takes four times as long, and the device waits for these numbers.
    return low + (high - low) * rng.random()


def _geometry(options: Augmentation, width: int, height: int, rng: np.random.Generator) -> Geometry:
    if options.scales:
        scale = options.scales[int(rng.integers(len(options.scales)))]
    else:
        scale = exp(_between(rng, log(options.scale_min), log(options.scale_max)))
    angle = radians(_between(rng, -options.rotation_deg, options.rotation_deg))
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    return Geometry(scale, angle, mirror, **_centre(scale, options, width, height, rng))


def _centre(scale: float, options: Augmentation, width: int, height: int, rng: np.random.Generator) -> dict[str, float]:
    # The crop anywhere inside the picture, or, on an axis where it is the larger, the picture anywhere inside the crop.
    reach_x = abs(width - options.width / scale) / 2
    reach_y = abs(height - options.height / scale) / 2
    return {
        "centre_x": width / 2 + _between(rng, -reach_x, reach_x),
        "centre_y": height / 2 + _between(rng, -reach_y, reach_y),
    }


def _largest_share(geometry: Geometry, options: Augmentation, preview: Labels, ignore_id: int) -> float:
    """The largest class's share of the labelled points on a grid over the crop; 0 where none is labelled."""
    u = (np.arange(32) + 0.5) * (options.width / 32)
    v = (np.arange(32)[:, None] + 0.5) * (options.height / 32)
    xx, xy, x, yx, yy, y = geometry.inverse(options.width, options.height)
    columns = np.floor((xx * u + xy * v + x) / PREVIEW_STRIDE).astype(int)
    rows = np.floor((yx * u + yy * v + y) / PREVIEW_STRIDE).astype(int)
    inside = (columns >= 0) & (columns < preview.shape[1]) & (rows >= 0) & (rows < preview.shape[0])
    counts = np.bincount(preview[rows[inside], columns[inside]], minlength=256)
    counts[ignore_id] = 0
    return float(counts.max() / max(counts.sum(), 1))


def _photometric(strength: float, rng: np.random.Generator) -> tuple[Tone, Color | None, float | None, Noise | None]:
    tone = Tone(
        exp(_between(rng, -0.5, 0.5) * strength),
        exp(_between(rng, -0.35, 0.35) * strength),
        _between(rng, -0.15, 0.15) * strength,
        *(exp(_between(rng, -0.2, 0.2) * strength) for _ in range(3)),
    )
    color = None
    if rng.random() < 0.8:
        hue = radians(_between(rng, -20, 20) * strength)
        color = Color(hue, exp(_between(rng, -0.7, 0.6) * strength))
    if rng.random() < 0.05 * strength:
        color = Color(0.0, 0.0)
    blur = _between(rng, 0.4, 1.4) if rng.random() < 0.2 * strength else None
    return tone, color, blur, _noise(rng, 2, 10) if rng.random() < 0.3 * strength else None


def _noise(rng: np.random.Generator, low: float, high: float) -> Noise:
    return Noise(_between(rng, low, high), rng.random(), rng.random())


def _cutout(rng: np.random.Generator) -> Cutout:
    width, height = _between(rng, 0.1, 0.35), _between(rng, 0.1, 0.35)
    left, top = _between(rng, 0, 1 - width), _between(rng, 0, 1 - height)
    return Cutout(left, top, left + width, top + height, *(rng.random(3) * 255).tolist())


def _shadow(rng: np.random.Generator) -> Shadow:
    angle = _between(rng, 0, 2 * pi)
    softness = exp(_between(rng, log(0.005), log(0.3)))
    return Shadow(cos(angle), sin(angle), _between(rng, -0.35, 0.35), softness, _between(rng, 0.25, 0.65))


def _night_tone(rng: np.random.Generator) -> Tone:
    # Lamps are orange or blue-white; what little contrast there is lies low.
    light = _between(rng, 0.35, 0.7)
    warmth = _between(rng, -0.25, 0.35)
    gains = (light * exp(warmth), light, light * exp(-warmth))
    return Tone(_between(rng, 0.7, 1.1), _between(rng, 0.85, 1.0), 0.0, *gains)


def _night_sky(rng: np.random.Generator) -> Shadow:
    return Shadow(0.0, -1.0, _between(rng, -0.05, 0.25), _between(rng, 0.06, 0.2), _between(rng, 0.4, 0.85))


def _haze(rng: np.random.Generator) -> Haze:
    grey = _between(rng, 165, 235)
    return Haze(
        _between(rng, 0.35, 0.85),
        _between(rng, 0.75, 1.2),
        _between(rng, 0.4, 1.0),
        grey,
        grey,
        grey + rng.random() * 12,
    )


def _glare(rng: np.random.Generator) -> Glare:
    return Glare(_between(rng, 0.6, 1.0), rng.random(), _between(rng, -0.1, 0.45), _between(rng, 0.05, 0.22))


def _rain(rng: np.random.Generator) -> Rain:
    return Rain(
        _between(rng, 0.35, 0.7), rng.random(), rng.random(), _between(rng, -0.35, 0.35), _between(rng, 0.4, 1.2)
    )
