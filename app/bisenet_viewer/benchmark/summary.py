"""`Summary`: what repeated measurements of one thing were like."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Self


@dataclass(frozen=True, slots=True)
class Summary:
    """Of `count` values, in their own unit. Percentiles are of the nearest rank: values that really occurred."""

    count: int
    median: float
    p95: float
    p99: float
    mean: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """Raises ValueError for no values."""
        if not values:
            raise ValueError("nothing was measured")
        ordered = sorted(values)
        p95, p99 = (ordered[math.ceil(share * len(ordered)) - 1] for share in (0.95, 0.99))
        return cls(len(ordered), median(ordered), p95, p99, fmean(ordered))
