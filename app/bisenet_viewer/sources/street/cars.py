"""Cars as small solids: their faces, shaded once, are projected and filled in each frame."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet_viewer.sources.street.canvas import Canvas, Pixels, Shade, Texture
from bisenet_viewer.sources.street.car_outlines import OUTLINES, VAN, Outline
from bisenet_viewer.sources.street.ids import Class
from bisenet_viewer.sources.street.view import Floats, View

_Rgb = tuple[float, float, float]
_Points = list[tuple[float, float, float]]
PAINTS: tuple[_Rgb, ...] = (
    (186, 188, 192), (66, 70, 78), (32, 34, 38), (228, 229, 228), (52, 78, 128), (138, 32, 34), (118, 124, 130),
    (84, 104, 96), (152, 140, 118), (40, 54, 88),
)  # fmt: skip
_SUN = np.array((-0.55, 0.78, -0.30), np.float32)
_GLASS: _Rgb = (48, 58, 68)
_TYRE: _Rgb = (26, 26, 28)

_HOOD_END, _ROOF_END, _WINDOW_END = 3, 6, 7


@dataclass(frozen=True, slots=True)
class _Face:
    corners: Floats
    colour: _Rgb | float
    """A number is a share of the paint."""
    layer: float
    flat: bool
    """Not lit: the colour is left as it is."""


@dataclass(frozen=True, slots=True)
class Car:
    """Faces of one car: polygons with a colour each."""

    corners: Floats
    """(N, 3) m: x to the right, y up, z ahead, from the middle of the car on the ground."""
    starts: NDArray[np.int64]
    """(F + 1,) face k owns the corners from starts[k] to starts[k + 1]."""
    colours: tuple[tuple[int, int, int, int], ...]
    core: tuple[int, int, int, int]
    """Colour of the solid inside, whose corners follow those of the faces; it closes the seams between them."""
    layers: Floats
    """(F,) what is fixed onto a face comes after it: 0 for the body, more for lamps, plates, glass."""
    length_m: float


def build_car(rng: np.random.Generator, *, ahead: bool) -> Car:
    """A hatchback, saloon, estate or van in one of the usual paints."""
    outline = OUTLINES[rng.integers(len(OUTLINES))]
    paint = PAINTS[3] if outline is VAN and rng.random() < 0.7 else PAINTS[rng.integers(len(PAINTS))]
    return _body(outline, ahead=ahead).painted(paint)


@cache
def _body(outline: Outline, *, ahead: bool) -> _Body:
    return _Builder(np.array(outline, np.float32), ahead=ahead, van=outline is VAN).build()


@dataclass(frozen=True, slots=True)
class _Body:
    """A car before it is painted; shared by all of its make. Face k: `base` + `share` of the paint, times `gain`."""

    corners: Floats
    starts: NDArray[np.int64]
    layers: Floats
    base: NDArray[np.float64]
    """(F, 3) colour of what is not painted."""
    share: NDArray[np.float64]
    """(F, 1) 1 or less: the paint's part; 0 for what is not painted."""
    gain: NDArray[np.float64]
    """(F, 1) light from the sun and around."""
    sky: NDArray[np.float64]
    """(F, 1) how much sky it mirrors."""
    length_m: float

    def painted(self, paint: _Rgb) -> Car:
        colours = (self.base + np.array(paint) * self.share) * self.gain + np.array((52, 60, 70)) * self.sky
        red, green, blue = (int(part * 0.55) for part in paint)
        return Car(
            corners=self.corners,
            starts=self.starts,
            colours=tuple((r, g, b, 255) for r, g, b in np.clip(colours, 0, 255).astype(int).tolist()),
            core=(red, green, blue, 255),
            layers=self.layers,
            length_m=self.length_m,
        )


