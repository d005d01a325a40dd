"""How sure the network is, as a colour: dark is unsure, bright is sure, with equal steps looking equal."""

from __future__ import annotations

from functools import lru_cache

# Matplotlib's viridis (van der Walt and Smith, 2015; CC0) at each sixteenth of its length.
_VIRIDIS = (
    (68, 1, 84), (72, 24, 106), (71, 45, 123), (66, 64, 134), (59, 82, 139), (51, 99, 141), (44, 114, 142),
    (38, 130, 142), (33, 145, 140), (31, 160, 136), (40, 174, 128), (63, 188, 115), (94, 201, 98), (132, 212, 75),
    (173, 220, 48), (216, 226, 25), (253, 231, 37),
)  # fmt: skip


@lru_cache(maxsize=1)
def heat_colors() -> list[int]:
    """256 numbers 0xAARRGGBB, opaque, from unsure to sure."""
    steps = len(_VIRIDIS) - 1
    colors = []
    for level in range(256):
        place, part = divmod(level * steps / 255, 1)
        low, high = _VIRIDIS[int(place)], _VIRIDIS[min(steps, int(place) + 1)]
        red, green, blue = (round(a + (b - a) * part) for a, b in zip(low, high, strict=True))
        colors.append(0xFF000000 | red << 16 | green << 8 | blue)
    return colors
