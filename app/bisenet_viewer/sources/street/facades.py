"""House fronts, side walls and roofs, drawn brick by brick."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet_viewer.sources.street.canvas import Texture
from bisenet_viewer.sources.street.noise import Floats, grain, smooth_noise, to_rgb
from bisenet_viewer.sources.street.planes import packed, tinted

PX_PER_M = 40
SIDE_M = 6.0
"""How far side walls reach back from the street."""
GABLE_M = 3.2
"""Height of the roof over the eaves, and the depth of its slope."""

_Color = tuple[float, float, float]
_BRICKS: tuple[_Color, ...] = (
    (146, 88, 68),
    (172, 142, 104),
    (128, 78, 62),
    (150, 98, 74),
    (182, 156, 122),
    (136, 92, 80),
)
_PLASTERS: tuple[_Color, ...] = (
    (226, 219, 203), (214, 200, 172), (205, 178, 142), (190, 196, 200), (222, 212, 206), (196, 150, 122),
)  # fmt: skip
_SLATES: tuple[_Color, ...] = ((92, 94, 102), (122, 80, 66), (104, 96, 90))
_DOORS: tuple[_Color, ...] = ((40, 66, 54), (110, 34, 34), (34, 48, 78), (60, 54, 50), (120, 92, 62))
_SHOPS: tuple[_Color, ...] = ((36, 74, 62), (118, 36, 40), (32, 46, 84), (52, 50, 52), (176, 136, 60))


@dataclass(frozen=True, slots=True)
class House:
    """The textures of one house and its size in metres."""

    width_m: float
    height_m: float
    """From the pavement to the eaves."""
    front: Texture
    side: Texture
    roof: Texture


def draw_house(rng: np.random.Generator, style: int) -> House:
    """A house of two to four storeys, some with a shop; brick where `style` is even, plaster where it is odd."""
    storeys = int(rng.choice([2, 3, 3, 4]))
    bays = int(rng.integers(3, 6))
    width_m, storey_m = bays * rng.uniform(2.5, 3.0), rng.uniform(2.9, 3.3)
    shop = bool(rng.random() < 0.4)
    ground_m = storey_m + (0.5 if shop else 0.2)
    height_m = ground_m + storey_m * (storeys - 1) + 0.7
    brick = style % 2 == 0
    colours = _BRICKS if brick else _PLASTERS
    colour = np.array(colours[style // 2 % len(colours)], np.float32) * np.float32(rng.uniform(0.93, 1.05))
    height, width = round(height_m * PX_PER_M), round(width_m * PX_PER_M)

    front = _wall(rng, height, width, colour, brick=brick)
    trim = np.array((228, 224, 214), np.float32) if brick or rng.random() < 0.5 else colour * 0.82
    painter = _Front(rng, front, trim)
    bay = width / bays
    bottom = height - round(ground_m * PX_PER_M)
    for storey in range(storeys - 1):
        floor = bottom - round(storey * storey_m * PX_PER_M)
        tall = rng.uniform(1.55, 1.8) if storey == 0 else 1.45
        for k in range(bays):
            painter.window((k + 0.5) * bay, floor - 0.75 * PX_PER_M, 1.08, tall)
    if shop:
        painter.shop(bottom, _SHOPS[rng.integers(len(_SHOPS))])
    else:
        door = int(rng.integers(bays))
        for k in range(bays):
            if k == door:
                painter.door((k + 0.5) * bay, _DOORS[rng.integers(len(_DOORS))])
            else:
                painter.window((k + 0.5) * bay, height - 0.85 * PX_PER_M, 1.2, 1.6)
        painter.band(bottom, 0.16)
    painter.cornice()
    painter.pipe(width - 7)
    _weather(rng, front)
    roof_rows = round(GABLE_M * 1.4 * PX_PER_M)
    roof = _roof(rng, roof_rows, width, np.array(_SLATES[rng.integers(len(_SLATES))], np.float32))
    side = _wall(rng, height + round(GABLE_M * PX_PER_M), round(SIDE_M * PX_PER_M), colour * 0.96, brick=brick)
    _weather(rng, side)
    return House(
        width_m, height_m,
        Texture(packed(front, opaque=True)), _gabled(packed(side, opaque=True)), Texture(packed(roof, opaque=True)),
    )  # fmt: skip


def _wall(rng: np.random.Generator, height: int, width: int, colour: Floats, *, brick: bool) -> Floats:
    """(3, height, width) float32: courses of bricks in a running bond, or plaster with faint stains."""
    broad = smooth_noise(rng, height, width, 140, 4)
    fine = grain(rng, height, width)
    if not brick:
        return tinted(1 + 0.025 * broad + 0.016 * fine, colour)
    tones = rng.normal(1, 0.09, (height // 3 + 1, width // 9 + 2)).astype(np.float32)
    hues = rng.normal(0, 5, tones.shape).astype(np.float32)
    out = tinted(_laid(tones, 3, 9, 4, height, width) + 0.03 * broad + 0.03 * fine, colour)
    out[0] += _laid(hues, 3, 9, 4, height, width)
    mortar = np.array((176, 168, 156), np.float32)[:, None, None] * 0.38
    # Under each course, then between bricks in the two rows above that: in every second course elsewhere.
    joints = [out[:, 2::3], *(out[:, row::6, column::9] for row, column in ((0, 8), (1, 8), (3, 4), (4, 4)))]
    for joint in joints:
        joint *= 0.62
        joint += mortar
    return out


def _laid(values: Floats, tall: int, wide: int, shift: int, height: int, width: int) -> Floats:
    """(height, width): one of `values` for each piece of `wide` by `tall` pixels, every second course shifted."""
    x = np.arange(width)
    courses = np.empty((len(values), width), np.float32)
    courses[::2] = values[::2, x // wide]
    courses[1::2] = values[1::2, (x + shift) // wide]
    return np.repeat(courses, tall, axis=0)[:height]


def _roof(rng: np.random.Generator, height: int, width: int, colour: Floats) -> Floats:
    """(3, height, width) float32: rows of slates."""
    tones = rng.normal(1, 0.08, (height // 8 + 1, width // 12 + 2)).astype(np.float32)
    tone = _laid(tones, 8, 12, 6, height, width) + 0.06 * smooth_noise(rng, height, width, 90, 4)
    tone[7::8] *= 0.72
    return tinted(tone, colour)


def _gabled(rgba: NDArray[np.uint8]) -> Texture:
    """An opaque side wall, its top cut to rise from the street's side (the left) at 45 degrees; written to."""
    rows = round(GABLE_M * PX_PER_M) + 1  # below these the wall is whole
    top = rgba[:rows]
    y, x = np.mgrid[0 : top.shape[0], 0 : top.shape[1]]
    rise = GABLE_M * PX_PER_M - np.minimum(x, 2 * GABLE_M * PX_PER_M - x)
    top[:] = to_rgb(top * np.clip(y - rise + 0.5, 0, 1)[..., None])
    return Texture(rgba)


