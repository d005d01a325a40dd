"""`PeopleScenes`: pictures as a webcam sees people, made of photographs of whole people.

A person before a webcam is head and shoulders, cut off by the frame's lower edge, before a room. Photographs with
masks of whole people become that by a closer crop, or by pasting the person on another background.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, exp, log, radians, sin
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet.data.backdrops import BACKGROUND, IGNORED, PERSON, BackdropPictures, backdrop
from bisenet.data.stream import Pictures

Rgb = NDArray[np.uint8]
Labels = NDArray[np.uint8]

_ASPECTS = (4 / 3, 16 / 9, 16 / 9, 1.0, 3 / 4)
_MIN_HEIGHT = 140
"""Of a person that is cut out, pixels: smaller ones are too coarse before a camera."""
_TRIES = 6


class Figure(NamedTuple):
    """A person in a picture that can be cut out: whole at the left, the top and the right."""

    mask: Labels
    """(H, W): 1 where the person is."""
    head_x: float
    top: int
    height: int
    whole: bool
    """Down to the feet; else the picture ends first."""


@dataclass(frozen=True, slots=True)
class PeopleScenes:
    """Makes a scene of a picture with labels 0 (background), 1 (person) and 255 (ignored)."""

    people: tuple[Pictures, ...]
    """Where a further person, or one for a picture without any, comes from; labelled in the same way."""
    backdrops: tuple[BackdropPictures, ...]
    height: int = 480
    """Of the scenes that are composed, pixels."""
    as_it_is: float = 0.15
    """Share of the pictures left alone."""
    closer: float = 0.3
    """Share cropped to the upper body, before their own background."""
    empty: float = 0.05
    """Share that are a background alone. The rest are people pasted on backgrounds."""

    def __post_init__(self) -> None:
        shares = (self.as_it_is, self.closer, self.empty)
        if min(shares) < 0 or sum(shares) > 1:
            raise ValueError(f"as_it_is, closer and empty are shares of one whole, got {shares}")
        if self.height < 64:
            raise ValueError(f"scenes must be at least 64 pixels high, got {self.height}")
        if not self.people:
            raise ValueError("pasting people needs a data set of people")

    def __call__(self, rgb: Rgb, labels: Labels, rng: np.random.Generator) -> tuple[Rgb, Labels]:
        """A scene (h, w, 3) and its labels (h, w), drawn from rng. Raises DataError."""
        kind = rng.random()
        aspect = _ASPECTS[int(rng.integers(len(_ASPECTS)))]
        if kind < self.as_it_is:
            return rgb, labels
        figure = find_figure(labels)
        if kind < self.as_it_is + self.closer:
            return self._closer(rgb, labels, figure, aspect, rng) if figure else (rgb, labels)
        size = (round(self.height * aspect), self.height)
        scene, ids = backdrop(self.backdrops, size, rng)
        if kind < self.as_it_is + self.closer + self.empty:
            return scene, ids
        figures = [(rgb, figure)] if figure else []
        for _ in range((0 if figure else 1) + int(rng.random() < 0.25)):
            figures += self._another(rng)
        # The one in front is pasted last, and is the largest.
        visible = exp(_between(rng, log(0.2), log(0.7)))
        for behind, (picture, person) in reversed(list(enumerate(figures))):
            share = min(visible * (1 + behind * _between(rng, 0.1, 0.8)), 0.95)
            place = _between(rng, 0.3, 0.7) if len(figures) == 1 else _between(rng, 0.1, 0.4) + 0.45 * (behind % 2)
            scene, ids = _paste(scene, ids, picture, person, share, place, rng)
        return scene, ids

    def _closer(
        self, rgb: Rgb, labels: Labels, figure: Figure, aspect: float, rng: np.random.Generator
    ) -> tuple[Rgb, Labels]:
        """The window around the upper body, enlarged; where the picture is too narrow, a narrower one."""
        picture_height, picture_width = labels.shape
        visible = _visible(figure, exp(_between(rng, log(0.22), log(0.7)))) * figure.height
        height = min(round(visible / (1 - _between(rng, 0.03, 0.3))), picture_height)
        width = min(round(height * aspect), picture_width)
        top = max(0, min(round(figure.top + visible - height), picture_height - height))
        left = round(figure.head_x - width * _between(rng, 0.3, 0.7))
        left = max(0, min(left, picture_width - width))
        window = slice(top, top + height), slice(left, left + width)
        return _resized(rgb[window], labels[window], (round(width * self.height / height), self.height))

    def _another(self, rng: np.random.Generator) -> list[tuple[Rgb, Figure]]:
        for _ in range(_TRIES):
            chosen = self.people[int(rng.integers(len(self.people)))]
            rgb, labels = chosen.read(int(rng.integers(len(chosen))))
            figure = find_figure(labels)
            if figure:
                return [(rgb, figure)]
        return []


def find_figure(labels: Labels) -> Figure | None:
    """The largest person, if it is not cut off at the left, the top or the right, and not too small; else None."""
    person = (labels == PERSON).astype(np.uint8)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(person, connectivity=4)
    if count < 2:
        return None
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    left, top, width, height = (int(stats[largest, column]) for column in range(4))
    if height < _MIN_HEIGHT or width > height * 1.2 or left == 0 or top == 0 or left + width == labels.shape[1]:
        return None
    mask = (parts == largest).astype(np.uint8)
    head = mask[top : top + max(1, height // 10)]
    head_x = float(np.nonzero(head)[1].mean())
    return Figure(mask, head_x, top, height, top + height < labels.shape[0] - 2)


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return low + (high - low) * rng.random()


def _resized(rgb: Rgb, labels: Labels, size: tuple[int, int]) -> tuple[Rgb, Labels]:
    enlarged = cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC)
    # Linear, then cut: the nearest label of a picture enlarged three times is a staircase.
    person = cv2.resize((labels == PERSON).astype(np.float32), size, interpolation=cv2.INTER_LINEAR) > 0.5
    ignored = cv2.resize((labels == IGNORED).astype(np.float32), size, interpolation=cv2.INTER_LINEAR) > 0.5
    ids = np.select([ignored, person], [IGNORED, PERSON], BACKGROUND)
    return np.asarray(enlarged, np.uint8), np.asarray(ids, np.uint8)


def _visible(figure: Figure, share: float) -> float:
    """Of the figure's height, what a share of a whole person is: who is cut off shows more of what there is."""
    return share if figure.whole else min(1.0, 2 * share)


