"""The roof lines of cars."""

from __future__ import annotations

Outline = tuple[tuple[float, float], ...]
"""From the front bumper over the top to the rear one: (z, y) in m, z ahead."""

_HATCH = (
    (2.02, 0.30),
    (2.08, 0.55),
    (1.98, 0.70),
    (1.10, 0.93),
    (0.30, 1.42),
    (-0.55, 1.48),
    (-1.50, 1.40),
    (-1.88, 0.98),
    (-2.00, 0.62),
    (-1.96, 0.32),
)
_SALOON = (
    (2.22, 0.30),
    (2.28, 0.55),
    (2.18, 0.70),
    (1.15, 0.92),
    (0.42, 1.38),
    (-0.50, 1.43),
    (-1.10, 1.36),
    (-1.72, 0.98),
    (-2.22, 0.94),
    (-2.26, 0.36),
)
_ESTATE = (
    (2.14, 0.34),
    (2.20, 0.62),
    (2.08, 0.82),
    (1.16, 1.04),
    (0.50, 1.56),
    (-0.50, 1.66),
    (-1.80, 1.60),
    (-2.12, 1.06),
    (-2.20, 0.70),
    (-2.16, 0.38),
)
VAN = (
    (2.36, 0.32),
    (2.42, 0.66),
    (2.34, 0.90),
    (1.72, 1.12),
    (1.00, 1.86),
    (0.30, 1.98),
    (-2.30, 1.98),
    (-2.36, 1.20),
    (-2.38, 0.70),
    (-2.36, 0.36),
)
OUTLINES: tuple[Outline, ...] = (_HATCH, _SALOON, _ESTATE, _HATCH, _SALOON, VAN)
"""A saloon is as frequent as a hatchback, and each twice as frequent as the others."""