def _weather(rng: np.random.Generator, wall: Floats) -> None:
    """Light falls from above: brighter towards the top, damp and dark at the foot, with stains running down."""
    height, width = wall.shape[1:]
    y = np.arange(height, dtype=np.float32) / height
    light = 1.05 - 0.10 * y - 0.16 * np.exp(-(1 - y) * height / (0.5 * PX_PER_M))
    runs = smooth_noise(rng, 1, width, 24, 3)[0]
    stains = 1 - 0.035 * np.clip(runs, 0, 2)[None] * (1 - y)[:, None]
    wall *= light[:, None] * stains


class _Front:
    """Draws openings into a front; lengths in m, places in pixels from the top left."""

    def __init__(self, rng: np.random.Generator, wall: Floats, trim: Floats) -> None:
        self._rng = rng
        self._wall = wall
        self._trim = trim
        self._height, self._width = wall.shape[1:]

    def _part(self, left: float, top: float, right: float, bottom: float) -> Floats:
        """What lies between these, as a view: (3, height, width)."""
        return self._wall[:, max(round(top), 0) : max(round(bottom), 0), max(round(left), 0) : max(round(right), 0)]

    def _fill(self, left: float, top: float, right: float, bottom: float, colour: NDArray[np.float32] | _Color) -> None:
        self._part(left, top, right, bottom)[:] = np.array(colour, np.float32)[:, None, None]

    def _dim(self, left: float, top: float, right: float, bottom: float, factor: float) -> None:
        part = self._part(left, top, right, bottom)
        part *= factor

    def _glass(self, left: float, top: float, right: float, bottom: float, brightness: float) -> None:
        """A pane that mirrors sky above and street below, with a slanting reflection."""
        y0, y1, x0, x1 = round(top), round(bottom), round(left), round(right)
        if y1 <= y0 or x1 <= x0:
            return
        y, x = np.arange(y1 - y0, dtype=np.float32)[:, None], np.arange(x1 - x0, dtype=np.float32)
        down, across = y / (y1 - y0), x / (x1 - x0)
        sky = np.clip(1 - 1.5 * down + 0.25 * np.sin(6 * (across + down) + self._rng.uniform(0, 6)), 0, 1)
        low, high = np.array((46, 52, 58), np.float32), np.array((138, 160, 182), np.float32) * np.float32(brightness)
        self._wall[:, y0:y1, x0:x1] = low[:, None, None] + tinted(sky * 0.8, high - low)

    def window(self, centre: float, sill: float, width_m: float, height_m: float) -> None:
        rng, px = self._rng, PX_PER_M
        half, tall = width_m * px / 2, height_m * px
        left, right, top = centre - half, centre + half, sill - tall
        self._fill(left - 4, top - 7, right + 4, top, self._trim * 0.94)  # lintel
        self._fill(left, top, right, sill, (238, 237, 232))
        frame = 3
        self._glass(left + frame, top + frame, right - frame, sill - frame, rng.uniform(0.55, 1.1))
        if rng.random() < 0.45:  # curtains
            cloth = rng.uniform(170, 225)
            for x0, x1 in ((left + frame, left + 0.28 * half + frame), (right - 0.28 * half - frame, right - frame)):
                self._fill(x0, top + frame, x1, sill - frame, (cloth, cloth * 0.97, cloth * 0.9))
        if rng.random() < 0.25:  # a blind half down
            self._fill(left + frame, top + frame, right - frame, top + tall * rng.uniform(0.2, 0.5), (206, 202, 192))
        middle = top + tall * 0.5
        self._fill(left, middle - 1, right, middle + 1.5, (234, 233, 228))
        self._fill(centre - 1, top, centre + 1, sill, (234, 233, 228))
        self._dim(left, top, right, top + 4, 0.55)  # the reveal's shadow
        self._dim(left, top, left + 2, sill, 0.7)
        self._fill(left - 5, sill, right + 5, sill + 4, self._trim)
        self._dim(left - 5, sill + 4, right + 5, sill + 8, 0.7)

    def door(self, centre: float, colour: _Color) -> None:
        px = PX_PER_M
        half, top = 0.5 * px, self._height - 2.5 * px
        self._fill(centre - half - 6, top - 6, centre + half + 6, self._height, self._trim)
        self._fill(centre - half, top, centre + half, self._height - 5, np.array(colour, np.float32))
        self._glass(centre - half + 3, top + 3, centre + half - 3, top + 0.4 * px, 0.8)
        for y in (0.62, 1.5):
            self._dim(centre - half + 6, top + y * px, centre - 3, top + (y + 0.7) * px, 0.78)
            self._dim(centre + 3, top + y * px, centre + half - 6, top + (y + 0.7) * px, 0.78)
        self._fill(centre + half - 9, top + 1.45 * px, centre + half - 6, top + 1.55 * px, (206, 184, 110))
        self._dim(centre - half, top, centre + half, top + 5, 0.6)

    def shop(self, top: int, colour: _Color) -> None:
        """A shop front below the row `top`: sign board, panes between posts, a stall riser."""
        rng, px, width = self._rng, PX_PER_M, self._width
        frame = np.array(colour, np.float32)
        self._fill(0.3 * px, top + 4, width - 0.3 * px, self._height, frame)
        self._fill(0.3 * px, top + 4, width - 0.3 * px, top + 0.75 * px, frame * 1.12)
        letters = frame * 0.2 + np.array((236, 226, 200), np.float32) * 0.8
        x = width * rng.uniform(0.2, 0.3)
        while x < width * 0.72:  # a name too far off to read
            wide = rng.uniform(0.14, 0.26) * px
            self._fill(x, top + 0.26 * px, x + wide, top + 0.56 * px, letters)
            self._fill(x + 3, top + 0.34 * px, x + wide - 2, top + rng.choice([0.42, 0.5]) * px, frame * 1.12)
            x += wide + 0.08 * px * (4 if rng.random() < 0.15 else 1)
        self._dim(0.3 * px, top + 0.75 * px, width - 0.3 * px, top + 0.9 * px, 0.5)
        panes = max(2, round(width / px / 2.2))
        step = (width - 0.9 * px) / panes
        door = int(rng.integers(panes))
        for k in range(panes):
            left = 0.45 * px + k * step
            low = self._height - (0.12 if k == door else 0.6) * px
            self._glass(left + 4, top + 0.95 * px, left + step - 4, low, 0.75)
            goods = np.array(rng.uniform(70, 150) + rng.uniform(-22, 22, 3), np.float32)
            if k != door:
                self._fill(left + 8, low - rng.uniform(0.3, 0.8) * px, left + step - 10, low, goods * 0.7)

    def band(self, row: int, height_m: float) -> None:
        self._fill(0, row, self._width, row + height_m * PX_PER_M, self._trim * 0.97)
        self._dim(0, row + height_m * PX_PER_M, self._width, row + height_m * PX_PER_M + 4, 0.74)

    def cornice(self) -> None:
        self._fill(0, 0, self._width, 0.28 * PX_PER_M, self._trim)
        self._dim(0, 0.16 * PX_PER_M, self._width, 0.28 * PX_PER_M, 0.85)
        shadow = np.linspace(0.6, 1.0, 16, dtype=np.float32)
        start = round(0.28 * PX_PER_M)
        self._wall[:, start : start + 16] *= shadow[:, None]

    def pipe(self, x: int) -> None:
        self._fill(x, 0.3 * PX_PER_M, x + 4, self._height, (72, 72, 74))
        self._fill(x + 1, 0.3 * PX_PER_M, x + 2, self._height, (116, 116, 118))