def _paste(
    scene: Rgb, ids: Labels, rgb: Rgb, figure: Figure, share: float, place: float, rng: np.random.Generator
) -> tuple[Rgb, Labels]:
    """The scene with the person in it, head at `place` across, `share` of the whole body visible."""
    height, width = ids.shape
    visible = _visible(figure, share) * figure.height
    scale = height * (1 - _between(rng, 0.04, 0.35)) / visible
    angle = radians(_between(rng, -6, 6))
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    linear = scale * np.array([[cos(angle) * mirror, -sin(angle)], [sin(angle) * mirror, cos(angle)]])
    # The point of the body under the head that lies on the frame's lower edge; a little lower, so that no gap opens
    # when the body is turned.
    anchor = np.array([figure.head_x, figure.top + visible * 0.97])
    shift = np.array([width * place, height]) - linear @ anchor
    matrix = np.concatenate([linear, shift[:, None]], axis=1)
    light = _matched_light(rgb, figure.mask, scene, rng)
    person = cv2.warpAffine(cv2.LUT(rgb, light[None]), matrix, (width, height), flags=cv2.INTER_CUBIC)
    # The edge of the mask holds colours of the old background: a pixel less, and soft.
    inner = cv2.erode(figure.mask, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE).astype(np.float32)
    alpha = cv2.warpAffine(inner, matrix, (width, height), flags=cv2.INTER_LINEAR)
    alpha = cv2.GaussianBlur(alpha, (0, 0), max(_between(rng, 0.6, 1.4), 0.4 * scale))
    # Enlarged masks have steps; blurred by more than a step and sharpened again, they have curves.
    alpha = np.clip((alpha - 0.5) * max(1.0, 0.6 * scale) + 0.5, 0, 1)[:, :, None]
    mixed = np.rint(scene + alpha * (person.astype(np.float32) - scene))
    labels = np.where(alpha[:, :, 0] > 0.5, PERSON, ids)
    return np.asarray(np.clip(mixed, 0, 255), np.uint8), np.asarray(labels, np.uint8)


def _matched_light(rgb: Rgb, mask: Labels, scene: Rgb, rng: np.random.Generator) -> NDArray[np.uint8]:
    """(256, 3) table that moves the person's mean colour some of the way to the scene's."""
    there, here = np.asarray(cv2.mean(scene)[:3]), np.asarray(cv2.mean(rgb, mask)[:3])
    gains = np.clip(((there + 20) / (here + 20)) ** _between(rng, 0.1, 0.4), 0.65, 1.35)
    return np.asarray(np.clip(np.arange(256)[:, None] * gains, 0, 255), np.uint8)
