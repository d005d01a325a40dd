"""Pedestrians and cyclists: figures drawn at each phase of a step or a turn of the pedals."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from bisenet_viewer.sources.street.canvas import Pixels, Texture

WALKER_WIDTH_M, WALKER_HEIGHT_M = 1.0, 1.8
RIDER_WIDTH_M, RIDER_HEIGHT_M = 0.9, 1.75
PHASES = 12
_PX_PER_M = 56
_SCALE = 4

_Rgba = tuple[int, int, int, int]
_COATS = (
    (54, 62, 84),
    (128, 46, 44),
    (70, 78, 66),
    (38, 38, 42),
    (168, 150, 118),
    (88, 104, 128),
    (196, 190, 182),
    (150, 92, 40),
)
_TROUSERS = ((48, 54, 72), (40, 40, 44), (92, 84, 72), (66, 74, 92))
_SKINS = ((214, 172, 146), (168, 122, 94), (112, 78, 60), (226, 188, 164))
_HAIR = ((52, 38, 30), (30, 26, 26), (120, 88, 52), (136, 132, 128))


def _tone(colour: tuple[int, int, int], factor: float) -> _Rgba:
    r, g, b = (min(255, int(part * factor)) for part in colour)
    return r, g, b, 255


class _Figure:
    """Draws limbs and bodies on a large picture; x from the middle and y from the ground, in m."""

    def __init__(self, width_m: float, height_m: float) -> None:
        self._scale = _PX_PER_M * _SCALE
        self.image: Pixels = np.zeros((round(height_m * self._scale), round(width_m * self._scale), 4), np.uint8)

    def _at(self, x: float, y: float) -> tuple[int, int]:
        height, width = self.image.shape[:2]
        return round(width / 2 + x * self._scale), round(height - y * self._scale)

    def limb(
        self, points: list[tuple[float, float]], thickness: float, colour: tuple[int, int, int], light: float
    ) -> None:
        """A bent stroke with round ends, brighter along its left."""
        for share, shift, tone in ((1.0, 0.0, 0.78), (0.6, -0.14, 1.0), (0.25, -0.26, 1.12)):
            path = np.array([self._at(x + shift * thickness, y) for x, y in points], np.int32)
            cv2.polylines(
                self.image, [path], False, _tone(colour, light * tone), max(1, int(thickness * share * self._scale))
            )

    def body(self, outline: list[tuple[float, float]], colour: tuple[int, int, int]) -> None:
        """A filled outline, shaded from the left to the right."""
        for share, shift, tone in ((1.0, 0.0, 0.76), (0.82, -0.012, 0.92), (0.55, -0.03, 1.04), (0.25, -0.045, 1.1)):
            path = np.array([self._at(x * share + shift, y) for x, y in outline], np.int32)
            cv2.fillPoly(self.image, [path], _tone(colour, tone))

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: tuple[int, int, int], light: float) -> None:
        axes = max(1, int(rx * self._scale)), max(1, int(ry * self._scale))
        cv2.ellipse(self.image, self._at(x, y), axes, 0, 0, 360, _tone(colour, light), -1)

    def texture(self) -> Texture:
        size = self.image.shape[1] // _SCALE, self.image.shape[0] // _SCALE
        return Texture(np.asarray(cv2.resize(self.image, size, interpolation=cv2.INTER_AREA), np.uint8))


class Phases:
    """One figure in each phase of its step or of a turn of its pedals; a phase is drawn when it is first seen."""

    def __init__(self, draw: Callable[[int], Texture]) -> None:
        self._draw = draw
        self._drawn: dict[int, Texture] = {}

    def __getitem__(self, k: int) -> Texture:
        """Phase k of `PHASES`."""
        found = self._drawn.get(k)
        if found is None:
            found = self._drawn[k] = self._draw(k)
        return found


def draw_walker(rng: np.random.Generator, *, facing: bool) -> Phases:
    """One person walking towards us (`facing`) or away, in each phase of two steps."""
    coat, trousers = _COATS[rng.integers(len(_COATS))], _TROUSERS[rng.integers(len(_TROUSERS))]
    skin, hair = _SKINS[rng.integers(len(_SKINS))], _HAIR[rng.integers(len(_HAIR))]
    tall, long_coat, bag = rng.uniform(0.92, 1.02), bool(rng.random() < 0.4), bool(rng.random() < 0.5)
    return Phases(lambda k: _walker(k / PHASES, tall, coat, trousers, skin, hair, long_coat, bag, facing))


def _walker(
    phase: float, tall: float, coat: tuple[int, int, int], trousers: tuple[int, int, int],
    skin: tuple[int, int, int], hair: tuple[int, int, int], long_coat: bool, bag: bool, facing: bool,
) -> Texture:  # fmt: skip
    figure = _Figure(WALKER_WIDTH_M, WALKER_HEIGHT_M)
    swing = math.sin(2 * math.pi * phase)
    bob = 0.018 * abs(math.cos(2 * math.pi * phase))
    hip, shoulder = (0.86 + bob) * tall, (1.42 + bob) * tall
    # The leg that swings ahead is nearer or farther: what shows is a lifted foot and a bent knee.
    legs = sorted(((-1, swing), (1, -swing)), key=lambda leg: leg[1] if facing else -leg[1])
    for side, ahead in legs:
        lift = max(0.0, ahead) * 0.16
        knee, foot = (side * 0.085 + 0.012 * ahead, hip * 0.53 + lift * 0.5), (side * 0.075, 0.06 + lift)
        figure.limb([(side * 0.075, hip), knee, foot], 0.15, trousers, 0.92)
        figure.limb([(foot[0] - 0.01, foot[1] - 0.01), (foot[0] + side * 0.03, foot[1] - 0.03)], 0.1, (44, 38, 36), 1.0)
    for side, ahead in ((-1, -swing), (1, swing)):
        elbow = (side * 0.265, shoulder - 0.30)
        hand = (side * (0.27 + 0.02 * ahead), shoulder - 0.52 + 0.07 * abs(ahead))
        figure.limb([(side * 0.2, shoulder - 0.05), elbow, hand], 0.10, coat, 0.88)
        figure.ellipse(hand[0], hand[1] - 0.02, 0.04, 0.055, skin, 0.92)
    hem = hip - (0.28 if long_coat else 0.04)
    figure.body(
        [(-0.19, shoulder), (-0.23, shoulder - 0.08), (-0.18, hip + 0.18), (-0.20, hem),
         (0.20, hem), (0.18, hip + 0.18), (0.23, shoulder - 0.08), (0.19, shoulder), (0.0, shoulder + 0.04)], coat,
    )  # fmt: skip
    if bag and not facing:
        figure.body(
            [(-0.14, shoulder - 0.03), (-0.15, hip + 0.12), (0.15, hip + 0.12), (0.14, shoulder - 0.03)], (70, 74, 92)
        )
    head = shoulder + 0.19
    figure.limb([(0, shoulder + 0.06), (0, shoulder)], 0.1, skin, 0.85)
    figure.ellipse(0, head + 0.015, 0.098, 0.125, hair, 0.9)
    if facing:
        figure.ellipse(0.0, head - 0.02, 0.08, 0.10, skin, 0.9)
        figure.ellipse(-0.015, head - 0.02, 0.06, 0.09, skin, 1.04)
    else:
        figure.ellipse(-0.02, head + 0.04, 0.06, 0.075, hair, 1.2)
    return figure.texture()


def draw_rider(rng: np.random.Generator, *, facing: bool) -> Phases:
    """One cyclist, seen from the front (`facing`) or from behind, in each phase of a turn of the pedals."""
    coat = ((196, 206, 60), (190, 60, 44), (60, 88, 150), (70, 74, 78))[rng.integers(4)]
    trousers, skin = _TROUSERS[rng.integers(len(_TROUSERS))], _SKINS[rng.integers(len(_SKINS))]
    helmet = ((210, 210, 206), (60, 62, 66), (180, 50, 46))[rng.integers(3)]
    return Phases(lambda k: _rider(2 * math.pi * k / PHASES, coat, trousers, skin, helmet, facing))


def _rider(
    phase: float, coat: tuple[int, int, int], trousers: tuple[int, int, int],
    skin: tuple[int, int, int], helmet: tuple[int, int, int], facing: bool,
) -> Texture:  # fmt: skip
    figure = _Figure(RIDER_WIDTH_M, RIDER_HEIGHT_M)
    figure.ellipse(0, 0.34, 0.035, 0.34, (34, 34, 36), 1.0)
    figure.ellipse(-0.006, 0.34, 0.016, 0.30, (84, 84, 88), 1.0)
    figure.limb([(0, 0.34), (0, 0.92)], 0.045, (150, 52, 48), 1.0)
    figure.limb([(-0.27, 1.0), (-0.1, 0.98), (0.1, 0.98), (0.27, 1.0)], 0.035, (60, 60, 64), 1.0)
    for side in (-1, 1):
        height = 0.30 + 0.15 * math.sin(phase + (0 if side > 0 else math.pi))
        figure.limb(
            [(side * 0.09, 0.92), (side * 0.155, 0.54 + height * 0.35), (side * 0.11, height)], 0.135, trousers, 0.92
        )
        figure.limb([(side * 0.11, height - 0.02), (side * 0.12, height - 0.05)], 0.1, (52, 48, 48), 1.0)
        figure.limb([(side * 0.18, 1.36), (side * 0.27, 1.17), (side * 0.24, 1.02)], 0.095, coat, 0.86)
    figure.body([(-0.18, 1.40), (-0.22, 1.32), (-0.17, 0.9), (0.17, 0.9), (0.22, 1.32), (0.18, 1.40), (0, 1.45)], coat)
    figure.ellipse(0, 1.57, 0.085, 0.11, skin, 0.9)
    figure.ellipse(0, 1.63, 0.11, 0.085, helmet, 0.85)
    figure.ellipse(-0.025, 1.645, 0.07, 0.055, helmet, 1.08)
    if facing:
        figure.ellipse(0, 1.0, 0.035, 0.035, (250, 246, 226), 1.0)
    else:
        figure.ellipse(0, 0.76, 0.04, 0.03, (220, 34, 34), 1.1)
    return figure.texture()
