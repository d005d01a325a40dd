"""What stands and moves along the street: chosen for each stretch of it by seed, so that it never repeats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

LOT_M = 26.0
"""Lamps, trees, signs and parked cars are chosen for stretches of this length."""
CAMERA_SPEED = 9.0
"""Metres per second, 32 km/h."""
_CHAIN_M = 96.0
_REMEMBERED = 200
_LANES: tuple[tuple[str, float, float, float, float], ...] = (
    ("driven", -1.75, -9.5, 58.0, 0.75),
    ("rider", -3.15, -5.2, 90.0, 0.5),
    ("rider", 3.12, 4.6, 80.0, 0.55),
    ("walker", 7.0, 1.35, 26.0, 0.7),
    ("walker", 6.8, -1.25, 24.0, 0.7),
    ("walker", -7.0, 1.3, 22.0, 0.75),
    ("walker", -7.2, -1.4, 25.0, 0.75),
)
"""What moves along the street: kind, x, m/s, metres of street for one of them, and how often it is there at all."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A piece of one side of the street, from `start_m` along it on."""

    start_m: float
    length_m: float
    kind: str
    """`house` stands on the pavement, `garden` behind a fence, `park` has no house."""
    house: int
    """Which of the drawn houses."""
    setback_m: float
    fence: int
    """Which of the drawn fences; used by `garden` and `park`."""
    light: float


@dataclass(frozen=True, slots=True)
class Thing:
    """Something at a place: `x` aside and `along_m` along the street."""

    kind: str
    """`tree`, `lamp`, `sign`, `parked`, `walker`, `rider` or `driven`."""
    x: float
    along_m: float
    variant: int
    size: float = 1.0
    phase: float = 0.0
    """Turns of the walk or pedals; cars: unused."""
    ahead: bool = True
    """True: we see its back."""


def _rng(seed: int, *what: int) -> np.random.Generator:
    return np.random.default_rng((seed, *what))


def _forget(stretches: dict[Any, Any]) -> None:
    """Keep the memory of an endless drive bounded; what is asked for again is worked out again, the same."""
    if len(stretches) >= _REMEMBERED:
        stretches.clear()


