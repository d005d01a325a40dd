"""How well colours are told apart. Pure functions on RGB, 0 to 255; no Qt."""

from __future__ import annotations

Rgb = tuple[int, int, int]


def luminance(color: Rgb) -> float:
    """Relative luminance, 0 (black) to 1 (white); WCAG 2.2, from sRGB."""
    red, green, blue = (_linear(part / 255) for part in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: Rgb, second: Rgb) -> float:
    """1 (the same) to 21 (black on white); WCAG asks 4.5 of text, and 3 of the parts of controls."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def mixed(first: Rgb, second: Rgb, part: float) -> Rgb:
    """`part` of the second colour, 0 to 1, in the first."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(first, second, strict=True))
    return red, green, blue


def seen_on(ground: Rgb, color: Rgb, least: float = 1.7) -> Rgb:
    """The colour, with as much black or white as it takes to have that contrast with the ground."""
    towards = (255, 255, 255) if luminance(ground) < 0.18 else (0, 0, 0)
    tries = (mixed(color, towards, step / 20) for step in range(21))
    return next((tried for tried in tries if contrast(ground, tried) >= least), towards)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