def draw_hedge(rng: np.random.Generator) -> Texture:
    """6 m by 1.5 m of clipped hedge, its top edge ragged."""
    height, width = 60, 240
    leaves = smooth_noise(rng, height, width, 10, 3) + 0.7 * grain(rng, height, width)
    y = np.arange(height, dtype=np.float32)[:, None] / height
    tone = 1.12 - 0.45 * y + 0.13 * leaves
    rgb = to_rgb(tone[..., None] * np.array((74, 96, 50), np.float32))
    top = 5 + 3 * smooth_noise(rng, 1, width, 20, 3)[0]
    alpha = np.clip((np.arange(height)[:, None] - top[None]) * 0.7, 0, 1)
    return Texture(to_rgb(np.dstack([rgb * alpha[..., None], alpha * 255])))


def draw_railing() -> Texture:
    """6 m by 1.3 m of iron railing on a low wall; between the bars one looks through."""
    height, width, scale = 52, 240, 2
    image = np.zeros((height * scale, width * scale, 4), np.uint8)
    dark, light = (44, 48, 48, 255), (84, 90, 90, 255)
    for x in range(6, width * scale, 12):
        cv2.rectangle(image, (x, 6), (x + 3, 76), dark, -1)
        cv2.line(image, (x + 1, 8), (x + 1, 74), light, 1)
    for y in (16, 66):
        cv2.rectangle(image, (0, y), (width * scale, y + 4), dark, -1)
    cv2.rectangle(image, (0, 74), (width * scale, height * scale), (148, 138, 124, 255), -1)
    cv2.rectangle(image, (0, 74), (width * scale, 79), (182, 174, 160, 255), -1)
    return Texture(np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8))


def draw_planks(rng: np.random.Generator) -> Texture:
    """6 m by 1.7 m of wooden fence."""
    height, width = 68, 240
    x = np.arange(width)
    tone = rng.normal(1, 0.09, 41)[x // 6] + 0.0 * x
    wood = tone[None] + 0.05 * smooth_noise(rng, height, width, 8, 3) - 0.12 * (np.arange(height)[:, None] / height)
    wood[:, x % 6 == 5] *= 0.6
    wood[:3] *= 1.2
    wood[[20, 21, 50, 51]] *= 0.86
    return Texture.opaque(to_rgb(wood[..., None] * np.array((142, 112, 82), np.float32)))