class Layout:
    """The whole endless street of one seed. Stretches are worked out when first seen."""

    def __init__(self, seed: int, house_widths_m: tuple[float, ...]) -> None:
        self._seed = seed
        self._widths = house_widths_m
        self._plots: dict[tuple[int, int], tuple[Plot, ...]] = {}
        self._lots: dict[int, tuple[Thing, ...]] = {}

    def plots(self, side: int, start_m: float, stop_m: float) -> Iterator[Plot]:
        """The plots of a side (-1 left, 1 right) that touch a stretch of the street, nearest first."""
        first, last = int(start_m // _CHAIN_M), int(stop_m // _CHAIN_M)
        for chain in range(first, last + 1):
            found = self._plots.get((side, chain))
            if found is None:
                _forget(self._plots)
                found = self._plots[side, chain] = self._draw_chain(side, chain)
            for plot in found:
                if plot.start_m < stop_m and plot.start_m + plot.length_m > start_m:
                    yield plot

    def _draw_chain(self, side: int, chain: int) -> tuple[Plot, ...]:
        """Fill `_CHAIN_M` metres with houses; what is left over is stretched into the last plot."""
        rng = _rng(self._seed, 1, side + 1, chain & 0xFFFFFFFF)
        plots: list[Plot] = []
        at, previous = 0.0, -1
        mood = rng.choice(["house", "house", "garden"])
        while at < _CHAIN_M - 0.5:
            house = int(rng.choice([k for k in range(len(self._widths)) if k != previous]))
            kind = str(mood if rng.random() < 0.75 else rng.choice(["house", "garden", "park"]))
            length = self._widths[house] if kind != "park" else float(rng.uniform(8, 16))
            if _CHAIN_M - at - length < 6:
                length = _CHAIN_M - at
                kind = "park" if length > 1.5 * self._widths[house] else kind
            setback = float(rng.uniform(2.6, 3.8)) if kind == "garden" else 0.0
            light = float(rng.uniform(0.92, 1.06)) * (0.84 if side < 0 else 1.06)
            plots.append(Plot(chain * _CHAIN_M + at, length, kind, house, setback, int(rng.integers(3)), light))
            at, previous = at + length, house
        return tuple(plots)

    def things(self, time_s: float, camera_m: float, start_m: float, stop_m: float) -> Iterator[Thing]:
        """Everything between two places at a time."""
        for lot in range(int(start_m // LOT_M), int(stop_m // LOT_M) + 1):
            found = self._lots.get(lot)
            if found is None:
                _forget(self._lots)
                found = self._lots[lot] = tuple(self._draw_lot(lot))
            yield from (thing for thing in found if start_m <= thing.along_m < stop_m)
        yield from self._moving(time_s, camera_m, start_m, stop_m)

    def _draw_lot(self, lot: int) -> Iterator[Thing]:
        rng = _rng(self._seed, 2, lot & 0xFFFFFFFF)
        start = lot * LOT_M
        for side in (-1, 1):
            leafy = rng.random() < 0.7
            for k in range(2):
                if leafy and rng.random() < 0.62:
                    along = start + (k + rng.uniform(0.3, 0.7)) * LOT_M / 2
                    yield Thing(
                        "tree",
                        side * float(rng.uniform(7.2, 7.7)),
                        along,
                        int(rng.integers(64)),
                        float(rng.uniform(0.7, 1.0)),
                    )
            if (lot + (side > 0)) % 2 == 0:
                yield Thing("lamp", side * 6.15, start + 3.0, 0)
            if rng.random() < 0.4:
                yield Thing("sign", side * 6.2, start + float(rng.uniform(9, 20)), int(rng.integers(64)))
            bay = rng.random() < 0.78
            for k in range(4):
                if bay and rng.random() < 0.66:
                    along = start + (k + 0.5) * LOT_M / 4 + float(rng.uniform(-0.4, 0.4))
                    yield Thing(
                        "parked", side * float(rng.uniform(4.42, 4.6)), along, int(rng.integers(64)), ahead=side > 0
                    )

    def _moving(self, time_s: float, camera_m: float, start_m: float, stop_m: float) -> Iterator[Thing]:
        # A car ahead of us keeps its distance, more or less; it turns off now and then.
        epoch = int(time_s // 24)
        rng = _rng(self._seed, 3, epoch)
        if rng.random() < 0.75:
            share = time_s / 24 - epoch
            gap = (
                float(rng.uniform(17, 24)) + 70 * max(0.0, share - 0.8) ** 2 * 25 + 70 * max(0.0, 0.2 - share) ** 2 * 25
            )
            yield Thing("driven", 1.8, camera_m + gap + 1.6 * np.sin(0.5 * time_s), int(rng.integers(64)), ahead=True)
        for lane, (kind, x, speed, gap, share) in enumerate(_LANES, start=4):
            drift = speed * time_s
            for slot in range(int((start_m - drift) // gap), int((stop_m - drift) // gap) + 1):
                rng = _rng(self._seed, lane, slot & 0xFFFFFFFF)
                if rng.random() > share:
                    continue
                own = float(rng.uniform(0.1, 0.9)) * gap
                along = slot * gap + own + drift
                aside = x + float(rng.uniform(-0.15, 0.15)) * (4 if kind == "walker" else 1)
                variant, begun = int(rng.integers(64)), float(rng.random())
                phase = begun + time_s * (0.95 if kind == "walker" else 1.1)
                yield Thing(kind, aside, along, variant, float(rng.uniform(0.94, 1.04)), phase, ahead=speed > 0)
                if kind == "walker" and rng.random() < 0.3:  # a pair
                    yield Thing(kind, aside + 0.65, along + 0.2, variant + 5, 0.97, phase + 0.4, ahead=speed > 0)
