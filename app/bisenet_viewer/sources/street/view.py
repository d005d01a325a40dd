"""`View`: where the camera is and how metres on the street become pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_BENDS = ((13.0, 410.0, 0.4), (17.0, 930.0, 2.1))
"""The street's centre line as sines: amplitude in m, wave length in m, phase."""
_TABLE = 201


@dataclass(frozen=True, slots=True)
class View:
    """A camera on the street. x to the right of the centre line, y up, z ahead of the camera along the street; in m."""

    width: int
    height: int
    focal: float
    """Pixels."""
    centre: float
    horizon: float
    """Column and row of the vanishing point."""
    eye_m: float
    """Height of the camera over the road."""
    side_m: float
    """The camera's x."""
    along_m: float
    """How far along the street the camera is."""
    bends: tuple[float, ...] = field(default=(), repr=False)
    """`bend` at every second metre: single things are placed by these."""

    @classmethod
    def driving(cls, width: int, height: int, time_s: float, along_m: float) -> View:
        """The view from a car, which sways a little and nods a little."""
        focal = 0.82 * width
        bends = _bend(along_m, np.arange(0, 2 * _TABLE, 2, dtype=np.float32))
        nod = 0.0012 * math.sin(5.1 * time_s) + 0.0008 * math.sin(8.7 * time_s + 1)
        return cls(
            width, height, focal,
            centre=width / 2,
            horizon=0.46 * height + focal * nod,
            eye_m=1.45,
            side_m=1.75 + 0.12 * math.sin(0.43 * time_s),
            along_m=along_m,
            bends=tuple(bends.tolist()),
        )  # fmt: skip

    @property
    def heading(self) -> float:
        """The street's direction here, in radians."""
        return math.atan(sum(a * _k(w) * math.cos(self.along_m * _k(w) + p) for a, w, p in _BENDS))

    def bend(self, z: Floats) -> Floats:
        """How far the street's centre line is aside of straight ahead, at distances `z`."""
        return _bend(self.along_m, z)

    def bend_at(self, z: float) -> float:
        """`bend` at one distance of at most 400 m."""
        cell = min(int(z * 0.5), _TABLE - 2)
        share = z * 0.5 - cell
        return self.bends[cell] * (1 - share) + self.bends[cell + 1] * share

    def slope_at(self, z: float) -> float:
        """The street's direction at distance `z`, relative to ours: metres aside for each metre ahead."""
        s = self.along_m
        return sum(a * _k(w) * (math.cos((s + z) * _k(w) + p) - math.cos(s * _k(w) + p)) for a, w, p in _BENDS)

    def project(self, points: Iterable[tuple[float, float, float]]) -> list[tuple[float, float]]:
        """Metres (x, y, z) -> pixels (column, row). z must be above 0."""
        return [(self.column(x, z), self.row(y, z)) for x, y, z in points]

    def column(self, x: float, z: float) -> float:
        return self.centre + (x + self.bend_at(z) - self.side_m) * self.focal / z

    def row(self, y: float, z: float) -> float:
        return self.horizon + (self.eye_m - y) * self.focal / z


def _bend(s: float, z: Floats) -> Floats:
    total = np.zeros_like(z)
    for amplitude, wave, phase in _BENDS:
        k = _k(wave)
        total += amplitude * (np.sin((s + z) * k + phase) - math.sin(s * k + phase) - z * k * math.cos(s * k + phase))
    return total


def _k(wave_m: float) -> float:
    return 2 * math.pi / wave_m
