"""A shape written in one line, as SVG writes paths: small enough that an icon is a row of a table."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainterPath

Steps = dict[str, tuple[int, Callable[..., None]]]


def path_of(text: str) -> QPainterPath:
    """The path of `M3 4 L9 4 Z`. Numbers are absolute and separated by spaces.

    M, L, H, V, C, Q and Z as in SVG, and `O cx cy r`, a circle; `R x y width height radius`, a rounded rectangle;
    `A x y width height start sweep`, part of the ellipse in that rectangle, degrees, anticlockwise from three o'clock.
    Raises ValueError for anything else.
    """
    path = QPainterPath()
    steps = _steps(path)
    words = text.split()
    at = 0
    while at < len(words):
        letter, first = words[at][0], words[at][1:]
        if letter not in steps:
            raise ValueError(f"expected one of {' '.join(steps)}, got {words[at]!r} in {text!r}")
        count, step = steps[letter]
        numbers = [*([first] if first else []), *words[at + 1 :]][:count]
        if len(numbers) < count:
            raise ValueError(f"expected {count} numbers after {letter} in {text!r}, got {len(numbers)}")
        step(*map(float, numbers))
        at += max(1, count) if first else count + 1
    return path


def _steps(path: QPainterPath) -> Steps:
    """How many numbers a letter takes, and what it does to the path."""
    return {
        "M": (2, path.moveTo),
        "L": (2, path.lineTo),
        "H": (1, lambda x: path.lineTo(x, path.currentPosition().y())),
        "V": (1, lambda y: path.lineTo(path.currentPosition().x(), y)),
        "C": (6, path.cubicTo),
        "Q": (4, path.quadTo),
        "Z": (0, path.closeSubpath),
        "O": (3, lambda x, y, r: path.addEllipse(QRectF(x - r, y - r, 2 * r, 2 * r))),
        "R": (5, lambda x, y, width, height, r: path.addRoundedRect(QRectF(x, y, width, height), r, r)),
        "A": (6, lambda x, y, width, height, start, sweep: _arc(path, QRectF(x, y, width, height), start, sweep)),
    }


def _arc(path: QPainterPath, room: QRectF, start: float, sweep: float) -> None:
    path.arcMoveTo(room, start)
    path.arcTo(room, start, sweep)
