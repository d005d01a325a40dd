"""Street trees: a trunk that forks and a crown of thousands of leaves, lit from the upper left."""

from __future__ import annotations

import math

import cv2
import numpy as np

from bisenet_viewer.sources.street.canvas import Pixels, Texture

WIDTH_M, HEIGHT_M = 7.0, 8.5
_PX_PER_M = 36
_SCALE = 2  # drawn at twice the size, then reduced
_GREENS = ((92, 112, 52), (78, 102, 50), (108, 118, 60), (84, 108, 66), (118, 112, 58))


def draw_tree(rng: np.random.Generator) -> Texture:
    """A tree 7 m wide and 8.5 m high, with gaps in its crown that show what is behind."""
    scale = _PX_PER_M * _SCALE
    width, height = round(WIDTH_M * scale), round(HEIGHT_M * scale)
    image = np.zeros((height, width, 4), np.uint8)
    _branch(rng, image, (width / 2, height - 1.0), -math.pi / 2 + rng.normal(0, 0.03), 2.6 * scale, 0.36 * scale, 4)
    _crown(rng, image, scale)
    small = cv2.resize(image, (width // _SCALE, height // _SCALE), interpolation=cv2.INTER_AREA)
    return Texture(np.asarray(small, np.uint8))


def _branch(
    rng: np.random.Generator, image: Pixels, start: tuple[float, float],
    angle: float, length: float, thickness: float, forks: int,
) -> None:  # fmt: skip
    """A tapering limb, its right side in shade, and the limbs that grow from its end."""
    end = start[0] + length * math.cos(angle), start[1] + length * math.sin(angle)
    x, y = math.sin(angle), -math.cos(angle)  # across the limb
    for share, tone in ((1.0, 62), (0.62, 84), (0.28, 104)):
        (ax, ay), (bx, by) = (
            (at[0] + -x * thickness * (1 - share) * 0.35, at[1] + -y * thickness * (1 - share) * 0.35)
            for at in (start, end)
        )
        wide, narrow = thickness * share / 2, thickness * share * 0.36
        outline = [
            (int(ax - x * wide), int(ay - y * wide)), (int(ax + x * wide), int(ay + y * wide)),
            (int(bx + x * narrow), int(by + y * narrow)), (int(bx - x * narrow), int(by - y * narrow)),
        ]  # fmt: skip
        paint = tone, int(tone * 0.86), int(tone * 0.72), 255
        cv2.fillConvexPoly(image, np.array(outline, np.int32), paint)
    if forks == 0:
        return
    for turn in (rng.uniform(-0.75, -0.3), rng.uniform(-0.15, 0.15), rng.uniform(0.3, 0.75)):
        _branch(rng, image, end, angle + turn, length * rng.uniform(0.5, 0.68), thickness * 0.6, forks - 1)


def _crown(rng: np.random.Generator, image: Pixels, scale: int) -> None:
    """Clusters of leaves from the back to the front; each is bright at its upper left and dark below."""
    height, width = image.shape[:2]
    green = np.array(_GREENS[rng.integers(len(_GREENS))], float)
    centre = np.array([width / 2, height * 0.36])
    reach = np.array([width * 0.36, height * 0.27])
    clusters = 46
    angle, radius = rng.uniform(0, 2 * math.pi, clusters), np.sqrt(rng.uniform(0, 1, clusters))
    middles = centre + np.stack([np.cos(angle), np.sin(angle)], 1) * radius[:, None] * reach
    for k, middle in enumerate(middles[np.argsort(rng.normal(0, 1, clusters) - radius)]):
        size = rng.uniform(0.45, 0.95) * scale
        leaves = 150
        turn, out = rng.uniform(0, 2 * math.pi, leaves), np.sqrt(rng.uniform(0, 1, leaves))
        offset = np.stack([np.cos(turn), 0.8 * np.sin(turn)], 1) * out[:, None]
        place = middle + offset * size
        inward = (place - centre) / (reach * 1.35)
        light = 0.80 - 0.26 * offset[:, 1] - 0.14 * offset[:, 0] - 0.20 * inward[:, 1] - 0.10 * inward[:, 0]
        light *= (0.66 + 0.40 * k / clusters) * rng.normal(1, 0.11, leaves)
        colours = np.clip(green * light[:, None] * 1.12 + (light[:, None] > 0.95) * np.array([14, 12, 0]), 8, 250)
        sizes = rng.uniform(0.035, 0.085, leaves) * scale
        # Plain numbers: taken from arrays one by one, they cost more than the painting.
        centres = place.astype(int)
        axes = np.stack([sizes.astype(int), (sizes * 0.65).astype(int) + 1], 1)
        turns = (place[:, 0] * 37).astype(int) % 180
        paints = np.column_stack([colours.astype(int), np.full(leaves, 255)])
        for at, axis, twist, paint in zip(
            centres.tolist(), axes.tolist(), turns.tolist(), paints.tolist(), strict=True
        ):
            cv2.ellipse(image, at, axis, twist, 0, 360, paint, -1)