class _Builder:
    def __init__(self, outline: Floats, *, ahead: bool, van: bool) -> None:
        self._outline = outline
        self._rising = np.maximum.accumulate(outline[::-1, 0]), outline[::-1, 1]
        self._ahead = ahead
        self._van = van
        self._top = float(outline[:, 1].max())
        self._belt = float(outline[_HOOD_END, 1])
        self._reach = float(np.abs(outline[:, 0]).max())
        self._faces: list[_Face] = []

    def build(self) -> _Body:
        self._wheels()
        self._skin()
        for side in (-1.0, 1.0):
            self._flank(side)
        self._lamps()
        faces = self._faces
        core = [
            (side * self._half(z, y) * 0.985, y, z)
            for side in (-1.0, 1.0)
            for z in np.linspace(-self._reach * 0.985, self._reach * 0.985, 7).tolist()
            for y in (0.27, min(self._belt, self._roof(z)) - 0.02)
        ]
        turn = np.array((1, 1, 1) if self._ahead else (-1, 1, -1), np.float32)
        corners = [*(face.corners for face in faces), np.array(core, np.float32) * turn]
        lit = np.array([(1.0, 0.0) if face.flat else _lit(face.corners) for face in faces])
        return _Body(
            corners=np.concatenate(corners).astype(np.float32),
            starts=np.cumsum([0, *(len(face.corners) for face in faces)]),
            layers=np.array([face.layer for face in faces], np.float32),
            base=np.array([(0.0, 0.0, 0.0) if isinstance(face.colour, float) else face.colour for face in faces]),
            share=np.array([[face.colour if isinstance(face.colour, float) else 0.0] for face in faces]),
            gain=lit[:, :1],
            sky=lit[:, 1:],
            length_m=2 * self._reach,
        )

    def _half(self, z: float, y: float) -> float:
        """Half the width at a place: rounded in at the ends, leaning in above the belt."""
        end = max(0.0, (abs(z) / self._reach - 0.72) / 0.28)
        half = 0.90 - 0.13 * end * end
        if y > self._belt:
            lean = 0.10 if self._van else 0.24
            half -= lean * (y - self._belt) / max(self._top - self._belt, 0.1)
        return half - 0.05 * max(0.0, 0.5 - y)

    def _add(self, points: _Points, colour: _Rgb | float, layer: float = 0.0, *, flat: bool = False) -> None:
        """Add a face. A number for a colour is a share of the paint; a `flat` colour is left as it is."""
        corners = np.array(points, np.float32)
        if not self._ahead:  # coming towards us: turned round
            corners *= np.array((-1, 1, -1), np.float32)
        self._faces.append(_Face(corners, colour, layer, flat))

    def _skin(self) -> None:
        """Bonnet, windscreen, roof, rear window, tail: strips across the car, their middles bulging a little."""
        line = self._outline.tolist()
        for k, ((z0, y0), (z1, y1)) in enumerate(pairwise(line)):
            # As finely divided as the flanks, whose rounded edge it must meet.
            steps = max(1, round(abs(z1 - z0) / 0.3))
            along = [(z0 + (z1 - z0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(steps + 1)]
            for (za, ya), (zb, yb) in pairwise(along):
                a, b = self._half(za, ya), self._half(zb, yb)
                self._add([(-a, ya, za), (a, ya, za), (b, yb, zb), (-b, yb, zb)], 1.0)
            if k == _HOOD_END or (k == _ROOF_END and not self._van):
                self._pane((z0, y0, self._half(z0, y0)), (z1, y1, self._half(z1, y1)))

    def _pane(self, low: tuple[float, float, float], high: tuple[float, float, float]) -> None:
        """A window across the car in three bands: the higher, the more sky."""
        (z0, y0, a), (z1, y1, b) = low, high
        marks = (0.07, 0.38, 0.68, 0.93)
        for k in range(3):
            s, t = marks[k], marks[k + 1]
            first = (z0 + (z1 - z0) * s, y0 + (y1 - y0) * s, (a + (b - a) * s) * 0.92)
            second = (z0 + (z1 - z0) * t, y0 + (y1 - y0) * t, (a + (b - a) * t) * 0.92)
            height = (first[1] + second[1]) / 2
            mirror = (height - min(y0, y1)) / max(abs(y1 - y0), 0.1)
            tone = tuple(part + gain * mirror for part, gain in zip(_GLASS, (52, 58, 62), strict=True))
            self._add(
                [(-first[2], first[1], first[0]), (first[2], first[1], first[0]),
                 (second[2], second[1], second[0]), (-second[2], second[1], second[0])],
                (tone[0], tone[1], tone[2]), 0.2, flat=True,
            )  # fmt: skip

    def _flank(self, side: float) -> None:
        line = self._outline.tolist()
        belt = self._belt

        def at(z: float, y: float, out: float = 0.0) -> tuple[float, float, float]:
            return side * (self._half(z, y) + out), y, z

        def wound(points: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
            return points if side > 0 else points[::-1]

        # Body below the belt in panels along the car: the lower half turns away from the light.
        marks = np.linspace(-self._reach, self._reach, 13).tolist()
        for z0, z1 in pairwise(marks):
            top0, top1 = min(belt, self._roof(z0)), min(belt, self._roof(z1))
            for low, high, dim in ((0.24, 0.58, 0.80), (0.58, 9.0, 1.0)):
                h0, h1 = max(low, min(high, top0)), max(low, min(high, top1))
                if h0 <= low and h1 <= low:
                    continue
                self._add(wound([at(z0, low), at(z0, h0), at(z1, h1), at(z1, low)]), dim)
        house = [(z, y) for z, y in line[_HOOD_END : _WINDOW_END + 1]]
        self._add(wound([at(z, max(y, belt)) for z, y in reversed(house)]), 1.0)
        # Side windows: two panes, inset from pillars and roof.
        front, rear = house[0][0] - 0.25, (0.2 if self._van else house[-1][0] + 0.22)
        middle = (front + rear) / 2
        for z0, z1 in ((rear, middle - 0.05), (middle + 0.05, front)):
            low, high = belt + 0.05, self._top - 0.13
            t0 = min(high, self._roof(z0) - 0.10)
            t1 = min(high, self._roof(z1) - 0.10)
            steps = [
                (z0, low),
                (z0, max(t0, low)),
                *(((z1 - 0.45), high),) * (t1 < high - 0.2),
                (z1, max(t1, low)),
                (z1, low),
            ]
            self._add(wound([at(z, y, 0.004) for z, y in steps]), (74, 86, 96), 0.2, flat=True)
        self._add(wound([at(-1.7, 0.60, 0.004), at(-1.7, 0.63, 0.004), at(1.7, 0.63, 0.004), at(1.7, 0.60, 0.004)]),
                  0.62, 0.1, flat=True)  # fmt: skip
        for z in (-0.62 * self._reach, 0.62 * self._reach):
            self._disc(side, z, 0.40, 0.008, (18, 18, 20), 0.3)
            self._disc(side, z, 0.33, 0.012, _TYRE, 0.35)
            self._disc(side, z, 0.20, 0.016, (138, 140, 144), 0.4)
            self._disc(side, z, 0.07, 0.018, (64, 66, 70), 0.45)
        mirror = house[0][0] - 0.35
        out = side * (self._half(mirror, belt) + 0.02)
        box = [
            (out, belt + 0.02, mirror),
            (out, belt + 0.18, mirror),
            (out + side * 0.17, belt + 0.18, mirror),
            (out + side * 0.17, belt + 0.03, mirror),
        ]
        self._add(box, 0.7, 0.1, flat=True)
        self._add(box[::-1], 0.7, 0.1, flat=True)

    def _roof(self, z: float) -> float:
        return float(np.interp(z, *self._rising))

    def _disc(self, side: float, z: float, radius: float, out: float, colour: _Rgb, layer: float) -> None:
        turn = np.linspace(0, 2 * math.pi, 14, endpoint=False)
        x = side * (0.88 + out)
        points = [(x, 0.33 + radius * math.sin(a), z - side * radius * math.cos(a)) for a in turn]
        points = [p for p in points if p[1] > 0.0]
        self._add(points, colour, layer, flat=True)

    def _wheels(self) -> None:
        """What is seen under the bumpers: dark, with the treads of the tyres."""
        for end in (-1.0, 1.0):
            z = end * 0.62 * self._reach + end * 0.3
            dark = [(-0.80, 0.16, z), (0.80, 0.16, z), (0.80, 0.42, z), (-0.80, 0.42, z)]
            self._add(dark[::-1] if end < 0 else dark, (16, 16, 18), -0.6, flat=True)
            for side in (-1.0, 1.0):
                a, b = side * 0.62, side * 0.87
                left, right = min(a, b), max(a, b)
                tread = [(left, 0.0, z), (right, 0.0, z), (right, 0.5, z), (left, 0.5, z)]
                self._add(tread[::-1] if end < 0 else tread, (30, 30, 32), -0.5, flat=True)

    def _lamps(self) -> None:
        line = self._outline.tolist()
        rear, front = line[-2], line[1]
        zr, zf = -self._reach - 0.012, self._reach + 0.012
        for side in (-1.0, 1.0):
            low, high = rear[1] + 0.04, rear[1] + (0.50 if self._van else 0.30)
            if line[-2][1] > 0.8:  # a saloon's tail begins higher
                low, high = 0.66, 0.88
            a, b = side * (0.66 if self._van or self._top > 1.6 else 0.56), side * 0.765
            lamp = [(min(a, b), low, zr), (max(a, b), low, zr), (max(a, b), high, zr), (min(a, b), high, zr)]
            self._add(lamp[::-1], (168, 28, 30), 0.5, flat=True)
            inner = [(x * 0.94 + 0.02 * side, y * 0.9 + 0.08, z - 0.002) for x, y, z in lamp]
            self._add(inner[::-1], (206, 58, 48), 0.55, flat=True)
            a, b = side * 0.44, side * 0.76
            low, high = front[1] + 0.05, front[1] + 0.20
            lamp = [(max(a, b), low, zf), (min(a, b), low, zf), (min(a, b), high, zf), (max(a, b), high, zf)]
            self._add(lamp[::-1], (206, 212, 216), 0.5, flat=True)
            inner = [(x * 0.96 + 0.02 * side, y * 0.86 + 0.093, z + 0.002) for x, y, z in lamp]
            self._add(inner[::-1], (246, 247, 240), 0.55, flat=True)
        for z, end, plate in ((zr, -1, (228, 202, 84)), (zf, 1, (236, 236, 232))):

            def face(
                x: float, low: float, high: float, z: float = z, end: int = end
            ) -> list[tuple[float, float, float]]:
                points = [(-x, low, z), (x, low, z), (x, high, z), (-x, high, z)]
                return points[::-1] if end < 0 else points

            self._add(face(0.76, 0.30, 0.42), (44, 45, 48), 0.5, flat=True)  # bumper
            if end > 0:
                self._add(face(0.36, 0.53, 0.66), (36, 37, 40), 0.5, flat=True)  # grille
            self._add(face(0.26, 0.46, 0.56), plate, 0.6, flat=True)
            self._add(face(0.20, 0.49, 0.53), tuple(0.45 * p for p in plate), 0.65, flat=True)  # type: ignore[arg-type]


def _lit(corners: Floats) -> tuple[float, float]:
    """How bright a face is that turns this way, and how much sky it mirrors."""
    (ax, ay, az), (bx, by, bz) = corners[1] - corners[0], corners[2] - corners[1]
    normal = np.array((ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx), np.float32)  # np.cross is slow
    normal /= max(float(np.linalg.norm(normal)), 1e-6)
    sun, up = max(0.0, float(normal @ _SUN)), float(normal[1])
    return 0.62 + 0.42 * sun + 0.12 * up, max(0.0, up)


def draw_shadow() -> Texture:
    """A soft dark patch for the ground under things."""
    y, x = np.mgrid[-1:1:64j, -1:1:48j]
    alpha = np.clip((1.06 - np.maximum(np.abs(x), np.abs(y)) ** 3 - 0.3 * np.abs(x * y)) * 1.4, 0, 1) * 0.72
    alpha = cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), 2.5)
    alpha[[0, -1]] = 0
    alpha[:, [0, -1]] = 0
    return Texture(np.dstack([alpha * 10, alpha * 12, alpha * 16, alpha * 255]).astype(np.uint8))


def paint_car(canvas: Canvas, view: View, car: Car, x: float, z: float, light: float = 1.0) -> None:
    """Paint a car whose middle is at (x, z), turned along the street."""
    near = z - car.length_m / 2
    if near < 1.2:
        return
    slope = view.slope_at(z)
    # The street bends the places of things, not the things themselves: one offset for the whole car, and its turn.
    world = car.corners.copy()
    world[:, 0] += x + view.bend_at(z) - view.side_m + slope * world[:, 2]
    world[:, 2] += z
    scale = view.focal / world[:, 2]
    pixels = np.stack([view.centre + world[:, 0] * scale, view.horizon + (view.eye_m - world[:, 1]) * scale], 1)
    low, high = np.floor(pixels.min(axis=0)).astype(int) - 1, np.ceil(pixels.max(axis=0)).astype(int) + 1
    left, top = max(low[0], 0), max(low[1], 0)
    right, bottom = min(high[0], canvas.width), min(high[1], canvas.height)
    if left >= right or top >= bottom:
        return
    picture = _fill(car, world, pixels - (left, top), view, right - left, bottom - top)
    canvas.blend(left, top, picture, Shade.at(z, light), Class.CAR)


def _fill(car: Car, world: Floats, pixels: Floats, view: View, width: int, height: int) -> Pixels:
    """The car alone, (height, width, 4), drawn larger without smoothing and then averaged."""
    starts = car.starts
    counts = np.diff(starts)
    first, second, third = starts[:-1], starts[:-1] + 1, starts[:-1] + 2
    a, b, c = pixels[first], pixels[second], pixels[third]
    outward = (b[:, 0] - a[:, 0]) * (c[:, 1] - b[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - b[:, 0])
    middle = np.add.reduceat(world[: starts[-1]], starts[:-1], axis=0) / counts[:, None]
    middle[:, 1] -= view.eye_m
    distance = np.sqrt(np.einsum("ij,ij->i", middle, middle)) - car.layers * 1.6
    # From far off, trim and hub caps are smaller than a pixel.
    finest = 9.0 if view.focal / world[0, 2] > 14 else 0.32
    shown = np.flatnonzero((outward > 0) & ((car.layers <= finest) | (car.layers == 0.5)))
    scale = 2 if width > 120 else 3
    image = np.zeros((height * scale, width * scale, 4), np.uint8)
    fixed = np.round(pixels * (scale * 16) - 8).astype(np.int32)
    hull = cv2.convexHull(fixed[starts[-1] :])
    cv2.fillConvexPoly(image, hull, car.core, cv2.LINE_8, 4)
    for k in shown[np.argsort(-distance[shown])]:
        cv2.fillConvexPoly(image, fixed[starts[k] : starts[k + 1]], car.colours[k], cv2.LINE_8, 4)
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
